"""`outputlookup`: writes the results to a lookup table and passes them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.grouping import flag, given_options, names_of, whole_number
from generator.engine.values import text_of
from generator.spl.ast import Command, Field, Name, Option, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Scalar, Value
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader


@dataclass(frozen=True, slots=True)
class Outputlookup(Command):
    """`table` is a lookup's name or a CSV file."""

    options: Options
    table: Field

    def arguments(self) -> str:
        """Print options and table."""
        return join_words(print_options(self.options), print_value(self.table))


def parse(args: ArgReader) -> Outputlookup:
    """Read options and the table's name, in any order."""
    options = tuple(iter(args.option, None))
    args.no_option()
    table = args.field("the name of a lookup")
    return Outputlookup(*args.head, options + tuple(iter(args.option, None)), table)


def flow(node: Outputlookup, state: FieldState, env: FlowEnv) -> FieldState:
    """The fields stay; a row without the key field is a new one."""
    for option in node.options:
        if isinstance(option, Option) and option.name == "key_field" and isinstance(option.value, Name):
            env.use(option.value.text, option.value.start, option.value.end, state, optional=True)
    return state


def run(node: Outputlookup, table: Table, env: Env) -> Table:
    """Write the rows to the lookup, for as long as the engine lives, and pass them on."""
    given = given_options(node.options, env, "outputlookup")
    name = names_of((node.table,), env, "outputlookup")[0]
    lookup = env.knowledge.lookup(name)
    columns = [column for column in table.names() if not column.startswith("_") or column == "_key"]
    if lookup is None:
        lookup = env.knowledge.create_lookup(name, tuple(columns))
    rows = table.head(whole_number(given.get("max"), table.length, env, "outputlookup", node)).rows(columns)
    key = given.get("key_field")
    appends = flag(node.options, "append", env, "outputlookup", default=key is not None)
    if not rows and not appends and not flag(node.options, "override_if_empty", env, "outputlookup", default=True):
        return table
    if key is not None and appends:
        own = {text_of(one): row for row in rows if (one := _single(row.get(key))) is not None}
        before: list[dict[str, Value]] = [{**row} for row in lookup.rows()]
        kept = [{**row, **own.pop(str(row[key]))} if row.get(key) in own else row for row in before]
        rows = [*kept, *own.values(), *(row for row in rows if _single(row.get(key)) is None)]
        appends = False
    lookup.write(rows, append=appends)
    return table


def _single(value: Value) -> Scalar | None:
    return None if isinstance(value, tuple) else value


SPEC = CommandSpec(
    name="outputlookup",
    kind=CommandKind.STREAMING,
    summary="Writes the results to a lookup table.",
    syntax="outputlookup [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [max=<int>] [key_field=<field>] "
    "[allow_updates=<bool>] [createinapp=<bool>] [create_context=app|user|system] "
    "[output_format=splunk_sv_csv|splunk_mv_csv] <lookup>",
    options={
        "append": OptionKind.BOOL,
        "create_empty": OptionKind.BOOL,
        "override_if_empty": OptionKind.BOOL,
        "max": OptionKind.INT,
        "key_field": OptionKind.FIELD,
        "allow_updates": OptionKind.BOOL,
        "createinapp": OptionKind.BOOL,
        "create_context": ("app", "user", "system"),
        "output_format": ("splunk_sv_csv", "splunk_mv_csv"),
    },
    parse=parse,
    flow=flow,
    run=run,
    source="Search Reference: outputlookup",
)
