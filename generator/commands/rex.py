"""`rex`: extracts fields by the named groups of a regular expression, or edits a field like sed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.commands.uses import read_option
from generator.spl.ast import Command, MacroCall, Name, Option
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

_BARE_PATTERN = re.compile(r"\s*+([^\s\"`|\[\]]++)")
_SMART = frozenset("\u2018\u2019\u201c\u201d")
_OPENED = re.compile(r"\(\?P?<(?![=!])")
_GROUP = re.compile(r"\(\?P?<([A-Za-z_]\w*+)>")


@dataclass(frozen=True, slots=True)
class Rex(Command):
    """`pattern` is a regular expression, or with `mode=sed` a sed expression."""

    options: tuple[Option, ...]
    pattern: Name | MacroCall

    @property
    def sed(self) -> bool:
        """Whether it edits instead of extracting."""
        return any(option.name == "mode" and option.text == "sed" for option in self.options)

    @property
    def groups(self) -> tuple[str, ...]:
        """The fields that the pattern extracts."""
        return tuple(_GROUP.findall(self.pattern.text)) if isinstance(self.pattern, Name) and not self.sed else ()

    def arguments(self) -> str:
        """Print options, then the pattern."""
        return join_words(print_options(self.options), print_value(self.pattern))


def parse(args: ArgReader) -> Rex:
    """Read options and the pattern in any order."""
    options: list[Option] = []
    pattern: Name | MacroCall | None = None
    while not args.at_end():
        option = args.option()
        if option is not None:
            options.append(option)
            continue
        args.no_option()
        if pattern is not None:
            raise args.unexpected('a quote inside the pattern is written `\\"`')
        pattern = _pattern(args)
    if pattern is None:
        raise args.expected("a regular expression in double quotes")
    return Rex(*args.head, tuple(options), pattern)


def _pattern(args: ArgReader) -> Name | MacroCall:
    if args.peek() in {'"', "`"}:
        found = args.value()
        if isinstance(found, Name | MacroCall):
            return found
    if args.peek() in _SMART:
        raise args.unexpected()
    bare = _BARE_PATTERN.match(args.text, args.pos, args.end)
    if bare is None:
        raise args.expected("a regular expression in double quotes")
    args.pos = bare.end()
    return Name(bare.start(1), bare.end(1), bare.group(1))


def flow(node: Rex, state: FieldState, env: FlowEnv) -> FieldState:
    """The named groups become fields."""
    read_option(node.options, "field", state, env)
    if isinstance(node.pattern, MacroCall):
        return state.opened()
    if not node.sed and len(node.groups) < len(_OPENED.findall(node.pattern.text)):
        return state.opened()  # a group with a broken name was to give a field
    made = list(node.groups)
    made.extend(option.text for option in node.options if option.name == "offset_field" and option.text)
    return state.add(made)


SPEC = CommandSpec(
    name="rex",
    kind=CommandKind.STREAMING,
    summary="Extracts fields by the named groups of a regular expression, or edits a field like sed.",
    syntax='rex [field=<field>] [max_match=<int>] [offset_field=<name>] "<regex>" | rex [field=<field>] mode=sed "<sed-expression>"',
    options={
        "field": OptionKind.FIELD,
        "max_match": OptionKind.INT,
        "offset_field": OptionKind.FIELD,
        "mode": ("sed",),
    },
    parse=parse,
    flow=flow,
    source="Search Reference: rex",
)
