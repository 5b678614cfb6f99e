"""The text of an eval expression that depends on nothing but itself: what an `iseval` macro stands for.

Literals, operators, `if`, `case`, `coalesce`, `lower`, `upper` and the null tests; anything else (a field, the clock, a
regular expression) gives None, so that the macro is left in place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.spl.ast import (
    Binary,
    BoolLiteral,
    Call,
    Expr,
    InList,
    NullLiteral,
    NumberLiteral,
    StringLiteral,
    Unary,
)
from generator.spl.parser import parse_expression

if TYPE_CHECKING:
    from generator.spl.syntax import CommandTable

_Value = str | float | bool | None


class _NotStaticError(Exception):
    """The value depends on more than the expression."""


def static_text(expression: str, commands: CommandTable) -> str | None:
    """Return the text that an expression gives, or None where it is no text or not known before the search runs."""
    node = parse_expression(expression, commands).node
    if not isinstance(node, Expr):
        return None
    try:
        value = _value(node)
    except _NotStaticError:
        return None
    return value if isinstance(value, str) else None


def _value(expr: Expr) -> _Value:
    if isinstance(expr, StringLiteral | NumberLiteral | BoolLiteral):
        return expr.value
    if isinstance(expr, NullLiteral):
        return None
    if isinstance(expr, Call):
        return _call(expr.name.lower(), expr.args)
    if isinstance(expr, Binary):
        return _binary(expr.op, expr.left, expr.right)
    if isinstance(expr, InList):
        operand = _value(expr.operand)
        return any(_same(operand, _value(value)) for value in expr.values)
    if isinstance(expr, Unary) and expr.op == "NOT":
        return not _condition(expr.operand)
    raise _NotStaticError


def _call(name: str, args: tuple[Expr, ...]) -> _Value:
    given = len(args)
    if name == "if" and given == 3:
        return _value(args[1] if _condition(args[0]) else args[2])
    if name == "case" and given and given % 2 == 0:
        return next(
            (_value(value) for test, value in zip(args[::2], args[1::2], strict=True) if _condition(test)), None
        )
    if name == "coalesce":
        return next((value for arg in args if (value := _value(arg)) is not None), None)
    if name in {"true", "false", "null"} and not given:
        return {"true": True, "false": False, "null": None}[name]
    if name in {"isnull", "isnotnull"} and given == 1:
        return (_value(args[0]) is None) == (name == "isnull")
    if name in {"lower", "upper"} and given == 1 and isinstance(value := _value(args[0]), str):
        return value.lower() if name == "lower" else value.upper()
    raise _NotStaticError


def _binary(op: str, left: Expr, right: Expr) -> _Value:
    if op == "AND":
        return _condition(left) and _condition(right)
    if op == "OR":
        return _condition(left) or _condition(right)
    first, second = _value(left), _value(right)
    if op in {"=", "=="}:
        return _same(first, second)
    if op == "!=":
        return first is not None and second is not None and not _same(first, second)
    if op in {".", "+"} and isinstance(first, str) and isinstance(second, str):
        return first + second
    raise _NotStaticError


def _condition(expr: Expr) -> bool:
    value = _value(expr)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _NotStaticError
    return value


def _same(left: _Value, right: _Value) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) != isinstance(right, str):
        raise _NotStaticError
    return left == right
