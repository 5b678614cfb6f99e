"""`lookup`: adds the fields of a lookup table where the input fields match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.shapes import Renamed, print_renamed, read_renamed
from generator.spl.ast import Command, Field, MacroCall, Name, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_OUTPUT = frozenset({"output", "outputnew"})


@dataclass(frozen=True, slots=True)
class Lookup(Command):
    """`matches` name columns and, behind AS, the event fields to compare them with; `mode` is `output`, `outputnew` or ""."""

    options: Options
    table: Field
    matches: tuple[Renamed, ...]
    mode: str
    outputs: tuple[Renamed, ...]

    def arguments(self) -> str:
        """Print options, table, matches and outputs."""
        mode = self.mode.upper()
        return join_words(
            print_options(self.options),
            print_value(self.table),
            print_renamed(self.matches),
            mode,
            print_renamed(self.outputs),
        )


def parse(args: ArgReader) -> Lookup:
    """Read options, the table's name, the fields to match and the output fields."""
    options = tuple(iter(args.option, None))
    args.no_option()
    table = args.field("the name of a lookup")
    matches = read_renamed(args, _OUTPUT)
    if not matches:
        raise args.expected(f"a field of the lookup `{args.text[table.start : table.end]}` to match")
    mode = args.keyword("output", "outputnew") or ""
    outputs = read_renamed(args, _OUTPUT) if mode else ()
    if mode and not outputs:
        raise args.expected(f"a field after `{mode.upper()}`")
    return Lookup(*args.head, options, table, matches, mode, outputs)


def flow(node: Lookup, state: FieldState, env: FlowEnv) -> FieldState:
    """The output fields are added; without OUTPUT every column that is no input."""
    inputs = set()
    for item in node.matches:
        field = item.alias or item.field
        if isinstance(field, Name):
            env.use(field.text, field.start, field.end, state)
        if isinstance(item.field, Name):
            inputs.add(item.field.text)
    if node.mode:
        if any(isinstance(item.field, MacroCall) for item in node.outputs):
            return state.opened()
        return state.add(item.output for item in node.outputs if item.output is not None)
    columns = env.lookup_fields(node.table.text) if isinstance(node.table, Name) else None
    return state.opened() if columns is None else state.add(columns - inputs)


SPEC = CommandSpec(
    name="lookup",
    kind=CommandKind.STREAMING,
    summary="Adds the fields of a lookup table.",
    syntax="lookup [local=<bool>] [update=<bool>] <lookup> <column> [AS <field>]... [OUTPUT|OUTPUTNEW <column> [AS <field>]...]",
    options={
        "local": OptionKind.BOOL,
        "update": OptionKind.BOOL,
        "event_time_field": OptionKind.FIELD,
        "output_format": OptionKind.TEXT,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: lookup",
)
