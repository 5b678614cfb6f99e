"""`rex`: extracts fields by the named groups of a regular expression, or edits a field like sed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from generator.base.frozen import dataclass
from generator.commands.grouping import given_options, whole_number
from generator.commands.regex import compiled, searched
from generator.commands.uses import read_option
from generator.engine.errors import PatternTimeoutError
from generator.engine.patterns import expand_template
from generator.engine.values import Value, elements, multivalue, text_of
from generator.spl.ast import Command, MacroCall, Name, Option
from generator.spl.printer import join_words, print_options, print_value
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.engine.env import Env
    from generator.engine.patterns import Pattern
    from generator.engine.table import Table
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


def run(node: Rex, table: Table, env: Env) -> Table:
    """Set the named groups of the matches, or edit the field; rows without a match keep what they had."""
    from generator.engine.column import choose, spread

    if isinstance(node.pattern, MacroCall):
        raise env.no_macro("rex", node.pattern)
    given = given_options(node.options, env, "rex")
    name = given.get("field", "_raw")
    column = table.column(name)
    if node.sed:
        edit = sed_edit(node.pattern, env)
        return table.with_columns({name: column.map(lambda value: _edited(value, edit))})
    pattern = compiled(node.pattern, env, "rex")
    names = list(pattern.groups)
    if not names:
        raise env.error(
            "rex",
            f"The regex '{node.pattern.text}' does not extract anything. It should specify at least one named group. Format: (?<name>...)",
            node.pattern,
        )
    limit = whole_number(given.get("max_match"), 1, env, "rex", node)
    offset = given.get("offset_field")
    source = column.compact()
    found = [_extracted(value, pattern, names, limit, env, offsets=offset is not None) for value in source.values]
    outputs = [*names, offset] if offset is not None else names
    made = {}
    for place, output in enumerate(outputs):
        values = spread([row[place] for row in found], source.codes)
        before = table.find(output)
        made[output] = values if before is None else choose(values.present, values, before)
    return table.with_columns(made)


def _extracted(value: Value, pattern: Pattern, names: list[str], limit: int, env: Env, *, offsets: bool) -> list[Value]:
    """Return what each named group caught in a value (all matches up to `limit`, 0 = any number), then the offsets."""
    caught: list[list[str]] = [[] for _ in names]
    places: list[str] = []
    count = 0
    for one in elements(value):
        for match in _matches(pattern, text_of(one), env, single=limit == 1):
            for group, own in zip(names, caught, strict=True):
                text = match.group(group)
                if text is not None:
                    own.append(text)
                    places.append(f"{group}={match.start(group)}-{max(match.start(group), match.end(group) - 1)}")
            count += 1
            if count == limit:
                break
        if count and count == limit:
            break
    found: list[Value] = [multivalue(own) for own in caught]
    return [*found, "&".join(places) or None] if offsets else found


def _matches(pattern: Pattern, text: str, env: Env, *, single: bool) -> Iterator[Any]:
    if single:
        match = searched(pattern, text, env)
        if match is not None:
            yield match
        return
    try:
        yield from pattern.finditer(text)
    except PatternTimeoutError as error:
        env.warn_once(str(error))


def sed_edit(expression: Name, env: Env) -> Callable[[str], str]:
    """Return what a sed expression does to a text: `s/regex/replacement/flags` (g or a number) or `y/from/to/`.

    Raises:
        SearchError: it is none.
    """
    text = expression.text
    kind, mark = text[:1], text[1:2]
    parts = _sed_parts(text[2:], mark) if mark else []
    if kind == "y" and len(parts) == 3 and len(parts[0]) == len(parts[1]):
        table = str.maketrans(parts[0], parts[1])
        return lambda value: value.translate(table)
    if kind != "s" or len(parts) != 3:
        raise env.error("rex", f"Failed to initialize sed. Invalid sed expression '{text}'", expression)
    flags = parts[2].strip()
    number = int(digits) if (digits := flags.replace("g", "").replace("i", "")).isdecimal() else 1
    pattern = compiled(
        Name(expression.start, expression.end, f"(?i){parts[0]}" if "i" in flags else parts[0]), env, "rex"
    )
    replacement = expand_template(parts[1])

    def edited(value: str) -> str:
        try:
            if "g" in flags:
                return pattern.sub(replacement, value)
            for place, match in enumerate(pattern.finditer(value), 1):
                if place == number:
                    return value[: match.start()] + replacement(match) + value[match.end() :]
        except PatternTimeoutError as error:
            env.warn_once(str(error))
        return value

    return edited


def _sed_parts(text: str, mark: str) -> list[str]:
    """Cut at the delimiter where no backslash stands before it; an escaped delimiter loses its backslash."""
    parts = [""]
    place = 0
    while place < len(text):
        char = text[place]
        if char == "\\" and place + 1 < len(text):
            following = text[place + 1]
            parts[-1] += following if following == mark else char + following
            place += 2
            continue
        if char == mark:
            parts.append("")
        else:
            parts[-1] += char
        place += 1
    return parts


def _edited(value: Value, edit: Callable[[str], str]) -> Value:
    return multivalue(edit(text_of(one)) for one in elements(value))


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
    run=run,
    source="Search Reference: rex",
)
