"""Functions on texts."""

from __future__ import annotations

import re
from urllib.parse import unquote

from generator.engine.patterns import compile_pattern, expand_template
from generator.functions.signature import FunctionSignature, Kind

ANY, NUMBER, STRING = Kind.ANY, Kind.NUMBER, Kind.STRING

_BLANKS = " \t"
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")


def _replace(text: str, pattern: str, replacement: str) -> str:
    return compile_pattern(pattern).sub(expand_template(replacement), text)


def _substr(text: str, start: float, length: float | None = None) -> str:
    """Counted from 1; a negative start counts from the end, as in SQLite."""
    begin = int(start)
    first = begin - 1 if begin > 0 else max(0, len(text) + begin) if begin < 0 else 0
    if length is None:
        return text[first:]
    return text[first : first + max(0, int(length))]


def _urldecode(text: str) -> str:
    return unquote(text, errors="replace") if _PERCENT.search(text) else text


SIGNATURES = (
    FunctionSignature("len", 1, 1, (STRING,), NUMBER, "number of characters", call=len),
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
    FunctionSignature("spath", 2, 2, (STRING, STRING), ANY, "the value at a path of JSON or XML"),
    FunctionSignature(
        "substr", 2, 3, (STRING, NUMBER, NUMBER), STRING, "a part of a text, counted from 1", call=_substr, each=True
    ),
    FunctionSignature(
        "urldecode", 1, 1, (STRING,), STRING, "percent escapes of a URL resolved", call=_urldecode, each=True
    ),
)
"""The signatures of these functions."""
