"""The `$name$` places in a macro's definition."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A name between dollar signs; `$env:user$` and `$1$` are tokens of other kinds, and `"^a$|^b$"` is none at all.
_PLACE = re.compile(r"\$([A-Za-z_][\w-]*)\$")


def places(definition: str) -> Iterator[tuple[str, int, int]]:
    """Yield the names with the offsets of the whole place."""
    if "$" in definition:
        for match in _PLACE.finditer(definition):
            yield match.group(1), match.start(), match.end()
