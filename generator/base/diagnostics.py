"""Findings about a user's content are values; trouble in the world is an exception.

    GeneratorError                the tool could not do what it was asked (exit code 2)
    ├── ConfigError               the configuration cannot be used
    ├── RepositoryError           the pack cannot be read or the output cannot be written
    ├── BackendError              a search backend failed
    ├── DatasetError              attack data is missing or damaged
    └── UnsupportedSpl            SPL that the embedded engine cannot run; names it and its place

A `Diagnostic` says what is wrong (`message`: one sentence, lower case, no full stop, the user's words in backticks) and
what to do (`hint`). Renderers live in `generator.report`; nothing here prints.
"""

from __future__ import annotations

import difflib
import heapq
from collections import Counter
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.base.source import Span


class GeneratorError(Exception):
    """The tool could not do what it was asked; the message says why and what to do."""


class ConfigError(GeneratorError):
    """The configuration cannot be used."""


class RepositoryError(GeneratorError):
    """The pack cannot be read, or an output cannot be written."""


class BackendError(GeneratorError):
    """A search backend failed."""


class DatasetError(GeneratorError):
    """Attack data is missing or damaged."""


class UnsupportedSpl(GeneratorError):  # noqa: N818 - the contract's name (DESIGN section 4)
    """SPL that the embedded engine cannot run. Never swallowed: a search is run whole or not at all.

    `start` and `end` are offsets into `text`, the search with macros expanded; -1 without a place.
    """

    def __init__(self, message: str, start: int = -1, end: int = -1, text: str = "") -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.text = text


class Severity(IntEnum):
    """How much a finding matters; only `ERROR` changes the exit code."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """The lower-case word used in every format."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters `[start, end)` of a file (0-based offsets into its decoded text) by `text`."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that settles a finding. `safe` ones keep the meaning and are applied by `--fix`."""

    description: str
    edits: tuple[Edit, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """A second place that explains a finding, such as the call of the macro in which an error lies."""

    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `object` is the name of the content object that the finding is about (a detection, a macro, ...), or None.
    """

    code: str
    name: str
    severity: Severity
    message: str
    span: Span
    hint: str | None = None
    object: str | None = None
    notes: tuple[Note, ...] = ()
    fix: Fix | None = None

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order findings by file, place and code, so that every run prints the same."""
        return (self.span.path, self.span.line, self.span.col, self.code, self.message)


def closest(word: str, known: Iterable[str], *, limit: int = 1) -> list[str]:
    """Return the names most like `word` (ignoring case), best first, at most `limit`; empty when none is near."""
    return list(_closest(word, tuple(known), limit))


@lru_cache(maxsize=256)
def _closest(word: str, known: tuple[str, ...], limit: int) -> tuple[str, ...]:
    # A pack that misspells a name does so in many files.
    folded = word.lower()
    index = _index(known)
    names: Iterable[str] = index.by_folded
    # difflib needs some 30 ms for one name among a pack's detections: of many long names, only those that share most
    # pairs of letters are worth it. In short words one wrong letter can spoil every pair.
    if len(folded) >= 8 and len(index.by_folded) > 100:
        names = index.similar(folded, 3 + limit)
    found = difflib.get_close_matches(folded, names, n=limit, cutoff=0.7)
    return tuple(index.by_folded[name] for name in found)


class _NameIndex:
    """Names by their lower-case form and, made when first asked for, by the pairs of letters that they have."""

    __slots__ = ("_names", "_numbers", "_sizes", "by_folded")

    def __init__(self, known: Iterable[str]) -> None:
        self.by_folded: dict[str, str] = {}
        for name in known:
            self.by_folded.setdefault(name.lower(), name)
        self._names: list[str] = []
        self._sizes: list[int] = []
        self._numbers: dict[tuple[str, str], list[int]] = {}

    def similar(self, folded: str, count: int) -> list[str]:
        """Return the lower-case names that share most pairs of letters with a word."""
        if not self._names:
            self._fill()
        pairs = frozenset(pairwise(folded))
        shared: Counter[int] = Counter()
        for pair in pairs:
            shared.update(self._numbers.get(pair, ()))
        size, sizes = len(pairs), self._sizes
        near = heapq.nsmallest(count, [(-common / (size + sizes[number]), number) for number, common in shared.items()])
        return [self._names[number] for _, number in near]

    def _fill(self) -> None:
        by_pairs = {frozenset(pairwise(name)): name for name in self.by_folded}
        for number, (pairs, name) in enumerate(by_pairs.items()):
            self._names.append(name)
            self._sizes.append(len(pairs))
            for pair in pairs:
                self._numbers.setdefault(pair, []).append(number)


@lru_cache(maxsize=16)
def _index(known: tuple[str, ...]) -> _NameIndex:
    return _NameIndex(known)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return "did you mean `x`?" for the nearest known name, or None."""
    found = closest(word, known)
    return f"did you mean `{found[0]}`?" if found else None
