"""JSON values in `.conf` files, in the two spellings that the older tools write.

`spaced` is that of Jinja's `tojson` (sorted keys, `, ` and `: `, ASCII only, and `<`, `>`, `&`, `'` as escapes), made
directly, since the filter is several times slower. `compact` has no blanks and keeps `&` and its like; keys are sorted.
"""

from __future__ import annotations

import json
from typing import Any

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
