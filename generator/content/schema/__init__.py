"""The contract of every kind of file, as JSON Schema, and what a document breaks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from generator.content.model import Document, Problem

PROBLEM_KINDS: Final = frozenset(
    (
        "missing-field",
        "unknown-field",
        "wrong-type",
        "unknown-value",
        "malformed-value",
        "out-of-range",
        "wrong-length",
    )
)


def problems(document: Document) -> tuple[Problem, ...]:
    """Return what a document breaks of its schema."""
    return ()
