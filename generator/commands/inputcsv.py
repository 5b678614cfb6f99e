"""`inputcsv`: reads a CSV file of Splunk's folder for such files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import names_of
from generator.commands.inputlookup import part_of
from generator.commands.uses import read_term
from generator.spl.ast import Command, Field, Options, Term
from generator.spl.fields import FieldState
from generator.spl.printer import join_words, print_options, print_term, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.fields import FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Inputcsv(Command):
    """The file and the rows that are wanted."""

    options: Options
    file: Field
    where: Term | None

    def arguments(self) -> str:
        """Print options, file and condition."""
        where = f"WHERE {print_term(self.where)}" if self.where is not None else ""
        return join_words(print_options(self.options), print_value(self.file), where)


def parse(args: ArgReader) -> Inputcsv:
    """Read options, the file's name and the condition."""
    options = tuple(iter(args.option, None))
    args.no_option()
    file = args.field("the name of a CSV file")
    options += tuple(iter(args.option, None))
    where = None
    if args.keyword("where"):
        where = args.terms()
        if where is None:
            raise args.expected("a search term after `WHERE`")
    return Inputcsv(*args.head, options, file, where)


def flow(node: Inputcsv, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - the columns are not known, whatever was before
    """The columns of the file are not known."""
    read_term(node.where, FieldState(), env)
    return FieldState()


def run(node: Inputcsv, table: Table, env: Env) -> Table:
    """Return the rows of a file that `outputcsv` wrote before; files of a Splunk's own disk are not reached."""
    name = names_of((node.file,), env, "inputcsv")[0]
    found = env.knowledge.files.get(name.removesuffix(".csv"))
    if found is None:
        raise env.error("inputcsv", f"File '{name}' could not be opened for reading", node.file)
    return part_of(node, found, table, env)


SPEC = CommandSpec(
    name="inputcsv",
    kind=CommandKind.GENERATING,
    summary="Reads a CSV file of the dispatch folder.",
    syntax="inputcsv [dispatch=<bool>] [append=<bool>] [strict=<bool>] [start=<int>] [max=<int>] [events=<bool>] <file> [WHERE <terms>]",
    options={
        "dispatch": OptionKind.BOOL,
        "append": OptionKind.BOOL,
        "strict": OptionKind.BOOL,
        "start": OptionKind.INT,
        "max": OptionKind.INT,
        "events": OptionKind.BOOL,
    },
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: inputcsv",
)
