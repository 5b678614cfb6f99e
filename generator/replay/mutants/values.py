"""Single values as they are written, changed: another value, a wildcard more or less, another span of time.

All take and give source text (with its quotes), so that the rest of the search stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_NAME = re.compile(r"\w(?:[\w .,:;()@#&+-]*[\w)])?|\(\w+\)")
_FILE = re.compile(r"[\w-]+\.[A-Za-z]\w{1,3}")
_LETTER = re.compile(r"[^\W\d_]")
_SPAN = re.compile(r"([-+]?)(\d+)([A-Za-z]*)((?:@.*)?)", re.DOTALL)
_BACKSLASH = "\\"
_ADDED = "_x"
_FINER = {"m": (60, "s"), "h": (60, "m"), "d": (24, "h"), "w": (7, "d")}
"""Half of one of a unit is so many halves of a finer one."""
_UNITS = {
    "": "", "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "m": "m", "min": "m", "mins": "m", "minute": "m",
    "minutes": "m", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "d": "d", "day": "d", "days": "d", "w": "w",
    "week": "w", "weeks": "w", "mon": "mon", "month": "mon", "months": "mon", "q": "q", "y": "y", "year": "y", "years": "y",
}  # fmt: skip


def parts(written: str) -> tuple[str, str]:
    """Return the quote of a value ("" without one) and what stands between the quotes."""
    if len(written) >= 2 and written[0] in "\"'" and written[-1] == written[0]:
        return written[0], written[1:-1]
    return "", written


def is_number(written: str) -> bool:
    """Whether a value, quoted or not, is a number."""
    return _NUMBER.fullmatch(parts(written)[1]) is not None


def moved(written: str, steps: int) -> str:
    """Return a number that is so many steps larger: of one, or of one in its last decimal place."""
    quote, inner = parts(written)
    found = _NUMBER.fullmatch(inner)
    if found is None:
        raise ValueError(f"{written!r} is no number")
    if found.group(1) is None:
        return f"{quote}{int(inner) + steps}{quote}"
    places = len(found.group(1)) - 1
    digits = int(inner.replace(".", "")) + steps
    sign, digits = ("-", -digits) if digits < 0 else ("", digits)
    padded = str(digits).rjust(places + 1, "0")
    return f"{quote}{sign}{padded[:-places]}.{padded[-places:]}{quote}"


def changed(written: str, wildcard: str = "*") -> str | None:
    """Return another value: one more of a number, letters behind a text (before a wildcard at its end).

    None where nothing stands there that could be another value (a lone wildcard, a token).
    """
    quote, inner = parts(written)
    if is_number(written):
        return moved(written, 1)
    if not inner.strip(wildcard) or "$" in inner:
        return None
    body = inner.rstrip(wildcard)
    return f"{quote}{body}{_ADDED}{inner[len(body) :]}{quote}"


def without_wildcard(written: str, wildcard: str = "*") -> Iterator[str]:
    """Yield the value without the wildcard at its beginning, and without that at its end, where it has one."""
    quote, inner = parts(written)
    if not inner.strip(wildcard):
        return
    if inner.startswith(wildcard):
        yield f"{quote}{inner.lstrip(wildcard)}{quote}"
    if inner.endswith(wildcard):
        body = inner.rstrip(wildcard)
        open_escape = bool(quote) and (len(body) - len(body.rstrip("\\"))) % 2 == 1
        yield f"{quote}{body}{_BACKSLASH if open_escape else ''}{quote}"


def with_wildcard(written: str, wildcard: str = "*", *, free: bool = False) -> Iterator[str]:
    """Yield the value with a wildcard at its beginning, and at its end, where it has none and might have one.

    Numbers, codes and plain words (`4769`, `0x17`, `RunInstances`, `Windows Host Takeover`) are whole by nature: a field that holds
    such names has no others that begin or end with them. Of a file's name only the beginning is open (`*at.exe` is `cat.exe`
    too). Paths and values with a wildcard at the other end are open at both, and so is `free` text.
    """
    quote, inner = parts(written)
    if _LETTER.search(inner) is None or "$" in inner or not inner.strip(wildcard):
        return
    is_file = _FILE.fullmatch(inner) is not None
    if not free and not is_file and _NAME.fullmatch(inner) is not None:
        return
    if not inner.startswith(wildcard):
        yield f"{quote}{wildcard}{inner}{quote}"
    if not inner.endswith(wildcard) and (free or not is_file):
        yield f"{quote}{inner}{wildcard}{quote}"


def without_anchor(written: str) -> Iterator[str]:
    """Yield a quoted regular expression without the `^` (behind inline flags) at its beginning, and without the `$` at its end."""
    quote, inner = parts(written)
    flags = re.match(r"\(\?[a-zA-Z]+\)", inner)
    head = flags.end() if flags is not None else 0
    if inner.startswith("^", head) and len(inner) > head + 1:
        yield f"{quote}{inner[:head]}{inner[head + 1 :]}{quote}"
    ended = re.search(r"(\\*)\$$", inner)
    if ended is not None and len(ended.group(1)) % 2 == 0 and len(inner) > 1:
        yield f"{quote}{inner[:-1]}{quote}"


def never_matching(written: str) -> str:
    """Return a quoted or bare regular expression that matches nothing and has the same groups."""
    quote, inner = parts(written)
    flags = re.match(r"\(\?[a-zA-Z]+\)", inner)
    head = flags.end() if flags is not None else 0
    return f"{quote}{inner[:head]}(?!){inner[head:]}{quote}"


def other_spans(written: str) -> Iterator[str]:
    """Yield a span of time (`10m`, `-1d@d`, `900`) twice as long, then half as long; nothing where it is none."""
    quote, inner = parts(written)
    found = _SPAN.fullmatch(inner.strip())
    if found is None or not int(found.group(2)) or found.group(3).lower() not in _UNITS:
        return
    sign, count, unit, snap = found.group(1), int(found.group(2)), found.group(3), found.group(4)
    yield f"{quote}{sign}{count * 2}{unit}{snap}{quote}"
    if count % 2 == 0:
        yield f"{quote}{sign}{count // 2}{unit}{snap}{quote}"
        return
    finer = _FINER.get(_UNITS[unit.lower()])
    if finer is not None:
        parts_of, name = finer
        total = count * parts_of
        yield f"{quote}{sign}{total // 2}{name}{snap}{quote}"
    elif count > 1:
        yield f"{quote}{sign}{count // 2}{unit}{snap}{quote}"
