"""Functions on numbers: arithmetic, bits, trigonometry, and the eval forms of avg, min, max and sum."""

from __future__ import annotations

import functools
import math
import operator
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any

from generator.engine.values import Scalar, Value, elements, finite, number_of, rank, text_of
from generator.functions.signature import FunctionSignature, Kind
from generator.spl.ast import Binary, Call, Expr, NumberLiteral, Unary

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.contracts import Builder

    Row = tuple[Any, ...]

ANY, NUMBER = Kind.ANY, Kind.NUMBER

_MAX_DECIMALS = 100
ALL_DIGITS = Context(prec=500)
"""Enough digits for every number, so that rounding to a place cannot fail."""

PI = 3.14159265358
"""Pi to 11 decimals, as `pi()` has it."""


def _round(number: float, decimals: float = 0) -> Value:
    """Half away from zero on the digits as they are written; with decimals the text keeps them (`0.8050`)."""
    places = int(decimals)
    if not -_MAX_DECIMALS <= places <= _MAX_DECIMALS:
        return number if places > 0 else 0
    rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, ALL_DIGITS)
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


def _defined(function: Callable[..., float]) -> Callable[..., float | None]:
    """Return a function that gives null outside the domain of another one."""

    def within(*numbers: float) -> float | None:
        try:
            return finite(function(*numbers))
        except (ValueError, OverflowError):
            return None

    return within


# --- bits ------------------------------------------------------------------------------------------------------------

_BITS = 53
_ALL_BITS = 2**_BITS - 1
"""The largest whole number that these functions take and give."""


def _bits(number: float) -> int | None:
    return int(number) if 0 <= number <= _ALL_BITS and float(number).is_integer() else None


def _bitwise(combine: Callable[[int, int], int]) -> Callable[..., int | None]:
    def combined(*numbers: float) -> int | None:
        whole = [bits for number in numbers if (bits := _bits(number)) is not None]
        return functools.reduce(combine, whole) if len(whole) == len(numbers) else None

    return combined


def _bit_not(number: float, mask: float = _ALL_BITS) -> int | None:
    bits, kept = _bits(number), _bits(mask)
    return None if bits is None or kept is None else ~bits & kept


def _bit_shift_left(number: float, places: float) -> int | None:
    bits, offset = _bits(number), _bits(places)
    return None if bits is None or offset is None else 0 if offset >= _BITS else bits << offset & _ALL_BITS


def _bit_shift_right(number: float, places: float) -> int | None:
    bits, offset = _bits(number), _bits(places)
    return None if bits is None or offset is None else 0 if offset >= _BITS else bits >> offset


# --- chance and precision --------------------------------------------------------------------------------------------


def _random(call: Call, builder: Builder) -> Callable[[Row], Any]:
    """Seeded with clock and place: the same search over the same rows gives the same numbers."""
    import random  # noqa: PLC0415 - checking a call does not need it

    builder.volatile()
    source = random.Random(f"{builder.now}:{call.start}")  # noqa: S311 - no secret
    return lambda _: source.randrange(2**31)


def _sigfig(call: Call, builder: Builder) -> Callable[[Row], Any]:
    """The figures of the operands count: the fewest of a product, the fewest decimals of a sum."""
    expr = call.args[0]
    run = builder.build(expr)
    precision = _precision(expr, builder)

    def rounded(row: Row) -> Value:
        number = number_of(run(row))
        if number is None:
            return None
        figures, decimals = precision(row)
        if decimals is None:
            decimals = figures - 1 - math.floor(math.log10(abs(number))) if number else 0
        exact = Decimal(repr(number)).quantize(
            Decimal(1).scaleb(-min(decimals, _MAX_DECIMALS)), ROUND_HALF_UP, ALL_DIGITS
        )
        return f"{exact:f}" if decimals > 0 else int(exact)

    return rounded


def _exact(call: Call, builder: Builder) -> Callable[[Row], float | None]:
    run = builder.exactly(call.args[0])
    return lambda row: number_of(run(row))


def _precision(expr: Expr, builder: Builder) -> Callable[[Row], tuple[int, int | None]]:
    """Return the significant figures of a value and, where they follow from a sum, its decimals."""
    if isinstance(expr, Binary) and expr.op in {"*", "/", "+", "-"}:
        left, right = _precision(expr.left, builder), _precision(expr.right, builder)
        if expr.op in {"*", "/"}:
            return lambda row: (min(left(row)[0], right(row)[0]), None)
        run, first, second = builder.build(expr), _decimals(expr.left, builder), _decimals(expr.right, builder)

        def of_sum(row: Row) -> tuple[int, int | None]:
            decimals = min(first(row), second(row))
            number = number_of(run(row)) or 0
            return max(1, len(str(abs(int(number)))) + decimals), decimals

        return of_sum
    if isinstance(expr, Unary):
        return _precision(expr.operand, builder)
    text = _as_written(expr, builder)
    return lambda row: (_figures(text(row)), None)


def _decimals(expr: Expr, builder: Builder) -> Callable[[Row], int]:
    text = _as_written(expr, builder)
    return lambda row: len(text(row).partition(".")[2])


def _as_written(expr: Expr, builder: Builder) -> Callable[[Row], str]:
    if isinstance(expr, NumberLiteral):
        text = expr.text
        return lambda _: text
    run = builder.build(expr)

    def written(row: Row) -> str:
        value = run(row)
        return "" if value is None or isinstance(value, tuple | bool) else text_of(value)

    return written


