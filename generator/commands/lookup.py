"""`lookup`: adds the fields of a lookup table where the input fields match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import names_of
from generator.commands.shapes import Renamed, print_renamed, read_renamed
from generator.spl.ast import Command, Field, MacroCall, Name, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
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


def run(node: Lookup, table: Table, env: Env) -> Table:
    """Add the columns of the rows that match; OUTPUTNEW only to rows where no output field is there."""
    from generator.engine.column import choose
    from generator.engine.probe import looked_up

    name = names_of((node.table,), env, "lookup")[0]
    lookup = env.knowledge.lookup(name)
    if lookup is None:
        raise env.error("lookup", f"Could not construct lookup '{name}': it does not exist", node.table)
    if lookup.note:
        env.warn_once(lookup.note)
    columns = set(lookup.fields)
    inputs = [_pair(item, env) for item in node.matches]
    outputs = [_pair(item, env) for item in node.outputs]
    for column, _ in (*inputs, *outputs):
        if column not in columns and not lookup.note:
            raise env.error("lookup", f"Could not find the field '{column}' in the lookup table '{name}'", node)
    if not node.mode:
        given = {column for column, _ in inputs}
        outputs = [(column, column) for column in lookup.fields if column not in given]
    found = looked_up(table, lookup, inputs, [column for column, _ in outputs])
    made: dict[str, Column] = {}
    for column, field in outputs:
        before = table.find(field)
        if before is None:
            made[field] = found[column]
        elif node.mode == "outputnew":
            made[field] = choose(before.present, before, found[column])
        else:
            made[field] = choose(found[column].present, found[column], before)
    return table.with_columns(made)


def _pair(item: Renamed, env: Env) -> tuple[str, str]:
    """Return the column of the lookup and the field of the rows."""
    if isinstance(item.field, MacroCall):
        raise env.no_macro("lookup", item.field)
    return item.field.text, item.output or item.field.text


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
    run=run,
    source="Search Reference: lookup",
)
