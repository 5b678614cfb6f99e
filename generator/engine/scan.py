r"""A regular expression of a conf file, compiled for running over every event.

Every pattern runs through `regex` with a time limit, but for those that cannot backtrack: a literal at the start, and
behind each repeated class a character that the class does not hold (`<Data Name='([^']+)'>([^<]*)</`). Such patterns, which
are most of those that cut all fields out of events, run through `re`, two to three times as fast.
"""

from __future__ import annotations

import re
import re._constants as ops  # type: ignore[import-not-found]  # typeshed does not have it
import re._parser as sre  # type: ignore[import-not-found]  # as above
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from generator.engine.effort import free_length
from generator.engine.errors import PatternTimeoutError
from generator.engine.patterns import TIME_LIMIT, PatternError
from generator.spl.pcre import rewrite, standard_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHER = 128
"""Stands for every character that is not ASCII."""
_ALL = frozenset(range(_OTHER + 1))
_PREFIX = re.compile(r"(?:\(\?s\))?((?:[^\\.^$*+?{}\[\]|()]|\\[^A-Za-z0-9])+)(?![*?{])")
_CATEGORIES = {
    ops.CATEGORY_DIGIT: frozenset(range(48, 58)),
    ops.CATEGORY_SPACE: frozenset(map(ord, " \t\n\r\f\v")),
    ops.CATEGORY_WORD: frozenset(ord(char) for char in map(chr, range(128)) if char.isalnum() or char == "_"),
}
_NEGATED = {
    ops.CATEGORY_NOT_DIGIT: ops.CATEGORY_DIGIT,
    ops.CATEGORY_NOT_SPACE: ops.CATEGORY_SPACE,
    ops.CATEGORY_NOT_WORD: ops.CATEGORY_WORD,
}


class Scanner:
    """A compiled pattern; its methods raise `PatternTimeoutError` where a match takes too long."""

    __slots__ = ("_compiled", "_free", "_timed", "groupindex", "groups", "literal", "text")

    def __init__(self, text: str, compiled: Any, *, timed: bool) -> None:  # noqa: ANN401 - of `re` or of `regex`, which has no types
        self.text = text
        self._compiled = compiled
        self._timed = {"timeout": TIME_LIMIT} if timed else {}
        self._free = free_length(text) if timed else sys.maxsize
        self.literal = _literal(text)
        """Text that every match begins with; looking for it first is many times faster."""
        self.groups: int = compiled.groups
        self.groupindex: dict[str, int] = dict(compiled.groupindex)

    @property
    def is_plain(self) -> bool:
        """Whether it cannot backtrack."""
        return not self._timed

    def search(self, text: str) -> Any:  # noqa: ANN401 - as above
        """Return the first match anywhere, or None."""
        start = text.find(self.literal) if self.literal else 0
        if start < 0:
            return None
        if len(text) <= self._free:
            return self._compiled.search(text, start)
        try:
            return self._compiled.search(text, start, **self._timed)
        except TimeoutError as error:
            raise self._timeout() from error

    def match(self, text: str, place: int) -> Any:  # noqa: ANN401 - as above
        """Return the match at a place, or None."""
        if len(text) <= self._free:
            return self._compiled.match(text, place)
        try:
            return self._compiled.match(text, place, **self._timed)
        except TimeoutError as error:
            raise self._timeout() from error

    def finditer(self, text: str) -> Iterator[Any]:
        """Yield the matches from left to right."""
        if len(text) <= self._free:
            yield from self._compiled.finditer(text)
            return
        try:
            yield from self._compiled.finditer(text, **self._timed)
        except TimeoutError as error:
            raise self._timeout() from error

    def findall(self, text: str) -> list[Any]:
        """Return the groups of all matches: a text where there is at most one group, else a tuple of texts."""
        found: list[Any]
        if len(text) <= self._free:
            found = self._compiled.findall(text)
            return found
        try:
            found = self._compiled.findall(text, **self._timed)
        except TimeoutError as error:
            raise self._timeout() from error
        return found

    def _timeout(self) -> PatternTimeoutError:
        return PatternTimeoutError(
            f"the regular expression `{self.text[:80]}` took more than {TIME_LIMIT:g} s on a value"
        )


