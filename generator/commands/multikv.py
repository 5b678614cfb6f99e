"""`multikv`: makes a row of each line of a table in the event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.spl.ast import Command, Field, MacroCall, Name, Option, Options
from generator.spl.printer import join_words, print_options, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_WORDS = frozenset({"fields", "filter"})


@dataclass(frozen=True, slots=True)
class Multikv(Command):
    """`fields` are the columns that are wanted (none: all), `filter` texts of which a line must hold one."""

    options: Options
    fields: tuple[Field, ...]
    filter: tuple[Field, ...]

    def arguments(self) -> str:
        """Print options and the two lists."""
        fields = f"fields {print_values(self.fields, ' ')}" if self.fields else ""
        return join_words(
            print_options(self.options), fields, f"filter {print_values(self.filter, ' ')}" if self.filter else ""
        )


def parse(args: ArgReader) -> Multikv:
    """Read options and the two lists, in any order."""
    options: list[Option | MacroCall] = []
    fields: tuple[Field, ...] = ()
    wanted: tuple[Field, ...] = ()
    while not args.at_end():
        if more := args.options():
            options.extend(more)
            continue
        word = args.keyword("fields", "filter")
        if word is None:
            break
        found = args.fields_of(f"at least one name after `{word}`", _WORDS)
        if word == "fields":
            fields += found
        else:
            wanted += found
    return Multikv(*args.head, tuple(options), fields, wanted)


def flow(node: Multikv, state: FieldState, env: FlowEnv) -> FieldState:  # noqa: ARG001 - every flow has this shape
    """The columns are added; their names stand in the events."""
    return state.opened().add(field.text for field in node.fields if isinstance(field, Name))


SPEC = CommandSpec(
    name="multikv",
    kind=CommandKind.STREAMING,
    summary="Extracts fields of tables in events.",
    syntax="multikv [conf=<stanza>] [copyattrs=<bool>] [fields <field>...] [filter <string>...] [forceheader=<int>] "
    "[multitable=<bool>] [noheader=<bool>] [rmorig=<bool>]",
    options={
        "conf": OptionKind.TEXT,
        "copyattrs": OptionKind.BOOL,
        "forceheader": OptionKind.INT,
        "multitable": OptionKind.BOOL,
        "noheader": OptionKind.BOOL,
        "rmorig": OptionKind.BOOL,
    },
    parse=parse,
    flow=flow,
    source="Search Reference: multikv",
)
