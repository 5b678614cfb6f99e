"""`sort`: sorts the results; `-` sorts a field downwards, a trailing `desc` turns the whole order round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.commands.shapes import SortKey, print_sort_keys, read_sort_keys
from generator.commands.uses import read_names
from generator.spl.ast import Command, MacroCall, Name, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.engine.env import Env
    from generator.engine.groups import SortKey as EngineKey
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Sort(Command):
    """`limit` is how many results stay (None = Splunk's default, `0` = all)."""

    limit: Name | None
    options: Options
    keys: tuple[SortKey, ...]
    desc: bool

    def arguments(self) -> str:
        """Print limit, keys and `desc`."""
        limit = print_value(self.limit) if self.limit is not None else ""
        return join_words(print_options(self.options), limit, print_sort_keys(self.keys), "desc" if self.desc else "")


def parse(args: ArgReader) -> Sort:
    """Read the limit, the keys and `desc`."""
    options = tuple(iter(args.option, None))
    limit = None
    before = args.pos
    first = args.name_or_none()
    if first is not None and not first.quote and first.text.isdecimal():
        limit = first
    else:
        args.pos = before
    keys = read_sort_keys(args)
    desc = False
    if len(keys) > 1:
        last = keys[-1]
        if (
            isinstance(last.field, Name)
            and not last.sign
            and not last.field.quote
            and last.field.text.lower() in {"d", "desc"}
        ):
            keys, desc = keys[:-1], True
    if not keys:
        raise args.expected("a field name to sort by")
    return Sort(*args.head, limit, options, keys, desc)


def flow(node: Sort, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the fields."""
    read_names((key.field for key in node.keys), state, env)
    return state


def run(node: Sort, table: Table, env: Env) -> Table:
    """Sort, then keep the first results (10,000 unless a number is given, 0 = all)."""
    from generator.engine.groups import sort_order

    text = node.limit.text if node.limit is not None else given_options(node.options, env, "sort").get("limit")
    limit = whole_number(text, env.limits.sort_rows, env, "sort", node)
    order = sort_order(engine_keys(node.keys, table, env, "sort", turned=node.desc), table.length)
    return table.take(order if limit <= 0 else order[:limit])


def engine_keys(
    keys: Iterable[SortKey], table: Table, env: Env, command: str, *, turned: bool = False
) -> list[EngineKey]:
    """Return the columns to sort by; `turned` reverses all directions.

    Raises:
        SearchError: a macro among the names is not known.
    """
    from generator.engine.groups import SortKey as EngineKey

    found = []
    for key in keys:
        if isinstance(key.field, MacroCall):
            raise env.no_macro(command, key.field)
        found.append(EngineKey(table.column(key.field.text), (key.sign == "-") is not turned, key.function or "auto"))
    return found


SPEC = CommandSpec(
    name="sort",
    kind=CommandKind.DATASET,
    summary="Sorts the results.",
    syntax="sort [<int>|limit=<int>] [+|-]<field>... [desc]",
    options={"limit": OptionKind.INT},
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: sort",
)
