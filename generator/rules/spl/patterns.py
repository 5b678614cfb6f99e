"""The regular expressions of a search, with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.regex import Regex
from generator.commands.rex import Rex
from generator.spl.ast import Call, Name, StringLiteral

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.analysis.model import ParsedSearch

_FUNCTIONS = frozenset({"match", "replace"})
# What is filled in before the search runs: the pattern as it stands is not what will be compiled.
_FILLED_IN = re.compile(r"\$[\w.|]+\$|<<\w+>>|`")
_SED = re.compile(r"\s*s(?P<mark>[^\w\s\\])(?P<pattern>(?:\\.|(?!(?P=mark)).)*)(?P=mark)", re.DOTALL)
_ESCAPED = re.compile(r'\\[\\"|]')


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression behind the first level of quoting; the offsets are those of its text as written."""

    text: str
    start: int
    end: int
    raw: str
    command: str

    def place(self, at: int | None) -> tuple[int, int]:
        """Return the offsets of the character that stands at an offset of the pattern; of all of it without one."""
        if at is None:
            return self.start, self.end
        shift = 0
        for match in _ESCAPED.finditer(self.raw):
            if match.start() - shift >= at:
                break
            shift += 1
        place = min(self.start + at + shift, max(self.start, self.end - 1))
        return place, place + 1


def patterns_of(search: ParsedSearch) -> Iterator[Pattern]:
    """Yield the patterns of `rex`, `regex`, `match` and `replace` that are written out."""
    for rex in search.nodes_of(Rex):
        if isinstance(rex.pattern, Name):
            found = _pattern(search, rex.pattern.text, rex.pattern, "rex")
            if found is not None:
                yield from _of_sed(found) if rex.sed else (found,)
    for regex in search.nodes_of(Regex):
        if isinstance(regex.pattern, Name):
            found = _pattern(search, regex.pattern.text, regex.pattern, "regex")
            if found is not None:
                yield found
    for call in search.nodes_of(Call):
        if len(call.args) > 1 and call.name.lower() in _FUNCTIONS:
            literal = call.args[1]
            if isinstance(literal, StringLiteral):
                found = _pattern(search, literal.value, literal, call.name)
                if found is not None:
                    yield found


def _pattern(search: ParsedSearch, text: str, node: Name | StringLiteral, command: str) -> Pattern | None:
    if _FILLED_IN.search(text) is not None:
        return None
    raw = search.expansion.text[node.start : node.end]
    quoted = 1 if raw[:1] == '"' else 0
    return Pattern(text, node.start + quoted, node.end - quoted, raw[quoted : len(raw) - quoted], command)


def _of_sed(found: Pattern) -> Iterator[Pattern]:
    """Yield the pattern of `s/pattern/replacement/`; `y/abc/xyz/` has none."""
    match = _SED.match(found.text)
    if match is None:
        return
    before = found.place(match.start("pattern"))[0]
    text = match["pattern"].replace("\\" + match["mark"], match["mark"]) if match["mark"] == "/" else match["pattern"]
    yield Pattern(text, before, found.end, found.raw[before - found.start :], "rex")
