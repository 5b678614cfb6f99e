"""`spath`: extracts from JSON or XML: one path, or everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.commands.uses import read_option
from generator.spl.ast import MacroCall, Name, Option
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv


@dataclass(frozen=True, slots=True)
class Spath(FieldsCommand):
    """`fields` holds the path where it is written without `path=`."""

    def given(self, name: str) -> str | None:
        """Return the text of an option."""
        return next(
            (option.text for option in self.options if isinstance(option, Option) and option.name == name), None
        )

    @property
    def path(self) -> str | None:
        """The path, or None when everything is extracted."""
        named = self.given("path")
        if named is not None:
            return named
        return self.fields[0].text if self.fields and isinstance(self.fields[0], Name) else None


def flow(node: Spath, state: FieldState, env: FlowEnv) -> FieldState:
    """With a path one field is added, named by `output` or the path; without, any field may come."""
    read_option(node.options, "input", state, env)
    path = node.path
    if path is None or any(isinstance(item, MacroCall) for item in (*node.fields, *node.options)):
        return state.opened()
    return state.add((node.given("output") or path,))


SPEC = CommandSpec(
    name="spath",
    kind=CommandKind.STREAMING,
    summary="Extracts from JSON or XML.",
    syntax="spath [input=<field>] [output=<name>] [path=<path>|<path>]",
    options={"input": OptionKind.FIELD, "output": OptionKind.FIELD, "path": OptionKind.TEXT},
    parse=fields_parser(Spath, at_most=1),
    flow=flow,
    source="Search Reference: spath",
)
