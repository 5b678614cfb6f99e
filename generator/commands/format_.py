"""`format`: turns the rows into one search expression in the field `search`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.spl.ast import Command, Name, Options
from generator.spl.printer import join_words, print_options, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Format(Command):
    """`marks` are none or six: row prefix, column prefix, column separator, column end, row separator, row end."""

    options: Options
    marks: tuple[Name, ...]

    def arguments(self) -> str:
        """Print options and marks."""
        return join_words(print_options(self.options), print_values(self.marks, " "))


def parse(args: ArgReader) -> Format:
    """Read options and marks."""
    options = args.options()
    marks: list[Name] = []
    while not args.at_end():
        more = args.options()
        if more:
            options += more
        else:
            marks.append(args.string("a quoted mark"))
    if marks and len(marks) != 6:
        args.report(
            "argument-count", f"`format` takes all six marks or none, not {len(marks)}", marks[0].start, marks[-1].end
        )
    return Format(*args.head, options, tuple(marks))


def flow(node: Format, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - every flow has this shape
    """Only `search` is left."""
    return state.only(("search",), command="format", offset=node.start)


def run(node: Format, table: Table, env: Env) -> Table:
    """Return one row whose `search` holds the rows as search text.

    Raises:
        UnsupportedSpl: `quote`.
    """
    from generator.engine.column import encode
    from generator.engine.subsearch import RowFormat, formatted
    from generator.engine.table import Table

    given = given_options(node.options, env, "format")
    if "quote" in given:
        raise env.unsupported("`quote` of `format`", node)
    limit = whole_number(given.get("maxresults"), 0, env, "format", node)
    marks = [mark.text for mark in node.marks]
    form = RowFormat(*marks) if len(marks) == 6 else RowFormat()
    form = replace(
        form,
        multivalue_separator=given.get("mvsep", form.multivalue_separator),
        empty=given.get("emptystr", form.empty),
    )
    return Table(1, {"search": encode([formatted(table.head(limit) if limit > 0 else table, form)])})


SPEC = CommandSpec(
    name="format",
    kind=CommandKind.TRANSFORMING,
    summary="Turns rows into a search expression.",
    syntax='format [mvsep="<string>"] [maxresults=<int>] [quote=<bool>] ["<row-prefix>" "<column-prefix>" '
    '"<column-separator>" "<column-end>" "<row-separator>" "<row-end>"] [emptystr="<string>"]',
    options={
        "mvsep": OptionKind.TEXT,
        "maxresults": OptionKind.INT,
        "quote": OptionKind.BOOL,
        "emptystr": OptionKind.TEXT,
    },
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: format",
)
