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
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

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
    folded = word.lower()
    by_folded: dict[str, str] = {}
    for name in known:
        by_folded.setdefault(name.lower(), name)
    names: Iterable[str] = by_folded
    # difflib needs some 30 ms for one name among a pack's detections: of many long names, only those that share most
    # pairs of letters are worth it. In short words one wrong letter can spoil every pair.
    if len(folded) >= 8 and len(by_folded) > 100:
        pairs = _pairs(folded)
        by_pairs = {other: name for name in by_folded if (other := _pairs(name)) & pairs}
        near = heapq.nlargest(3 + limit, by_pairs, key=lambda other: len(pairs & other) / (len(pairs) + len(other)))
        names = [by_pairs[other] for other in near]
    found = difflib.get_close_matches(folded, names, n=limit, cutoff=0.7)
    return [by_folded[name] for name in found]


@lru_cache(maxsize=8192)
def _pairs(name: str) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(name))


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return "did you mean `x`?" for the nearest known name, or None."""
    found = closest(word, known)
    return f"did you mean `{found[0]}`?" if found else None
