"""`fromjson`: turns the keys of the JSON object in a field into fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, names_of
from generator.commands.shapes import FieldsCommand, fields_parser, given, has_macro
from generator.commands.uses import read_names
from generator.engine.values import Value, elements, multivalue, text_of
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Fromjson(FieldsCommand):
    """One field."""


def flow(node: Fromjson, state: FieldState, env: FlowEnv) -> FieldState:
    """Any field may come; with a prefix only such as begin with it."""
    read_names(node.fields, state, env)
    prefix = given(node.options, "prefix")
    if not prefix or has_macro(*node.options):
        return state.opened()
    return state.add_patterns((f"{prefix}*",))


def run(node: Fromjson, table: Table, env: Env) -> Table:
    """Set a field for each key of the object; an array gives a multivalue, an object inside stays JSON, null gives nothing."""
    from generator.engine.column import choose, spread
    from generator.functions.paths import leaf_text, read_json

    (name,) = names_of(node.fields, env, "fromjson")
    prefix = given_options(node.options, env, "fromjson").get("prefix", "")
    source = table.column(name).compact()
    found: dict[str, list[Value]] = {}
    for code, cell in enumerate(source.values):
        for text in map(text_of, elements(cell)):
            document = read_json(text, as_written=True)
            if not isinstance(document, dict):
                continue
            for key, value in document.items():
                parts = value if isinstance(value, list) else [value]
                cells = found.setdefault(prefix + key, [None] * len(source.values))
                cells[code] = multivalue(
                    (*elements(cells[code]), *(leaf_text(part) for part in parts if part is not None))
                )
    made = {}
    for target, cells in found.items():
        column = spread(cells, source.codes)
        before = table.find(target)
        made[target] = column if before is None else choose(column.present, column, before)
    return table.with_columns(made)


SPEC = CommandSpec(
    name="fromjson",
    kind=CommandKind.STREAMING,
    summary="Turns the keys of a JSON text into fields.",
    syntax="fromjson <field> [prefix=<string>]",
    options={"prefix": OptionKind.TEXT},
    parse=fields_parser(Fromjson, at_least=1, at_most=1),
    flow=flow,
    run=run,
    source="Search Reference: fromjson",
)
