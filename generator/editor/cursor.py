"""What stands at the cursor: which value of the file, and how far into its text.

A mark is put into the text where the cursor is, and the file is composed with it: the scalar that has the mark says
pointer and offset. This works while a value is still empty, in every YAML style, and for searches of many lines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from generator.base.frozen import dataclass
from generator.content.reader import compose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Pointer

_MARK: Final = "\ue000cursor\ue001"
_WORD: Final = re.compile(r"[\w.:{}-]*\Z")
_WORD_ON: Final = re.compile(r"[\w.:{}-]*")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|```.*?(?:```|\Z)|`[^`]*`?|\\.|[|\[\]]|[^"`\\|\[\]]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A value under the cursor: `before` and `after` are its text up to and from the cursor; `is_key` says that it is a key."""

    pointer: Pointer
    before: str
    after: str
    is_key: bool = False

    @property
    def value(self) -> str:
        """The whole text."""
        return self.before + self.after

    @property
    def word_before(self) -> str:
        """The part of the word left of the cursor."""
        found = _WORD.search(self.before)
        return found.group() if found else ""

    @property
    def word(self) -> str:
        """The word that the cursor is in or behind."""
        found = _WORD_ON.match(self.after)
        return self.word_before + (found.group() if found else "")

    @property
    def is_spl(self) -> bool:
        """Whether the value is SPL: a search, a drilldown's search, a macro's definition."""
        return not self.is_key and self.pointer[-1:] in (("search",), ("definition",))


def cursor_at(text: str, offset: int) -> Cursor | None:
    """Return what is at an offset, None where the text is no YAML or the cursor stands in a comment."""
    marked = text[:offset] + _MARK + text[offset:]
    try:
        root = compose(marked)
    except yaml.YAMLError:
        return None
    for pointer, node, is_key in _scalars(root, ()):
        value: str = node.value
        index = value.find(_MARK)
        if index != -1:
            return Cursor(pointer, value[:index], value[index + len(_MARK) :], is_key)
    return None


def _scalars(node: Node | None, pointer: Pointer) -> Iterator[tuple[Pointer, ScalarNode, bool]]:
    if isinstance(node, ScalarNode):
        yield pointer, node, False
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield (*pointer, key.value), key, True
                yield from _scalars(value, (*pointer, key.value))
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from _scalars(item, (*pointer, index))


@dataclass(frozen=True, slots=True)
class Stage:
    """The command that the cursor is in.

    `pipeline` is the text of the innermost pipeline before the stage (that of a subsearch inside brackets), `text` the
    stage up to the cursor, `in_macro` the text behind an open backtick, None outside, `in_quotes` says that a string is open,
    `is_implicit` that no pipe came before: Splunk reads it as terms of `search`.
    """

    pipeline: str
    text: str
    in_macro: str | None
    in_quotes: bool
    is_implicit: bool = False

    @property
    def command(self) -> str:
        """The stage's command in lower case; `search` for a first stage without one, empty while it is typed."""
        if self.is_implicit:
            return "search"
        return "" if self.is_naming else self.text.split(None, 1)[0].lower()

    @property
    def is_naming(self) -> bool:
        """Whether the command's own name is typed: nothing yet, or one word that no blank ends."""
        words = self.text.split(None, 1)
        return not words or (len(words) == 1 and not self.text[-1:].isspace())


def stage_at(before: str) -> Stage:
    """Return the stage that a search text ends in. Pipes and brackets in quotes, comments and macro calls are text."""
    starts: list[tuple[int, int]] = [(0, 0)]
    in_macro: str | None = None
    in_quotes = False
    for match in _TOKEN.finditer(before):
        part = match.group()
        if part == "|":
            opened, _ = starts[-1]
            starts[-1] = (opened, match.end())
        elif part == "[":
            starts.append((match.end(), match.end()))
        elif part == "]" and len(starts) > 1:
            starts.pop()
        elif match.end() == len(before):
            in_quotes = part.startswith('"') and (len(part) == 1 or not part.endswith('"'))
            if part.startswith("`") and not part.startswith("```") and (len(part) == 1 or not part.endswith("`")):
                in_macro = part[1:]
    opened, start = starts[-1]
    pipeline = before[opened:start].rstrip().removesuffix("|").rstrip()
    return Stage(pipeline, before[start:], in_macro, in_quotes, is_implicit=start == 0)


def macro_call_at(value: str, offset: int) -> tuple[str, int, int] | None:
    """Return the macro call around an offset: the text between its backticks, and where the call stands."""
    for match in _TOKEN.finditer(value):
        part = match.group()
        is_call = part.startswith("`") and part.endswith("`") and len(part) > 2 and not part.startswith("```")
        if is_call and match.start() <= offset <= match.end():
            return part[1:-1], match.start(), match.end()
    return None
