"""`regex`: keeps the results whose field matches (or, with `!=`, does not match) a regular expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.spl.ast import Command, Field, MacroCall, Name
from generator.spl.printer import print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_OPERATOR = re.compile(r"\s*+(!?=)")
_BARE_PATTERN = re.compile(r"\s*+([^\s\"`|\[\]]++)")


@dataclass(frozen=True, slots=True)
class Regex(Command):
    """`field` is None for `_raw`; `op` is `=`, `!=` or "" without a field."""

    field: Field | None
    op: str
    pattern: Name | MacroCall

    def arguments(self) -> str:
        """Print field, operator and pattern."""
        if self.field is None:
            return print_value(self.pattern)
        return f"{print_value(self.field)}{self.op}{print_value(self.pattern)}"


def parse(args: ArgReader) -> Regex:
    """Read `[field (=|!=)] pattern`."""
    field: Field | None = None
    op = ""
    before = args.pos
    first = args.field_or_none()
    operator = _OPERATOR.match(args.text, args.pos, args.end)
    if first is not None and operator is not None:
        field, op = first, operator.group(1)
        args.pos = operator.end()
    else:
        args.pos = before
    pattern = args.value() if args.peek() in {'"', "`"} else _bare(args)
    if not isinstance(pattern, Name | MacroCall):
        raise args.expected("a regular expression in double quotes")
    return Regex(*args.head, field, op, pattern)


def _bare(args: ArgReader) -> Name | None:
    match = _BARE_PATTERN.match(args.text, args.pos, args.end)
    if match is None:
        return None
    args.pos = match.end()
    return Name(match.start(1), match.end(1), match.group(1))


def flow(node: Regex, state: FieldState, env: FlowEnv) -> FieldState:
    """Read the field."""
    if isinstance(node.field, Name):
        env.use(node.field.text, node.field.start, node.field.end, state)
    return state


SPEC = CommandSpec(
    name="regex",
    kind=CommandKind.STREAMING,
    summary="Keeps the results whose field matches a regular expression.",
    syntax='regex [<field>=|<field>!=]"<regex>"',
    parse=parse,
    flow=flow,
    source="Search Reference: regex",
)
