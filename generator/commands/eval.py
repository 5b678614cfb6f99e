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
    from generator.engine.column import Column
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.engine.values import Value
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_TARGET = re.compile(rf"\s*+(?:([^\s=,\"'()\[\]|`]++)|({STRING})|('[^']*+'))\s*+=(?!=)", re.DOTALL)
_COMPARED = re.compile(r"\s*+[^\s=,\"'()\[\]|`]++\s*+==")
_BRACED = re.compile(r"\{([^{}]*)\}")
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


def run(node: Eval, table: Table, env: Env) -> Table:
    """Compute from left to right; null removes the field from a row.

    Raises:
        SearchError: a Boolean result, which no field can hold.
    """
    from generator.engine.expr import is_condition

    for assignment in node.assignments:
        if is_condition(assignment.value, env):
            hint = "Fields cannot be assigned a boolean result. Instead, try if([bool expr], [expr], [expr])"
            raise env.error("eval", hint, assignment.value)
        column = env.evaluate(assignment.value, table, "eval")
        name = assignment.target.text
        table = _named_by_values(name, column, table) if "{" in name else table.with_columns({name: column})
    return table


def _named_by_values(name: str, column: Column, table: Table) -> Table:
    """Assign to `{field}`: each row has the name that its values of the fields in braces give."""
    from generator.engine.column import absent, choose, encode
    from generator.engine.values import shown

    parts = _BRACED.split(name)
    fields = [table.column(part).to_list() for part in parts[1::2]]
    names: list[Value] = []
    for values in zip(*fields, strict=True):
        if None in values:
            names.append(None)
        else:
            filled = [shown(value) for value in values]
            names.append("".join(part for pair in zip(parts[::2], [*filled, ""], strict=True) for part in pair))
    named = encode(names)
    made = {}
    for target in named.values[1:]:
        before = table.find(str(target))
        mask = named.test(lambda value, target=target: value == target)  # type: ignore[misc]  # a bound default
        made[str(target)] = choose(mask, column, absent(table.length) if before is None else before)
    return table.with_columns(made)


SPEC = CommandSpec(
    name="eval",
    kind=CommandKind.STREAMING,
    summary="Computes fields from expressions.",
    syntax="eval <field>=<expression> [, <field>=<expression>]...",
    parse=parse,
    flow=flow,
    run=run,
    eval_quotes=True,
    source="Search Reference: eval",
)
