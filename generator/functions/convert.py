"""Functions that turn one kind of value into another, and those that ask for the kind."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from generator.engine.values import Value, number_of, shown, text_of
from generator.functions.signature import FunctionSignature, Kind

ANY, BOOL, NUMBER, STRING, MULTIVALUE = Kind.ANY, Kind.BOOL, Kind.NUMBER, Kind.STRING, Kind.MULTIVALUE

_PREFIX = re.compile(r"0[xX](?=.)")


def _tonumber(value: Value, base: float = 10) -> float | None:
    """A text to a base of 2 to 36; to base 10 as numbers are read everywhere."""
    if base == 10:
        return number_of(value)
    text = shown(value)
    if not 2 <= base <= 36 or "_" in text or text != text.strip():
        return None
    try:
        return int(_PREFIX.sub("", text) if base == 16 else text, int(base))
    except ValueError:
        return None


def _tostring(value: Any, form: str | None = None) -> Value:  # noqa: ANN401 - a value or a Boolean
    if isinstance(value, bool) or form is None:
        if isinstance(value, tuple):
            return tuple(map(text_of, value))
        return None if value is None else text_of(value)
    number = number_of(value)
    if number is None:
        return None if value is None else shown(value)
    if form == "hex":
        return f"0x{int(number):X}" if number >= 0 else f"-0x{-int(number):X}"
    if form == "binary":
        return f"{int(number):b}"
    if form == "commas":
        whole = Decimal(text_of(number))
        return f"{whole:,}" if float(number).is_integer() else f"{whole.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    if form == "duration":
        return _duration(number)
    return shown(value)


def _duration(number: float) -> str:
    sign = "-" if number < 0 else ""
    days, rest = divmod(int(abs(number)), 86_400)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    fraction = abs(number) % 1
    if fraction:
        clock += f"{fraction:.6f}"[1:]
    return f"{sign}{days}+{clock}" if days else f"{sign}{clock}"


def _typeof(value: Any) -> str:  # noqa: ANN401 - a value or a Boolean
    if value is None:
        return "Invalid"
    if isinstance(value, bool):
        return "Bool"
    return "String" if number_of(value) is None else "Number"


SIGNATURES = (
    FunctionSignature("ipmask", 2, 2, (STRING, STRING), STRING, "an address with a mask put on"),
    FunctionSignature("printf", 1, None, (STRING, ANY), STRING, "values put into a format"),
    FunctionSignature(
        "tonumber", 1, 2, (ANY, NUMBER), NUMBER, "a text as number, by default to base 10", call=_tonumber, each=True
    ),
    FunctionSignature(
        "tostring", 1, 2, (ANY, STRING), STRING, "as text, also as commas, duration or hex", call=_tostring
    ),
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
    FunctionSignature(
        "isnotnull",
        1,
        1,
        (ANY,),
        BOOL,
        "whether there is a value",
        call=lambda value: value is not None,
        takes_null=True,
    ),
    FunctionSignature(
        "isnull", 1, 1, (ANY,), BOOL, "whether there is no value", call=lambda value: value is None, takes_null=True
    ),
    FunctionSignature(
        "isnum",
        1,
        1,
        (ANY,),
        BOOL,
        "whether it is a number",
        call=lambda value: number_of(value) is not None,
        takes_null=True,
    ),
    FunctionSignature("isobject", 1, 1, (ANY,), BOOL, "whether it is a JSON object"),
    FunctionSignature(
        "isstr",
        1,
        1,
        (ANY,),
        BOOL,
        "whether it is a text",
        call=lambda value: value is not None and not isinstance(value, bool) and number_of(value) is None,
        takes_null=True,
    ),
    FunctionSignature("typeof", 1, 1, (ANY,), STRING, "the name of its kind", call=_typeof, takes_null=True),
)
"""The signatures of these functions."""
