"""`return`: gives values of the first rows to the search around a subsearch, in the field `search`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import whole_number
from generator.engine.values import elements, text_of
from generator.spl.ast import Command, Field, MacroCall, Name, Node
from generator.spl.printer import join_words, print_call, print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_DOLLAR = re.compile(r"\s*+\$(?![\w.:]++\$)")


@dataclass(frozen=True, slots=True)
class Returned(Node):
    """`field`, `alias=field`, or (where `bare`) `$field`, which returns the value alone."""

    field: Name
    alias: Name | None
    bare: bool


@dataclass(frozen=True, slots=True)
class Return(Command):
    """`count` is the number of rows (None = one)."""

    count: Name | None
    items: tuple[Returned | MacroCall, ...]

    def arguments(self) -> str:
        """Print number and fields."""
        count = print_value(self.count) if self.count is not None else ""
        return join_words(count, " ".join(map(_print, self.items)))


def _print(item: Returned | MacroCall) -> str:
    if isinstance(item, MacroCall):
        return print_call(item)
    if item.bare:
        # Right behind a letter or sign an apostrophe is none that quotes.
        return f"$ {print_value(item.field)}" if item.field.quote == "'" else f"${print_value(item.field)}"
    alias = f"{print_value(item.alias)}=" if item.alias is not None else ""
    return alias + print_value(item.field)


def parse(args: ArgReader) -> Return:
    """Read the number, then fields of all three forms."""
    count: Name | None = None
    found: list[Returned | MacroCall] = []
    while not args.at_end():
        start = args.position()
        dollar = _DOLLAR.match(args.text, args.pos, args.end)
        if dollar is not None:
            args.pos = dollar.end()
            field = args.name_of("a field name after `$`")
            found.append(Returned(start, field.end, field, None, bare=True))
        else:
            first: Field = args.field()
            if isinstance(first, MacroCall):
                found.append(first)
            elif count is None and not found and not first.quote and first.text.isdecimal():
                count = first
            elif args.take("="):
                field = args.name_of(f"a field name after `{first.text}=`")
                found.append(Returned(start, field.end, field, first, bare=False))
            else:
                found.append(Returned(start, first.end, first, None, bare=False))
        while args.take(","):
            pass
    if not found:
        raise args.expected("a field name")
    return Return(*args.head, count, tuple(found))


def flow(node: Return, state: FieldState, env: FlowEnv) -> FieldState:
    """Only `search` is left."""
    for item in node.items:
        if isinstance(item, Returned):
            env.use(item.field.text, item.field.start, item.field.end, state)
    return state.only(("search",), command="return", offset=node.start)


def run(node: Return, table: Table, env: Env) -> Table:
    """Return one row whose `search` holds the first rows as search text; no row gives none."""
    from generator.engine.column import encode
    from generator.engine.subsearch import quoted
    from generator.engine.table import Table

    items: list[Returned] = []
    for item in node.items:
        if isinstance(item, MacroCall):
            raise env.no_macro("return", item)
        items.append(item)
    count = whole_number(node.count.text if node.count is not None else None, 1, env, "return", node)
    names = list(dict.fromkeys(item.field.text for item in items))

    def written(item: Returned, value: Value) -> str:
        if item.bare:
            texts = list(map(text_of, elements(value)))
        else:
            name = (item.alias or item.field).text
            texts = [f"{name}={quoted(text_of(one))}" for one in elements(value)]
        return texts[0] if len(texts) == 1 else f"({' OR '.join(texts)})"

    rows = []
    for row in table.head(count).rows(names):
        parts = [written(item, row[item.field.text]) for item in items if item.field.text in row]
        if parts:
            rows.append(" ".join(parts))
    if not rows:
        return Table(0, {"search": encode([])})
    bare = len(rows) == 1 and all(item.bare for item in items)
    text = rows[0] if bare else " OR ".join(f"({row})" for row in rows)
    return Table(1, {"search": encode([text])})


SPEC = CommandSpec(
    name="return",
    kind=CommandKind.TRANSFORMING,
    summary="Returns values to the outer search.",
    syntax="return [<int>] [<alias>=<field>]... [<field>]... [$<field>]...",
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: return",
)