def _literal(pattern: str) -> str:
    match = _PREFIX.match(pattern)
    if match is None or "|" in pattern:
        return ""
    return re.sub(r"\\(.)", r"\1", match[1])


@lru_cache(maxsize=4096)
def compile_scanner(text: str) -> Scanner:
    """Compile a PCRE of a conf file.

    Raises:
        PatternError: it is none.
    """
    plain = _plain(text)
    if plain is not None:
        return Scanner(text, plain, timed=False)
    import regex  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to import, and not needed where all is plain

    try:
        return Scanner(text, regex.compile(rewrite(text), regex.ASCII | regex.VERSION0), timed=True)
    except (regex.error, ValueError, OverflowError, RecursionError) as error:
        raise PatternError(str(error)) from error


def _plain(text: str) -> re.Pattern[str] | None:
    named = standard_pattern(text)
    if named is None:
        return None
    try:
        parsed = sre.parse(named, re.ASCII)
        if parsed.state.flags & (re.IGNORECASE | re.VERBOSE) or not _is_plain(list(parsed)):
            return None
        return re.compile(named, re.ASCII)
    except (re.error, ValueError, OverflowError, RecursionError, KeyError):
        return None


def _is_plain(items: list[Any]) -> bool:
    flat = list(_flat(items))
    return bool(flat) and flat[0][0] is ops.LITERAL and _deterministic(flat)


def _flat(items: Any) -> Iterator[Any]:  # noqa: ANN401 - trees of `re._parser`
    """Yield items with the groups that are not repeated dissolved."""
    for op, value in items:
        if op is ops.SUBPATTERN:
            if value[1] or value[2]:
                raise ValueError
            yield from _flat(value[3])
        else:
            yield op, value


def _deterministic(items: list[Any]) -> bool:
    for place, (op, value) in enumerate(items):
        if op in {ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY}:
            continue
        if op is ops.MAX_REPEAT:
            low, high, inner = value
            body = list(_flat(inner))
            following = items[place + 1 :]
            if high == 1 and low == 0:
                if not _deterministic(body) or _first(body) & _first(following):
                    return False
            elif len(body) == 1 and body[0][0] in {ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY}:
                if low != high and _first(body) & _first(following):
                    return False
            else:
                return False
        elif op is ops.AT and value is ops.AT_END_STRING:
            continue
        else:
            return False
    return True


def _first(items: list[Any]) -> frozenset[int]:
    """Return the characters with which a match of a sequence can begin; nothing for the end of the pattern."""
    found: frozenset[int] = frozenset()
    for op, value in items:
        if op is ops.MAX_REPEAT:
            found |= _first(list(_flat(value[2])))
            if value[0]:
                return found
        elif op is ops.AT:
            continue
        else:
            return found | _characters(op, value)
    return found


def _characters(op: Any, value: Any) -> frozenset[int]:  # noqa: ANN401 - as above
    if op is ops.LITERAL:
        return frozenset((min(value, _OTHER),))
    if op is ops.NOT_LITERAL:
        return _ALL - frozenset((value,)) if value < _OTHER else _ALL
    if op is ops.ANY:
        return _ALL - frozenset((10,))
    if op is ops.IN:
        found: frozenset[int] = frozenset()
        negated = False
        for kind, one in value:
            if kind is ops.NEGATE:
                negated = True
            elif kind is ops.LITERAL:
                found |= frozenset((min(one, _OTHER),))
            elif kind is ops.RANGE:
                found |= frozenset(range(min(one[0], _OTHER), min(one[1], _OTHER) + 1))
            elif kind is ops.CATEGORY:
                found |= _CATEGORIES[one] if one in _CATEGORIES else _ALL - _CATEGORIES[_NEGATED[one]]
        # A negated class holds some characters that are not ASCII, and a class with one of them not all others.
        return (_ALL - found) | frozenset((_OTHER,)) if negated else found
    raise ValueError
