"""Functions on numbers: arithmetic, bits, trigonometry, and the eval forms of avg, min, max and sum."""

from __future__ import annotations

from generator.functions.signature import FunctionSignature, Kind

ANY, NUMBER = Kind.ANY, Kind.NUMBER

SIGNATURES = (
    FunctionSignature("abs", 1, 1, (NUMBER,), NUMBER, "absolute value"),
    FunctionSignature("ceiling", 1, 1, (NUMBER,), NUMBER, "rounded up", aliases=("ceil",)),
    FunctionSignature("exact", 1, 1, (NUMBER,), NUMBER, "computed without rounding of the output"),
    FunctionSignature("exp", 1, 1, (NUMBER,), NUMBER, "e to a power"),
    FunctionSignature("floor", 1, 1, (NUMBER,), NUMBER, "rounded down"),
    FunctionSignature("ln", 1, 1, (NUMBER,), NUMBER, "natural logarithm"),
    FunctionSignature("log", 1, 2, (NUMBER, NUMBER), NUMBER, "logarithm, by default to base 10"),
    FunctionSignature("pi", 0, 0, (), NUMBER, "the constant pi"),
    FunctionSignature("pow", 2, 2, (NUMBER, NUMBER), NUMBER, "a number to a power"),
    FunctionSignature("random", 0, 0, (), NUMBER, "a pseudo-random whole number"),
    FunctionSignature("round", 1, 2, (NUMBER, NUMBER), NUMBER, "rounded to a number of decimals"),
    FunctionSignature("sigfig", 1, 1, (NUMBER,), NUMBER, "rounded to its significant figures"),
    FunctionSignature("sqrt", 1, 1, (NUMBER,), NUMBER, "square root"),
    FunctionSignature("avg", 1, None, (ANY,), NUMBER, "mean of the arguments"),
    FunctionSignature("max", 1, None, (ANY,), ANY, "largest of the arguments"),
    FunctionSignature("min", 1, None, (ANY,), ANY, "smallest of the arguments"),
    FunctionSignature("sum", 1, None, (ANY,), NUMBER, "sum of the arguments"),
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
