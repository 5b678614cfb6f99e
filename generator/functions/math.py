"""Functions on numbers: arithmetic, bits, trigonometry, and the eval forms of avg, min, max and sum."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from generator.engine.values import Scalar, Value, elements, finite, number_of, rank
from generator.functions.signature import FunctionSignature, Kind

ANY, NUMBER = Kind.ANY, Kind.NUMBER

_MAX_DECIMALS = 100


def _round(number: float, decimals: float = 0) -> Value:
    """Half away from zero on the digits as they are written; with decimals the text keeps them (`0.8050`)."""
    places = int(decimals)
    if not -_MAX_DECIMALS <= places <= _MAX_DECIMALS:
        return number
    rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded:f}" if places > 0 else int(rounded)


def _pow(base: float, exponent: float) -> float | None:
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0 and abs(base) < 2**32 and exponent < 64:
        return int(base**exponent)
    try:
        result = math.pow(base, exponent)
    except (OverflowError, ValueError):
        return None
    return finite(result)


def _log(number: float, base: float = 10) -> float | None:
    if number <= 0 or base <= 0 or base == 1:
        return None
    return math.log10(number) if base == 10 else math.log(number) / math.log(base)


def _values(arguments: tuple[Any, ...]) -> list[Scalar]:
    return [one for argument in arguments for one in elements(argument)]


def _numbers(arguments: tuple[Any, ...]) -> list[float]:
    return [number for one in _values(arguments) if (number := number_of(one)) is not None]


def _max(*arguments: Value) -> Value:
    return max(_values(arguments), key=rank, default=None)


def _min(*arguments: Value) -> Value:
    return min(_values(arguments), key=rank, default=None)


def _sum(*arguments: Value) -> Value:
    numbers = _numbers(arguments)
    return finite(sum(numbers)) if numbers else None


def _avg(*arguments: Value) -> Value:
    numbers = _numbers(arguments)
    return finite(sum(numbers) / len(numbers)) if numbers else None


SIGNATURES = (
    FunctionSignature("abs", 1, 1, (NUMBER,), NUMBER, "absolute value", call=abs),
    FunctionSignature("ceiling", 1, 1, (NUMBER,), NUMBER, "rounded up", aliases=("ceil",), call=math.ceil),
    FunctionSignature(
        "exact", 1, 1, (NUMBER,), NUMBER, "computed without rounding of the output", call=lambda number: number
    ),
    FunctionSignature("exp", 1, 1, (NUMBER,), NUMBER, "e to a power", call=lambda number: finite(math.exp(number))),
    FunctionSignature("floor", 1, 1, (NUMBER,), NUMBER, "rounded down", call=math.floor),
    FunctionSignature(
        "ln", 1, 1, (NUMBER,), NUMBER, "natural logarithm", call=lambda number: math.log(number) if number > 0 else None
    ),
    FunctionSignature("log", 1, 2, (NUMBER, NUMBER), NUMBER, "logarithm, by default to base 10", call=_log),
    FunctionSignature("pi", 0, 0, (), NUMBER, "the constant pi", call=lambda: math.pi),
    FunctionSignature("pow", 2, 2, (NUMBER, NUMBER), NUMBER, "a number to a power", call=_pow),
    FunctionSignature("random", 0, 0, (), NUMBER, "a pseudo-random whole number"),
    FunctionSignature("round", 1, 2, (NUMBER, NUMBER), NUMBER, "rounded to a number of decimals", call=_round),
    FunctionSignature("sigfig", 1, 1, (NUMBER,), NUMBER, "rounded to its significant figures"),
    FunctionSignature(
        "sqrt", 1, 1, (NUMBER,), NUMBER, "square root", call=lambda number: math.sqrt(number) if number >= 0 else None
    ),
    FunctionSignature("avg", 1, None, (ANY,), NUMBER, "mean of the arguments", call=_avg, takes_null=True),
    FunctionSignature("max", 1, None, (ANY,), ANY, "largest of the arguments", call=_max, takes_null=True),
    FunctionSignature("min", 1, None, (ANY,), ANY, "smallest of the arguments", call=_min, takes_null=True),
    FunctionSignature("sum", 1, None, (ANY,), NUMBER, "sum of the arguments", call=_sum, takes_null=True),
    FunctionSignature("bit_and", 1, None, (NUMBER,), NUMBER, "bitwise and"),
    FunctionSignature("bit_or", 1, None, (NUMBER,), NUMBER, "bitwise or"),
    FunctionSignature("bit_xor", 1, None, (NUMBER,), NUMBER, "bitwise exclusive or"),
    FunctionSignature("bit_not", 1, 2, (NUMBER, NUMBER), NUMBER, "bitwise complement"),
    FunctionSignature("bit_shift_left", 2, 2, (NUMBER, NUMBER), NUMBER, "bits moved to the left"),
    FunctionSignature("bit_shift_right", 2, 2, (NUMBER, NUMBER), NUMBER, "bits moved to the right"),
    FunctionSignature("acos", 1, 1, (NUMBER,), NUMBER, "arc cosine"),
    FunctionSignature("acosh", 1, 1, (NUMBER,), NUMBER, "inverse hyperbolic cosine"),
    FunctionSignature("asin", 1, 1, (NUMBER,), NUMBER, "arc sine"),
    FunctionSignature("asinh", 1, 1, (NUMBER,), NUMBER, "inverse hyperbolic sine"),
    FunctionSignature("atan", 1, 1, (NUMBER,), NUMBER, "arc tangent"),
    FunctionSignature("atanh", 1, 1, (NUMBER,), NUMBER, "inverse hyperbolic tangent"),
    FunctionSignature("cos", 1, 1, (NUMBER,), NUMBER, "cosine"),
    FunctionSignature("cosh", 1, 1, (NUMBER,), NUMBER, "hyperbolic cosine"),
    FunctionSignature("sin", 1, 1, (NUMBER,), NUMBER, "sine"),
    FunctionSignature("sinh", 1, 1, (NUMBER,), NUMBER, "hyperbolic sine"),
    FunctionSignature("tan", 1, 1, (NUMBER,), NUMBER, "tangent"),
    FunctionSignature("tanh", 1, 1, (NUMBER,), NUMBER, "hyperbolic tangent"),
    FunctionSignature("atan2", 2, 2, (NUMBER, NUMBER), NUMBER, "angle of a point"),
    FunctionSignature("hypot", 2, 2, (NUMBER, NUMBER), NUMBER, "length of the hypotenuse"),
)
"""The signatures of these functions."""
