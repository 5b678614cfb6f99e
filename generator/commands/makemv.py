"""`makemv`: splits a field into several values, by a delimiter or a regular expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.flow import reads
from generator.commands.grouping import given_options, names_of
from generator.commands.regex import compiled
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.engine.values import Value, elements, multivalue, read_bool, text_of
from generator.spl.ast import Name
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table


@dataclass(frozen=True, slots=True)
class Makemv(FieldsCommand):
    """One field."""


def run(node: Makemv, table: Table, env: Env) -> Table:
    """Split each value at the delimiter, or take what the tokenizer's first group catches.

    Raises:
        UnsupportedSpl: `setsv=true`.
    """
    from generator.engine.errors import PatternTimeoutError

    (name,) = names_of(node.fields, env, "makemv")
    given = given_options(node.options, env, "makemv")
    if read_bool(given.get("setsv"), default=False):
        raise env.unsupported("`setsv=true` of `makemv`", node)
    keeps_empty = read_bool(given.get("allowempty"), default=False)
    delimiter = given.get("delim") or " "
    pattern = None
    if "tokenizer" in given:
        pattern = compiled(Name(node.start, node.end, given["tokenizer"]), env, "makemv")

    def parts(text: str) -> list[str]:
        if pattern is None:
            return text.split(delimiter)
        try:
            return [(match[1] or "") if match.re.groups else match[0] for match in pattern.finditer(text)]
        except PatternTimeoutError as error:
            env.warn_once(str(error))
            return [text]

    def split(cell: Value) -> Value:
        found: list[str] = []
        for value in elements(cell):
            found.extend(part for part in parts(text_of(value)) if part or keeps_empty)
        return multivalue(found)

    return table.with_columns({name: table.column(name).map(split)}) if name in table else table


SPEC = CommandSpec(
    name="makemv",
    kind=CommandKind.STREAMING,
    summary="Splits a field into several values.",
    syntax="makemv [delim=<string>|tokenizer=<regex>] [allowempty=<bool>] [setsv=<bool>] <field>",
    options={
        "delim": OptionKind.TEXT,
        "tokenizer": OptionKind.TEXT,
        "allowempty": OptionKind.BOOL,
        "setsv": OptionKind.BOOL,
    },
    parse=fields_parser(Makemv, at_least=1, at_most=1),
    flow=reads,
    run=run,
    source="Search Reference: makemv",
)
