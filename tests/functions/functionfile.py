"""Reads `tests/functions/<theme>.test`: blocks of calls with what they give.

    values <what the block shows>
    given: {"v": "90061"}                 (optional: the row that the calls see)
    <expression>  ->  <JSON: a text, a list of texts, true, false, or null>

Comment lines (`#`) say where the truth comes from. Blocks are parted by blank lines.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class CallCase:
    """One line: an expression over a row and its result."""

    path: Path
    line: int
    title: str
    given: dict[str, Any]
    expression: str
    expected: Any

    @property
    def id(self) -> str:
        return f"{self.path.stem}:{self.line} {self.title}"


def read_calls(path: Path) -> list[CallCase]:
    """Return the calls of a file; what is neither comment nor block is an error."""
    found: list[CallCase] = []
    title = ""
    given: dict[str, Any] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("values "):
            title, given = line.removeprefix("values "), {}
        elif line.startswith("given: "):
            given = json.loads(line.removeprefix("given: "))
        else:
            expression, arrow, expected = line.rpartition("  ->  ")
            if not arrow or not title:
                raise ValueError(f"{path}:{number}: no line of the form 'expression  ->  JSON' in a block")
            found.append(CallCase(path, number, title, given, expression, json.loads(expected)))
    return found
