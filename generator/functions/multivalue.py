"""Functions on multivalue fields."""

from __future__ import annotations

from generator.functions.signature import FunctionSignature, Kind

ANY, BOOL, NUMBER, STRING, MULTIVALUE = Kind.ANY, Kind.BOOL, Kind.NUMBER, Kind.STRING, Kind.MULTIVALUE

SIGNATURES = (
    FunctionSignature("commands", 1, 1, (STRING,), MULTIVALUE, "the names of the commands of a search"),
    FunctionSignature("mvappend", 1, None, (ANY,), MULTIVALUE, "all values of all arguments"),
    FunctionSignature("mvcount", 1, 1, (ANY,), NUMBER, "number of values"),
    FunctionSignature("mvdedup", 1, 1, (ANY,), MULTIVALUE, "without repeated values"),
    FunctionSignature("mvfilter", 1, 1, (BOOL,), MULTIVALUE, "the values for which a condition on one field is true"),
    FunctionSignature(
        "mvfind", 2, 2, (ANY, STRING), NUMBER, "index of the first value that matches a regular expression"
    ),
    FunctionSignature(
        "mvindex", 2, 3, (ANY, NUMBER, NUMBER), ANY, "the values at an index or a range of indexes, from 0"
    ),
    FunctionSignature("mvjoin", 2, 2, (ANY, STRING), STRING, "values joined by a delimiter"),
    FunctionSignature("mvmap", 2, 2, (ANY, ANY), MULTIVALUE, "an expression for each value"),
    FunctionSignature("mvrange", 2, 3, (NUMBER, NUMBER, ANY), MULTIVALUE, "numbers or times from, to, by steps"),
    FunctionSignature("mvreverse", 1, 1, (ANY,), MULTIVALUE, "in reverse order"),
    FunctionSignature("mvsort", 1, 1, (ANY,), MULTIVALUE, "sorted as texts"),
    FunctionSignature("mvzip", 2, 3, (ANY, ANY, STRING), MULTIVALUE, "values of two fields joined in pairs"),
    FunctionSignature("split", 2, 2, (STRING, STRING), MULTIVALUE, "a text cut at a delimiter"),
)
"""The signatures of these functions."""
