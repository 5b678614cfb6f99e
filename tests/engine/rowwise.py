"""A slow and obviously right evaluator of search terms, one row after another, to hold the engine against."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.spl.ast import And, Comparison, Group, InTerm, Name, Not, Or

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.spl.ast import Term

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def holds(term: Term, row: Mapping[str, object]) -> bool:
    """Whether a row fits a term."""
    if isinstance(term, And):
        return all(holds(part, row) for part in term.terms)
    if isinstance(term, Or):
        return any(holds(part, row) for part in term.terms)
    if isinstance(term, Not):
        return not holds(term.term, row)
    if isinstance(term, Group):
        return term.term is None or holds(term.term, row)
    if isinstance(term, InTerm):
        assert isinstance(term.field, Name)
        return any(compares("=", one, value.text) for one in cells(row, term.field.text) for value in term.values)
    assert isinstance(term, Comparison)
    assert isinstance(term.field, Name)
    assert isinstance(term.value, Name)
    return any(compares(term.op, one, term.value.text) for one in cells(row, term.field.text))


def cells(row: Mapping[str, object], name: str) -> list[str]:
    """Return the values of a field as texts."""
    value = row.get(name)
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [str(one) for one in values]


def compares(op: str, text: str, literal: str) -> bool:
    """Whether one text compares with a literal so."""
    if op in {"=", "!="}:
        pattern = ".*".join(re.escape(part) for part in literal.lower().split("*"))
        same = re.fullmatch(pattern, text.lower(), re.DOTALL) is not None
        return same if op == "=" else not same
    left: float | str = text
    right: float | str = literal
    if _NUMBER.fullmatch(text) and _NUMBER.fullmatch(literal):
        left, right = float(text), float(literal)
    order = {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}  # type: ignore[operator]
    return order[op]
