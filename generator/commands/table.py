"""`table`: keeps just the listed fields, in that order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import names_of
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import match_wildcard, read_names
from generator.spl.ast import MacroCall, Name
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.engine.env import Env
    from generator.engine.table import Table as Rows
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Table(FieldsCommand):
    """The fields as columns; wildcards allowed."""


def flow(node: Table, state: FieldState, env: FlowEnv) -> FieldState:
    """Only listed fields are left; one that cannot exist is an empty column, which counts as absent."""
    read_names(node.fields, state, env, optional=True)
    if any(isinstance(item, MacroCall) for item in (*node.fields, *node.options)):
        return state.opened()
    return kept(
        state, (field.text for field in node.fields if isinstance(field, Name)), command="table", offset=node.start
    )


def kept(state: FieldState, names: Iterable[str], *, command: str, offset: int) -> FieldState:
    """Return the state with only the fields that these names and wildcards choose."""
    exact: set[str] = set()
    patterns: list[str] = []
    for name in names:
        if "*" not in name:
            if state.may_have(name):
                exact.add(name)
        else:
            exact.update(known for known in state.names if _matches(name, known))
            if state.open or any(state.patterns):
                patterns.append(name)
    return state.only(exact, command=command, offset=offset, patterns=patterns)


def _matches(pattern: str, name: str) -> bool:
    return match_wildcard(pattern, name) is not None


def run(node: Table, table: Rows, env: Env) -> Rows:
    """Keep the listed fields in their order; a name without wildcard that does not exist becomes an empty column."""
    return table.select(chosen(names_of(node.fields, env, "table"), table))


def chosen(names: Iterable[str], table: Rows) -> list[str]:
    """Return the names that names and wildcards choose, in the order in which they first come up.

    A wildcard stands for internal fields only where it begins with `_`.
    """
    found: dict[str, None] = {}
    known: list[str] | None = None
    for name in names:
        if "*" not in name:
            found[name] = None
            continue
        if known is None:
            known = table.names()
        internal = name.startswith("_")
        found.update((own, None) for own in known if _matches(name, own) and (internal or not own.startswith("_")))
    return list(found)


SPEC = CommandSpec(
    name="table",
    kind=CommandKind.TRANSFORMING,
    summary="Keeps just the listed fields, in that order.",
    syntax="table <field>...",
    parse=fields_parser(Table, at_least=1),
    flow=flow,
    run=run,
    source="Search Reference: table",
)
