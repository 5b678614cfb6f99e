"""Functions that turn one kind of value into another, and those that ask for the kind."""

from __future__ import annotations

from generator.functions.signature import FunctionSignature, Kind

ANY, BOOL, NUMBER, STRING, MULTIVALUE = Kind.ANY, Kind.BOOL, Kind.NUMBER, Kind.STRING, Kind.MULTIVALUE

SIGNATURES = (
    FunctionSignature("ipmask", 2, 2, (STRING, STRING), STRING, "an address with a mask put on"),
    FunctionSignature("printf", 1, None, (STRING, ANY), STRING, "values put into a format"),
    FunctionSignature("tonumber", 1, 2, (ANY, NUMBER), NUMBER, "a text as number, by default to base 10"),
    FunctionSignature("tostring", 1, 2, (ANY, STRING), STRING, "as text, also as commas, duration or hex"),
    FunctionSignature("toarray", 1, 1, (ANY,), ANY, "as JSON array"),
    FunctionSignature("tobool", 1, 1, (ANY,), BOOL, "as Boolean"),
    FunctionSignature("todouble", 1, 2, (ANY, NUMBER), NUMBER, "as floating-point number"),
    FunctionSignature("toint", 1, 2, (ANY, NUMBER), NUMBER, "as whole number"),
    FunctionSignature("tomv", 1, 1, (ANY,), MULTIVALUE, "as multivalue"),
    FunctionSignature("toobject", 1, 1, (ANY,), ANY, "as JSON object"),
    FunctionSignature("isarray", 1, 1, (ANY,), BOOL, "whether it is a JSON array"),
    FunctionSignature("isbool", 1, 1, (ANY,), BOOL, "whether it is Boolean"),
    FunctionSignature("isdouble", 1, 1, (ANY,), BOOL, "whether it is a floating-point number"),
    FunctionSignature("isint", 1, 1, (ANY,), BOOL, "whether it is a whole number"),
    FunctionSignature("ismv", 1, 1, (ANY,), BOOL, "whether it has several values"),
    FunctionSignature("isnotnull", 1, 1, (ANY,), BOOL, "whether there is a value"),
    FunctionSignature("isnull", 1, 1, (ANY,), BOOL, "whether there is no value"),
    FunctionSignature("isnum", 1, 1, (ANY,), BOOL, "whether it is a number"),
    FunctionSignature("isobject", 1, 1, (ANY,), BOOL, "whether it is a JSON object"),
    FunctionSignature("isstr", 1, 1, (ANY,), BOOL, "whether it is a text"),
    FunctionSignature("typeof", 1, 1, (ANY,), STRING, "the name of its kind"),
)
"""The signatures of these functions."""
