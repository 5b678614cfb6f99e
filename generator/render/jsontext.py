"""JSON in the spellings that the older tools write: two for values in `.conf` files, one for files of their own.

`spaced` is that of Jinja's `tojson` (sorted keys, `, ` and `: `, ASCII only, and `<`, `>`, `&`, `'` as escapes), made
directly, since the filter is several times slower. `compact` has no blanks and keeps `&` and its like; keys are sorted.
`pretty` is Python's `json.dumps(value, indent=2)`, which takes ten times as long: keys as they come, ASCII only (the
exponents of floats may be spelled shorter).
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from generator.base.source import pieces

_SPACED = json.JSONEncoder(sort_keys=True, allow_nan=False)
_COMPACT = json.JSONEncoder(sort_keys=True, allow_nan=False, separators=(",", ":"))


def spaced(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return one line of JSON with blanks after `,` and `:` and without characters that HTML gives a meaning.

    Raises:
        ValueError: the value holds NaN or an infinity.
    """
    return (
        _SPACED.encode(value)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("'", "\\u0027")
    )


def compact(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return one line of JSON without blanks. Raises as `spaced`."""
    return _COMPACT.encode(value)


_ESCAPED = re.compile(rb"[\x7f-\xf4][\x80-\xbf]*")
_PIECE = 1 << 12
_PRETTY = (
    orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
)


def pretty(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """Return indented JSON in ASCII; what is no JSON value is written as its text, NaN and infinities as null."""
    try:
        data = orjson.dumps(value, default=str, option=_PRETTY)
    except orjson.JSONEncodeError:  # an integer of more than 64 bits, or half of a surrogate pair
        return json.dumps(value, indent=2, default=str).encode("ascii")
    if data.isascii() and b"\x7f" not in data:
        return data
    return b"".join(
        piece if piece.isascii() and b"\x7f" not in piece else _ESCAPED.sub(_escaped, piece)
        for piece in pieces(data, _PIECE)
    )


def _escaped(match: re.Match[bytes]) -> bytes:
    return json.dumps(match[0].decode("utf-8"))[1:-1].encode("ascii")
