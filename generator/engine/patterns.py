r"""A regular expression of a search becomes a compiled one that can't run forever.

What PCRE means in Python is `generator.spl.pcre`'s business. Here each match gets a time limit; a pattern that explodes
raises `PatternTimeoutError`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from generator.engine.effort import free_length
from generator.engine.errors import PatternTimeoutError
from generator.spl import pcre

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TIME_LIMIT = 1.0
"""Seconds that one match may take."""


class PatternError(ValueError):
    """A text that is no regular expression; the message says why."""


class Pattern:
    """A compiled regular expression; every method has the time limit where a match could need it."""

    __slots__ = ("_compiled", "_free", "text")

    def __init__(self, text: str, compiled: Any) -> None:  # noqa: ANN401 - `regex` has no types
        self.text = text
        self._compiled = compiled
        self._free = free_length(text)

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the named groups, in the order of their numbers."""
        return tuple(sorted(self._compiled.groupindex, key=self._compiled.groupindex.__getitem__))

    def search(self, text: str) -> Any:  # noqa: ANN401 - as above
        """Return the first match anywhere, or None.

        Raises:
            PatternTimeoutError: it took too long.
        """
        if len(text) <= self._free:
            return self._compiled.search(text)
        try:
            return self._compiled.search(text, timeout=TIME_LIMIT)
        except TimeoutError as error:
            raise self._timeout() from error

    def finditer(self, text: str) -> Iterator[Any]:
        """Yield the matches from left to right. Raises as `search`."""
        if len(text) <= self._free:
            yield from self._compiled.finditer(text)
            return
        try:
            yield from self._compiled.finditer(text, timeout=TIME_LIMIT)
        except TimeoutError as error:
            raise self._timeout() from error

    def sub(self, replacement: Callable[[Any], str], text: str, count: int = 0) -> str:
        """Replace matches. Raises as `search`."""
        if len(text) <= self._free:
            return str(self._compiled.sub(replacement, text, count=count))
        try:
            return str(self._compiled.sub(replacement, text, count=count, timeout=TIME_LIMIT))
        except TimeoutError as error:
            raise self._timeout() from error

    def _timeout(self) -> PatternTimeoutError:
        return PatternTimeoutError(
            f"the regular expression `{self.text[:80]}` took more than {TIME_LIMIT:g} s on a value"
        )


@lru_cache(maxsize=4096)
def compile_pattern(text: str, *, ignore_case: bool = False) -> Pattern:
    """Compile a PCRE.

    Raises:
        PatternError: it is none.
    """
    compiled = pcre.compile_pattern(text, ignore_case=ignore_case)
    if isinstance(compiled, pcre.PatternError):
        place = "" if compiled.at is None else f" at position {compiled.at}"
        raise PatternError(compiled.message + place)
    return Pattern(text, compiled)


def expand_template(template: str) -> Callable[[Any], str]:
    r"""Return what a replacement stands for: `\1` to `\9` (and `\10`...) are groups, `\0` the whole match, `\\` a backslash."""
    parts: list[str | int] = []
    for match in re.finditer(r"\\(\d{1,2})|\\(.)|([^\\]+|\\\Z)", template, re.DOTALL):
        number, escaped, plain = match.groups()
        if number is not None:
            parts.append(int(number))
        else:
            parts.append(
                plain if plain is not None else "\n" if escaped == "n" else "\t" if escaped == "t" else escaped
            )
    if all(isinstance(part, str) for part in parts):
        fixed = "".join(map(str, parts))
        return lambda _: fixed

    def expanded(match: Any) -> str:  # noqa: ANN401 - a match of `regex`
        last = match.re.groups
        return "".join(
            part if isinstance(part, str) else (match.group(part) or "") if part <= last else "" for part in parts
        )

    return expanded


def is_like(text: str, pattern: str) -> bool:
    """Whether a whole text fits a LIKE pattern: `%` stands for any text, `_` for one character, case matters."""
    return _like_pattern(pattern).search(text) is not None


@lru_cache(maxsize=1024)
def _like_pattern(pattern: str) -> Pattern:
    parts = [".*" if char == "%" else "." if char == "_" else re.escape(char) for char in pattern]
    return compile_pattern(rf"(?s)\A{''.join(parts)}\Z")
