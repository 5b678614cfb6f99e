"""`regex`: keeps the results whose field matches (or, with `!=`, does not match) a regular expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from generator.base.frozen import dataclass
from generator.spl.ast import Command, Field, MacroCall, Name
from generator.spl.printer import print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.column import Mask
    from generator.engine.env import Env
    from generator.engine.explain import Asked
    from generator.engine.patterns import Pattern
    from generator.engine.table import Table
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
        field = print_value(self.field)
        blank = " " if field.endswith("!") else ""  # `x! = "a"` is not `x != "a"`
        return f"{field}{blank}{self.op}{print_value(self.pattern)}"


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


def run(node: Regex, table: Table, env: Env) -> Table:
    """Keep the rows that match; with `!=` those that do not, rows without the field among them."""
    return table.take(fitting(node, table, env))


def fitting(node: Regex, table: Table, env: Env) -> Mask:
    """Return which rows stay."""
    from generator.engine.values import elements, text_of

    if isinstance(node.field, MacroCall):
        raise env.no_macro("regex", node.field)
    if isinstance(node.pattern, MacroCall):
        raise env.no_macro("regex", node.pattern)
    pattern = compiled(node.pattern, env, "regex")
    column = table.column(node.field.text if node.field is not None else "_raw")
    found = column.test(lambda value: any(searched(pattern, text_of(one), env) is not None for one in elements(value)))
    return ~found if node.op == "!=" else found


def asks(node: Regex, table: Table, env: Env) -> Asked:
    """Return the pattern, asked of the field."""
    from generator.engine.explain import Asked, Test

    field = node.field.text if isinstance(node.field, Name) else "_raw"
    pattern = node.pattern
    wanted = f"{'no ' if node.op == '!=' else 'a '}match of {env.text[pattern.start : pattern.end]}"
    return Asked(table, Test(node, field, wanted, fitting(node, table, env)), env)


def compiled(pattern: Name, env: Env, command: str) -> Pattern:
    """Compile the pattern of a command.

    Raises:
        SearchError: it is no regular expression.
    """
    from generator.engine.patterns import PatternError, compile_pattern

    try:
        return compile_pattern(pattern.text)
    except PatternError as error:
        raise env.error(
            command,
            f"Encountered the following error while compiling the regex '{pattern.text}': Regex: {error}",
            pattern,
        ) from error


def searched(pattern: Pattern, text: str, env: Env) -> Any:  # noqa: ANN401 - a match of `regex`
    """Return the first match, or None, also where it takes too long (the user is told)."""
    from generator.engine.errors import PatternTimeoutError

    try:
        return pattern.search(text)
    except PatternTimeoutError as error:
        env.warn_once(str(error))
        return None


SPEC = CommandSpec(
    name="regex",
    kind=CommandKind.STREAMING,
    summary="Keeps the results whose field matches a regular expression.",
    syntax='regex [<field>=|<field>!=]"<regex>"',
    parse=parse,
    flow=flow,
    run=run,
    asks=asks,
    source="Search Reference: regex",
)
