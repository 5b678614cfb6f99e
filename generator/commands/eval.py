"""`eval`: computes fields from expressions, from left to right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import read_expression
from generator.spl.ast import Assignment, Command, Name
from generator.spl.printer import print_assignment
from generator.spl.syntax import CommandKind, CommandSpec
from generator.spl.text import STRING, unescape

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_TARGET = re.compile(rf"\s*+(?:([^\s=,\"'()\[\]|`]++)|({STRING})|('[^']*+'))\s*+=(?!=)", re.DOTALL)
_COMPARED = re.compile(r"\s*+[^\s=,\"'()\[\]|`]++\s*+==")
_DYNAMIC = re.compile(r"[{$]|<<")


@dataclass(frozen=True, slots=True)
class Eval(Command):
    """The assignments in written order."""

    assignments: tuple[Assignment, ...]

    def arguments(self) -> str:
        """Print the assignments."""
        return ", ".join(map(print_assignment, self.assignments))


def parse(args: ArgReader) -> Eval:
    """Read assignments parted by commas."""
    assignments = [read_assignment(args)]
    while args.take(","):
        if args.at_end():
            break
        assignments.append(read_assignment(args))
    if not args.at_end():
        raise args.unexpected() if args.peek() == ")" else args.expected("an operator, `,` or the end of `eval`")
    return Eval(*args.head, tuple(assignments))


def read_assignment(args: ArgReader) -> Assignment:
    """Read `target = expression`.

    Raises:
        SplSyntaxError: it is none.
    """
    match = _TARGET.match(args.text, args.pos, args.end)
    if match is None:
        compared = _COMPARED.match(args.text, args.pos, args.end)
        raise args.expected(
            "`field = expression`", "`==` compares; a single `=` assigns" if compared is not None else None
        )
    kind = match.lastindex
    start, end = match.span(kind or 0)
    raw = args.text[start:end]
    if kind == 1:
        target = Name(start, end, unescape(raw))
    else:
        target = Name(start, end, unescape(raw[1:-1]) if kind == 2 else raw[1:-1], raw[0])
    args.pos = match.end()
    value = args.expression()
    return Assignment(start, value.end, target, value)


def flow(node: Eval, state: FieldState, env: FlowEnv) -> FieldState:
    """Each assignment reads what the ones before it made; `{field}` in a target makes a name that is not known."""
    for assignment in node.assignments:
        read_expression(assignment.value, state, env)
        name = assignment.target.text
        state = state.opened() if _DYNAMIC.search(name) else state.add((name,))
    return state


SPEC = CommandSpec(
    name="eval",
    kind=CommandKind.STREAMING,
    summary="Computes fields from expressions.",
    syntax="eval <field>=<expression> [, <field>=<expression>]...",
    parse=parse,
    flow=flow,
    eval_quotes=True,
    source="Search Reference: eval",
)