def _figures(text: str) -> int:
    digits = text.lower().partition("e")[0].lstrip("+-")
    return max(1, len(digits.replace(".", "").lstrip("0")))


SIGNATURES = (
    FunctionSignature("abs", 1, 1, (NUMBER,), NUMBER, "absolute value", call=abs),
    FunctionSignature("ceiling", 1, 1, (NUMBER,), NUMBER, "rounded up", aliases=("ceil",), call=math.ceil),
    FunctionSignature("exact", 1, 1, (NUMBER,), NUMBER, "computed without rounding of the output", build=_exact),
    FunctionSignature("exp", 1, 1, (NUMBER,), NUMBER, "e to a power", call=lambda number: finite(math.exp(number))),
    FunctionSignature("floor", 1, 1, (NUMBER,), NUMBER, "rounded down", call=math.floor),
    FunctionSignature(
        "ln", 1, 1, (NUMBER,), NUMBER, "natural logarithm", call=lambda number: math.log(number) if number > 0 else None
    ),
    FunctionSignature("log", 1, 2, (NUMBER, NUMBER), NUMBER, "logarithm, by default to base 10", call=_log),
    FunctionSignature("pi", 0, 0, (), NUMBER, "the constant pi", call=lambda: PI),
    FunctionSignature("pow", 2, 2, (NUMBER, NUMBER), NUMBER, "a number to a power", call=_pow),
    FunctionSignature("random", 0, 0, (), NUMBER, "a pseudo-random whole number", build=_random),
    FunctionSignature("round", 1, 2, (NUMBER, NUMBER), NUMBER, "rounded to a number of decimals", call=_round),
    FunctionSignature("sigfig", 1, 1, (NUMBER,), NUMBER, "rounded to its significant figures", build=_sigfig),
    FunctionSignature(
        "sqrt", 1, 1, (NUMBER,), NUMBER, "square root", call=lambda number: math.sqrt(number) if number >= 0 else None
    ),
    FunctionSignature("avg", 1, None, (ANY,), NUMBER, "mean of the arguments", call=_avg, takes_null=True),
    FunctionSignature("max", 1, None, (ANY,), ANY, "largest of the arguments", call=_max, takes_null=True),
    FunctionSignature("min", 1, None, (ANY,), ANY, "smallest of the arguments", call=_min, takes_null=True),
    FunctionSignature("sum", 1, None, (ANY,), NUMBER, "sum of the arguments", call=_sum, takes_null=True),
    FunctionSignature("bit_and", 1, None, (NUMBER,), NUMBER, "bitwise and", call=_bitwise(operator.and_)),
    FunctionSignature("bit_or", 1, None, (NUMBER,), NUMBER, "bitwise or", call=_bitwise(operator.or_)),
    FunctionSignature("bit_xor", 1, None, (NUMBER,), NUMBER, "bitwise exclusive or", call=_bitwise(operator.xor)),
    FunctionSignature("bit_not", 1, 2, (NUMBER, NUMBER), NUMBER, "bitwise complement", call=_bit_not),
    FunctionSignature("bit_shift_left", 2, 2, (NUMBER, NUMBER), NUMBER, "bits moved to the left", call=_bit_shift_left),
    FunctionSignature(
        "bit_shift_right", 2, 2, (NUMBER, NUMBER), NUMBER, "bits moved to the right", call=_bit_shift_right
    ),
    FunctionSignature("acos", 1, 1, (NUMBER,), NUMBER, "arc cosine", call=_defined(math.acos)),
    FunctionSignature("acosh", 1, 1, (NUMBER,), NUMBER, "inverse hyperbolic cosine", call=_defined(math.acosh)),
    FunctionSignature("asin", 1, 1, (NUMBER,), NUMBER, "arc sine", call=_defined(math.asin)),
    FunctionSignature("asinh", 1, 1, (NUMBER,), NUMBER, "inverse hyperbolic sine", call=_defined(math.asinh)),
    FunctionSignature("atan", 1, 1, (NUMBER,), NUMBER, "arc tangent", call=_defined(math.atan)),
    FunctionSignature("atanh", 1, 1, (NUMBER,), NUMBER, "inverse hyperbolic tangent", call=_defined(math.atanh)),
    FunctionSignature("cos", 1, 1, (NUMBER,), NUMBER, "cosine", call=_defined(math.cos)),
    FunctionSignature("cosh", 1, 1, (NUMBER,), NUMBER, "hyperbolic cosine", call=_defined(math.cosh)),
    FunctionSignature("sin", 1, 1, (NUMBER,), NUMBER, "sine", call=_defined(math.sin)),
    FunctionSignature("sinh", 1, 1, (NUMBER,), NUMBER, "hyperbolic sine", call=_defined(math.sinh)),
    FunctionSignature("tan", 1, 1, (NUMBER,), NUMBER, "tangent", call=_defined(math.tan)),
    FunctionSignature("tanh", 1, 1, (NUMBER,), NUMBER, "hyperbolic tangent", call=_defined(math.tanh)),
    FunctionSignature("atan2", 2, 2, (NUMBER, NUMBER), NUMBER, "angle of a point", call=math.atan2),
    FunctionSignature("hypot", 2, 2, (NUMBER, NUMBER), NUMBER, "length of the hypotenuse", call=_defined(math.hypot)),
)
"""The signatures of these functions."""
