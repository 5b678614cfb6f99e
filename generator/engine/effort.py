r"""How long a text may be so that a regular expression surely ends soon, without a clock beside it.

Asking `regex` for a time limit costs more than a usual match. Where a pattern has no repetition inside a repetition and no
back-reference, the steps that backtracking can take are bounded: the length of the text once for each open repetition (and
for the place where a match begins), times the ways of each alternative and each counted repetition. `free_length` turns
the bound around. What it does not know, or `re` does not read, has no such length and keeps its time limit.
"""

from __future__ import annotations

import re
import re._constants as ops  # type: ignore[import-not-found]  # typeshed does not have it
import re._parser as sre  # type: ignore[import-not-found]  # as above
from typing import Any

from generator.spl.pcre import standard_pattern

STEPS = 4_000_000
"""Steps that are always let through: some tenths of a second."""

_SINGLE = frozenset({ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY, ops.AT})
_REPEATS = frozenset({ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT})
_OPEN = 64
"""A repetition of more times counts as open."""


class _UnknownError(Exception):
    """A pattern without a bound that is known."""


def free_length(pattern: str) -> int:
    """Return the length up to which texts need no time limit, 0 for none."""
    standard = standard_pattern(pattern)
    if standard is None:
        return 0
    try:
        parsed = sre.parse(standard, re.ASCII)
        ways, degree = _sequence(list(parsed))
    except (re.error, ValueError, OverflowError, RecursionError, KeyError, _UnknownError):
        return 0
    return int((STEPS / ways) ** (1 / (degree + 1)))


def _sequence(items: list[Any]) -> tuple[int, int]:
    """Return in how many ways a sequence may be tried: a number, times the text's length to a power."""
    ways, degree = 1, 0
    for op, value in items:
        more, power = _item(op, value)
        ways *= more
        degree += power
        if ways > STEPS:
            raise _UnknownError
    return ways, degree


def _item(op: Any, value: Any) -> tuple[int, int]:  # noqa: ANN401 - trees of `re._parser`
    if op in _SINGLE:
        return 1, 0
    if op is ops.SUBPATTERN:
        return _sequence(list(value[3]))
    if op is ops.ATOMIC_GROUP:
        return _sequence(list(value))
    if op in {ops.ASSERT, ops.ASSERT_NOT}:
        return _sequence(list(value[1]))
    if op is ops.BRANCH:
        branches = [_sequence(list(branch)) for branch in value[1]]
        return sum(ways for ways, _ in branches), max(degree for _, degree in branches)
    if op in _REPEATS:
        low, high, inner = value
        ways, degree = _sequence(list(inner))
        if high == 1:
            return ways + 1, degree
        if (ways, degree) != (1, 0):
            raise _UnknownError
        return (1, 1) if high > _OPEN else (int(high) - int(low) + 1, 0)
    raise _UnknownError
