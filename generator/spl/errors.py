"""Errors of SPL text as values: what is wrong, where in the text, what was expected and what to do.

The parser never raises for bad input; it returns these. `SplSyntaxError` carries one of them from a command's `parse`
up to the stage that is given up, and does not leave this package and the command table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SplError:
    """One error in SPL text.

    `kind` is a stable slug (`unbalanced-quote`, `unknown-command`, ...); `message` is one lower-case sentence without
    full stop; `[start, end)` are 0-based character offsets of the text that was checked; `hint` says what to do.
    """

    kind: str
    message: str
    start: int
    end: int
    hint: str | None = None


class SplSyntaxError(Exception):
    """A stage cannot be read further; caught by the parser, which keeps the error and goes on with the next stage."""

    def __init__(self, error: SplError) -> None:
        super().__init__(error.message)
        self.error = error
