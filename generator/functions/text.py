"""Functions on text: case, trimming, cutting, replacing, decoding."""

from __future__ import annotations

from generator.functions.signature import FunctionSignature, Kind

ANY, NUMBER, STRING = Kind.ANY, Kind.NUMBER, Kind.STRING

SIGNATURES = (
    FunctionSignature("len", 1, 1, (STRING,), NUMBER, "number of characters"),
    FunctionSignature("lower", 1, 1, (STRING,), STRING, "in lower case"),
    FunctionSignature("upper", 1, 1, (STRING,), STRING, "in upper case"),
    FunctionSignature("ltrim", 1, 2, (STRING, STRING), STRING, "without blanks (or given characters) on the left"),
    FunctionSignature("rtrim", 1, 2, (STRING, STRING), STRING, "without blanks (or given characters) on the right"),
    FunctionSignature("trim", 1, 2, (STRING, STRING), STRING, "without blanks (or given characters) on both sides"),
    FunctionSignature(
        "replace", 3, 3, (STRING, STRING, STRING), STRING, "every match of a regular expression replaced"
    ),
    FunctionSignature("spath", 2, 2, (STRING, STRING), ANY, "the value at a path of JSON or XML"),
    FunctionSignature("substr", 2, 3, (STRING, NUMBER, NUMBER), STRING, "a part of a text, counted from 1"),
    FunctionSignature("urldecode", 1, 1, (STRING,), STRING, "percent escapes of a URL resolved"),
)
"""The signatures of these functions."""
