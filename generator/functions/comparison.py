"""Functions that compare, match and choose."""

from __future__ import annotations

from generator.functions.signature import FunctionSignature, Kind

ANY, BOOL, STRING = Kind.ANY, Kind.BOOL, Kind.STRING

SIGNATURES = (
    FunctionSignature("case", 2, None, (BOOL, ANY), ANY, "the value behind the first condition that is true", step=2),
    FunctionSignature("cidrmatch", 2, 2, (STRING, STRING), BOOL, "whether an address is in a network"),
    FunctionSignature("coalesce", 1, None, (ANY,), ANY, "the first value that is there"),
    FunctionSignature("false", 0, 0, (), BOOL, "false"),
    FunctionSignature("if", 3, 3, (BOOL, ANY, ANY), ANY, "one of two values"),
    FunctionSignature("in", 2, None, (ANY,), BOOL, "whether a value is in a list"),
    FunctionSignature("like", 2, 2, (STRING, STRING), BOOL, "whether a text is like a pattern with % and _"),
    FunctionSignature("lookup", 3, 3, (STRING, STRING, STRING), STRING, "the row of a lookup table as JSON"),
    FunctionSignature("match", 2, 2, (STRING, STRING), BOOL, "whether a regular expression matches somewhere"),
    FunctionSignature("null", 0, 0, (), ANY, "no value"),
    FunctionSignature("nullif", 2, 2, (ANY, ANY), ANY, "no value where both are equal"),
    FunctionSignature("searchmatch", 1, 1, (STRING,), BOOL, "whether the event matches search terms"),
    FunctionSignature("true", 0, 0, (), BOOL, "true"),
    FunctionSignature(
        "validate", 2, None, (BOOL, ANY), ANY, "the value behind the first condition that is false", step=2
    ),
)
"""The signatures of these functions."""
