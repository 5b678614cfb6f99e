"""Untyped YAML values become the types of the model; a value of the wrong type becomes the default.

No function here raises or reports: `generator.content.schema` finds what is wrong, these only make it harmless.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, Final

_NOTHING: Final[Mapping[str, Any]] = {}
_TRUE: Final = frozenset(("true", "yes", "on", "1"))
_DATE: Final = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?!\d)")


def text(value: object, default: str = "") -> str:
    """Return text; numbers, Booleans and dates as YAML writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return default


def number_text(value: float) -> str:
    """Return a number as text; a number too long for Python to print becomes empty."""
    try:
        return str(value)
    except ValueError:
        return ""


def optional_text(value: object) -> str | None:
    """Return text as `text` does, or None for null, a list or a mapping."""
    return None if value is None or isinstance(value, (list, Mapping)) else text(value)


def texts(value: object) -> tuple[str, ...]:
    """Return a list's texts, leaving out what is none; one text counts as a list of one."""
    if isinstance(value, list):
        if all(type(item) is str for item in value):
            return tuple(value)
        return tuple(text(item) for item in value if optional_text(item) is not None)
    if isinstance(value, str):
        return (value,) if value else ()
    return ()


def mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping, or an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def optional_mapping(value: object) -> Mapping[str, Any] | None:
    """Return a mapping, or None."""
    return value if isinstance(value, dict) else None


def mappings(value: object) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the mappings of a list with their indexes, leaving out what is none."""
    if not isinstance(value, list):
        return []
    return [(index, item) for index, item in enumerate(value) if isinstance(item, dict)]


def integer(value: object, default: int = 0) -> int:
    """Return a whole number (digits as text count), or the default."""
    found = optional_integer(value)
    return default if found is None else found


def optional_integer(value: object) -> int | None:
    """Return a whole number, None when it is none. A float is rounded, half to even, as the peer does."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return round(value) if abs(value) < 1e15 else None
    if isinstance(value, str) and len(value) < 16:
        try:
            return int(value)
        except ValueError:
            return None
    return None


def boolean(value: object, *, default: bool = False) -> bool:
    """Return a truth value; the words of YAML count when they stand in quotes."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.strip().lower() in _TRUE
    if isinstance(value, int):
        return value == 1
    return default


def date(value: object) -> datetime.date | None:
    """Return a date from a YAML date, a time stamp or text `YYYY-MM-DD`, else None."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str):
        found = _DATE.match(value.strip())
        if found:
            try:
                return datetime.date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                return None
    return None
