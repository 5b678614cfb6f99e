"""`outputlookup`: writes the results to a lookup table and passes them on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.spl.ast import Command, Field, Name, Option, Options
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
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
    source="Search Reference: outputlookup",
)
