"""Errors of SPL text as values: what is wrong, where in the text, what was expected and what to do.

The parser never raises for bad input; it returns these. `SplSyntaxError` carries one of them from a command's `parse`
up to the stage that is given up, and does not leave this package and the command table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

SplErrorKind = Literal[
    "expected",
    "unexpected",
    "wildcards",
    "empty-stage",
    "unbalanced-quote",
    "unbalanced-bracket",
    "unbalanced-paren",
    "typographic-quote",
    "four-backticks",
    "unterminated-macro",
    "unterminated-comment",
    "too-deep",
    "unknown-command",
    "bad-option",
    "unknown-function",
    "argument-count",
    "argument-kind",
    "operand-kind",
    "boolean-result",
    "macro-arguments",
    "macro-cycle",
    "macro-depth",
    "macro-size",
]
"""Every kind of error in SPL text; one rule reports each."""

SPL_ERROR_KINDS: Final[frozenset[SplErrorKind]] = frozenset(get_args(SplErrorKind))


@dataclass(frozen=True, slots=True)
class SplError:
    """One error in SPL text.

    `kind` is a stable slug; `message` is one lower-case sentence without full stop; `[start, end)` are 0-based character offsets of the text that was checked; `hint` says what to do.
    """

    kind: SplErrorKind
    message: str
    start: int
    end: int
    hint: str | None = None


class SplSyntaxError(Exception):
    """A stage cannot be read further; caught by the parser, which keeps the error and goes on with the next stage."""

    def __init__(self, error: SplError) -> None:
        super().__init__(error.message)
        self.error = error
