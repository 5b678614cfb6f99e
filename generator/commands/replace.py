"""`replace`: replaces whole values; `*` stands for any text and may stand in the new value too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import names_of
from generator.commands.table import chosen
from generator.commands.uses import fill_wildcard, read_names
from generator.engine.values import Value, elements, multivalue, text_of
from generator.spl.ast import Command, Field, Name, Node
from generator.spl.printer import join_words, print_value, print_values
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Scalar
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Replacement(Node):
    """`old WITH new`."""

    old: Name
    new: Name


@dataclass(frozen=True, slots=True)
class Replace(Command):
    """The replacements, and the fields in which they are made (none: in all)."""

    replacements: tuple[Replacement, ...]
    fields: tuple[Field, ...]

    def arguments(self) -> str:
        """Print replacements and fields."""
        pairs = ", ".join(f"{print_value(item.old)} WITH {print_value(item.new)}" for item in self.replacements)
        return join_words(pairs, f"IN {print_values(self.fields)}" if self.fields else "")


def parse(args: ArgReader) -> Replace:
    """Read `old WITH new` pairs and the IN clause."""
    found: list[Replacement] = []
    fields: tuple[Field, ...] = ()
    while not args.at_end():
        if found and args.keyword("in"):
            fields = args.fields_of("a field name after `IN`")
            break
        old = args.string("a value to replace")
        if not args.keyword("with"):
            raise args.expected("`WITH` and the new value")
        new = args.string("the new value after `WITH`")
        if new.text.count("*") not in {0, old.text.count("*")}:
            args.report("wildcards", "the new value needs as many `*` as the old one, or none", old.start, new.end)
        found.append(Replacement(old.start, new.end, old, new))
        while args.take(","):
            pass
    if not found:
        raise args.expected("`<value> WITH <value>`")
    return Replace(*args.head, tuple(found), fields)


def flow(node: Replace, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the fields."""
    read_names(node.fields, state, env)
    return state


def run(node: Replace, table: Table, env: Env) -> Table:
    """Replace whole values (case matters) in the listed fields, or in all that are not internal; the first fit counts."""
    names = names_of(node.fields, env, "replace")
    listed = chosen(names, table) if names else [name for name in table.names() if not name.startswith("_")]
    rules = [
        (re.compile("(.*)".join(map(re.escape, item.old.text.split("*"))), re.DOTALL), item.new.text)
        for item in node.replacements
    ]

    def replaced(value: Scalar) -> Scalar:
        text = text_of(value)
        for pattern, new in rules:
            match = pattern.fullmatch(text)
            if match is not None:
                return fill_wildcard(new, match.groups())
        return value

    def cell(value: Value) -> Value:
        return multivalue(map(replaced, elements(value)))

    return table.with_columns({name: table.column(name).map(cell) for name in listed if name in table})


SPEC = CommandSpec(
    name="replace",
    kind=CommandKind.STREAMING,
    summary="Replaces values.",
    syntax="replace <value> WITH <value> [, <value> WITH <value>]... [IN <field>...]",
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: replace",
)
