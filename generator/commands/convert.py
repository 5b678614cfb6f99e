"""`convert`: changes field values into numbers or times by its own functions (`ctime`, `mktime`, `num`, ...)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import did_you_mean
from generator.base.frozen import dataclass
from generator.commands.uses import fill_wildcard, match_wildcard
from generator.spl.ast import Aggregation, Command, MacroCall, Name, Node, Options
from generator.spl.printer import join_words, print_call, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

FUNCTIONS = frozenset({"auto", "ctime", "dur2sec", "memk", "mktime", "mstime", "none", "num", "rmcomma", "rmunit"})
"""The functions of `convert`; they exist nowhere else."""


@dataclass(frozen=True, slots=True)
class Conversion(Node):
    """`function(field) [AS alias]`; the field may hold wildcards."""

    function: str
    field: Name | MacroCall
    alias: Name | None


@dataclass(frozen=True, slots=True)
class Convert(Command):
    """The conversions in written order."""

    options: Options
    conversions: tuple[Conversion | MacroCall, ...]

    def arguments(self) -> str:
        """Print options and conversions."""
        return join_words(print_options(self.options), " ".join(map(_print, self.conversions)))


def _print(item: Conversion | MacroCall) -> str:
    if isinstance(item, MacroCall):
        return print_call(item)
    alias = f" AS {print_value(item.alias)}" if item.alias is not None else ""
    return f"{item.function}({print_value(item.field)}){alias}"


def parse(args: ArgReader) -> Convert:
    """Read options and `function(field) [AS name]` items."""
    options = args.options()
    found: list[Conversion | MacroCall] = []
    for item in args.aggregations():
        if isinstance(item, MacroCall):
            found.append(item)
            continue
        found.append(_conversion(args, item))
    options += args.options()
    if not found and not any(isinstance(option, MacroCall) for option in options):
        raise args.expected("a conversion such as `ctime(field)`")
    return Convert(*args.head, options, tuple(found))


def _conversion(args: ArgReader, item: Aggregation) -> Conversion:
    name = item.name.lower()
    if name not in FUNCTIONS:
        args.report(
            "unknown-function",
            f"`convert` has no function `{item.name}`",
            item.start,
            item.name_end,
            did_you_mean(name, FUNCTIONS),
        )
    if len(item.args) != 1 or not isinstance(item.args[0], Name | MacroCall):
        raise args.error("argument-count", f"`{item.name}` of `convert` takes one field", item.start, item.end)
    return Conversion(item.start, item.end, name, item.args[0], item.alias)


def flow(node: Convert, state: FieldState, env: FlowEnv) -> FieldState:
    """Aliases are added; a missing field is skipped, so reading one is no mistake."""
    for item in node.conversions:
        if isinstance(item, MacroCall) or isinstance(item.field, MacroCall):
            state = state.opened()
            continue
        env.use(item.field.text, item.field.start, item.field.end, state, optional=True)
        if item.alias is None:
            continue
        if "*" not in item.field.text:
            state = state.add((item.alias.text,)) if state.may_have(item.field.text) else state
            continue
        made = [
            fill_wildcard(item.alias.text, m)
            for name in state.names
            if (m := match_wildcard(item.field.text, name)) is not None
        ]
        state = state.add(made).add_patterns((item.alias.text,) if state.open else ())
    return state


SPEC = CommandSpec(
    name="convert",
    kind=CommandKind.STREAMING,
    summary="Changes field values into numbers or times.",
    syntax="convert [timeformat=<string>] <function>(<field>) [AS <name>]...",
    options={"timeformat": OptionKind.TEXT},
    parse=parse,
    flow=flow,
    source="Search Reference: convert",
)
