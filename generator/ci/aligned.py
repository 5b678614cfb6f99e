"""Two searches become one aligned list of lines: both are laid out by the formatter first, so that layout is no change."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.spl.format import format_spl
from generator.spl.parser import parse
from generator.spl.structure import scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.spl.syntax import CommandTable

MAX_FORMATTED = 100_000
"""Characters of a search that is laid out before it is compared; a longer one is compared as it is."""

MAX_LINES = 4_000
"""Lines up to which the lines of two texts are aligned; beyond, one side stands below the other."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines beside each other; None where a side has none. They are equal, or one replaces the other."""

    before: str | None
    after: str | None

    @property
    def same(self) -> bool:
        """Whether nothing changed here."""
        return self.before == self.after


def aligned(before: str, after: str, commands: CommandTable) -> tuple[Pair, ...]:
    """Return the lines of both searches side by side; empty when they only differ in layout.

    Where the formatter cannot read one of them (it has a syntax error), both stand with a stage a line.
    """
    readable = all(len(text) <= MAX_FORMATTED and not parse(text, commands).errors for text in (before, after) if text)
    lay_out = _formatted if readable else _staged
    old, new = lay_out(before, commands), lay_out(after, commands)
    if old == new:
        return ()
    return tuple(_pairs(old, new))


def _formatted(text: str, commands: CommandTable) -> list[str]:
    return [line.rstrip() for line in format_spl(text, commands).strip().split("\n")]


def _staged(text: str, commands: CommandTable) -> list[str]:
    """Return a line for each stage of a text that may have errors, however it is laid out; a very long one as it is."""
    if len(text) > MAX_FORMATTED:
        return [line.rstrip() for line in text.strip().split("\n")]
    stages = scan(text, commands).segments[-1].stages
    lines = [" ".join(text[stage.start : stage.end].split()) for stage in stages]
    return [line if number == 0 else f"| {line}" for number, line in enumerate(lines) if line or number]


def _pairs(old: list[str], new: list[str]) -> Iterator[Pair]:
    if max(len(old), len(new)) > MAX_LINES:
        yield from (Pair(line, None) for line in old)
        yield from (Pair(None, line) for line in new)
        return
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Pair(line, line) for line in old[a:b])
        else:
            width = max(b - a, d - c)
            for step in range(width):
                yield Pair(old[a + step] if a + step < b else None, new[c + step] if c + step < d else None)


def changed_words(before: str, after: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the part of each of two lines in which they differ, as offsets `[start, end)`."""
    start = 0
    shortest = min(len(before), len(after))
    while start < shortest and before[start] == after[start]:
        start += 1
    end = 0
    while end < shortest - start and before[len(before) - 1 - end] == after[len(after) - 1 - end]:
        end += 1
    return (start, len(before) - end), (start, len(after) - end)
