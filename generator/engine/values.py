r"""What SPL does to plain values: how numbers are written and read, how values compare, what counts as true.

A cell is None (absent), a text, a number (int or float), or a tuple of two or more of these (multivalue). A Boolean
exists only inside an expression and is never stored. Digits in a text are a number wherever one is asked for, so text
is made late and numbers are read late.

Sources: Search Reference, "eval" and "Comparison and Conditional functions" (numbers, null, Booleans), "search"
(case-insensitive comparison of whole values with `*`); Search Manual, "Lexicographical order" (byte order).
"""

from __future__ import annotations

import math
import operator
import re
from typing import TYPE_CHECKING, Any

from generator.spl.booleans import means_true

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Scalar = str | int | float
Value = Scalar | tuple[Scalar, ...] | None

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NUMERIC_START = frozenset("0123456789+-.")
_EXACT = 2**53
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def text_of(value: Scalar) -> str:
    """Return a scalar as Splunk prints it: whole numbers without a fraction, others with as many digits as they need."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return repr(value)


def shown(value: Value) -> str:
    """Return a cell as one text: a multivalue's values one a line, an absent cell as empty text."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "\n".join(map(text_of, value))
    return value if isinstance(value, str) else text_of(value)


def number_of(value: Value) -> int | float | None:
    """Return a value as number, or None where it is none (texts with blanks around, `inf`, multivalues, Booleans)."""
    if isinstance(value, str):
        if not value or value[0] not in _NUMERIC_START:
            return None
        if value.isdigit() and len(value) <= 18:
            return int(value) if value.isascii() else None
        if _NUMBER.fullmatch(value) is None:
            return None
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, tuple | bool) or value is None:
        return None
    return value


def finite(number: float) -> int | float | None:
    """Return a computed number, or None where it is infinite or undefined. Beyond 2^53 whole numbers are rounded."""
    if isinstance(number, int):
        return number if -_EXACT <= number <= _EXACT else float(number)
    return number if math.isfinite(number) else None


def elements(value: Value) -> tuple[Scalar, ...]:
    """Return the values of a cell: none, one or several."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def multivalue(values: Iterable[Scalar]) -> Value:
    """Return a cell of these values: absent for none, the value itself for one."""
    found = tuple(values)
    if len(found) > 1:
        return found
    return found[0] if found else None


def compare(op: str, left: Value, right: Value) -> bool | None:
    """Compare as eval and where do: as numbers where both are, else as texts by byte order; null where one is absent.

    Of a multivalue some value must fit (Search Reference, "where": any value).
    """
    if left is None or right is None:
        return None
    if isinstance(left, tuple) or isinstance(right, tuple):
        return any(_compare(op, one, other) for one in elements(left) for other in elements(right))
    return _compare(op, left, right)


def _compare(op: str, left: Scalar, right: Scalar) -> bool:
    one, other = number_of(left), number_of(right)
    if one is None or other is None:
        return _OPERATORS[op](text_of(left), text_of(right))
    return _OPERATORS[op](one, other)


def is_true(value: object) -> bool:
    """Whether a condition holds: true, or a number that is not 0. Null does not."""
    if value is True:
        return True
    if isinstance(value, bool) or value is None or isinstance(value, tuple | str):
        return False
    return value != 0


def rank(value: Scalar) -> tuple[int, float, str]:
    """Return what orders mixed values: numbers by size below texts by byte order (Search Reference, "max")."""
    number = number_of(value)
    return (1, 0.0, text_of(value)) if number is None else (0, number, "")


def read_bool(text: str | None, *, default: bool) -> bool:
    """Return what the value of a Boolean option means; `default` where it is missing."""
    return means_true(text, default=default)
