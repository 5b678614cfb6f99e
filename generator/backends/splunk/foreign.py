"""Which of a server's own indexes a search reads: events there that are not of the run would take part in its result.

The names that a search's text gives (`index=`, `index::`, `index IN (...)`, with wildcards, macros expanded) and those of the data models
that read one index by its name. Left out on purpose: the indexes that a user's roles search by default, which the documentation names.
"""

from __future__ import annotations

import fnmatch
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ONE = re.compile(r"(?<![\w.])index\s*(?:==?|::)\s*(\"[^\"]*\"|[^\s()|,\]]+)", re.IGNORECASE)
_MANY = re.compile(r"(?<![\w.])index\s+IN\s*\(([^)]*)\)", re.IGNORECASE)
_MODEL = re.compile(r"\bdatamodel\s*[=:]?\s*\"?(\w+)", re.IGNORECASE)
_MODELS = {"risk": "risk", "incident_management": "notable"}
"""Data models of Enterprise Security that read one index, whatever the roles search by default."""
_TIMED = re.compile(r"\b(?:earliest|latest|starttime|endtime|starttimeu|endtimeu)\s*=", re.IGNORECASE)


def named_indexes(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return those of the known indexes that an expanded search reads by their names; `*` means no internal ones."""
    patterns = [found[1] for found in _ONE.finditer(text)]
    patterns += [name for found in _MANY.finditer(text) for name in re.split(r"[\s,]+", found[1])]
    patterns += [_MODELS[found[1].lower()] for found in _MODEL.finditer(text) if found[1].lower() in _MODELS]
    wanted = {pattern.strip('"').lower() for pattern in patterns} - {""}
    return tuple(
        name
        for name in known
        if any(
            fnmatch.fnmatchcase(name.lower(), pattern) and (not name.startswith("_") or pattern.startswith("_"))
            for pattern in wanted
        )
    )


def has_own_times(text: str) -> bool:
    """Whether a search gives times of its own, which may reach beyond the window that it is dispatched with."""
    return bool(_TIMED.search(text))
