"""Functions on texts.

Source: Search Reference, "Text functions". Knowing difference: a multivalue is taken value by value also by those functions
whose page does not promise it.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from generator.engine.patterns import compile_pattern, expand_template
from generator.functions.paths import extract
from generator.functions.signature import FunctionSignature, Kind

ANY, NUMBER, STRING = Kind.ANY, Kind.NUMBER, Kind.STRING

_BLANKS = " \t"
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


def _replace(text: str, pattern: str, replacement: str) -> str:
    return compile_pattern(pattern).sub(expand_template(replacement), text)


def _substr(text: str, start: float, length: float | None = None) -> str:
    """Counted from 1, with SQLite's rules: a negative start counts from the end, 0 is the place before the first."""
    begin = int(start)
    count = len(text) + abs(begin) + 1 if length is None else abs(int(length))
    if begin < 0:
        begin += len(text)
        if begin < 0:
            count = max(0, count + begin)
            begin = 0
    elif begin > 0:
        begin -= 1
    elif count > 0:
        count -= 1
    if length is not None and length < 0:
        begin -= count
        if begin < 0:
            count += begin
            begin = 0
    return text[begin : begin + count]


def _urldecode(text: str) -> str:
    return unquote(text, errors="replace") if _PERCENT.search(text) else text


SIGNATURES = (
    FunctionSignature("len", 1, 1, (STRING,), NUMBER, "number of characters", aliases=("length",), call=len),
    FunctionSignature("lower", 1, 1, (STRING,), STRING, "in lower case", call=str.lower, each=True),
    FunctionSignature("upper", 1, 1, (STRING,), STRING, "in upper case", call=str.upper, each=True),
    FunctionSignature(
        "ltrim",
        1,
        2,
        (STRING, STRING),
        STRING,
        "without blanks (or given characters) on the left",
        call=lambda text, chars=_BLANKS: text.lstrip(chars),
        each=True,
    ),
    FunctionSignature(
        "rtrim",
        1,
        2,
        (STRING, STRING),
        STRING,
        "without blanks (or given characters) on the right",
        call=lambda text, chars=_BLANKS: text.rstrip(chars),
        each=True,
    ),
    FunctionSignature(
        "trim",
        1,
        2,
        (STRING, STRING),
        STRING,
        "without blanks (or given characters) on both sides",
        call=lambda text, chars=_BLANKS: text.strip(chars),
        each=True,
    ),
    FunctionSignature(
        "replace",
        3,
        3,
        (STRING, STRING, STRING),
        STRING,
        "every match of a regular expression replaced",
        call=_replace,
        each=True,
    ),
    FunctionSignature("spath", 2, 2, (STRING, STRING), ANY, "the value at a path of JSON or XML", call=extract),
    FunctionSignature(
        "substr", 2, 3, (STRING, NUMBER, NUMBER), STRING, "a part of a text, counted from 1", call=_substr, each=True
    ),
    FunctionSignature(
        "urldecode", 1, 1, (STRING,), STRING, "percent escapes of a URL resolved", call=_urldecode, each=True
    ),
)
"""The signatures of these functions."""
