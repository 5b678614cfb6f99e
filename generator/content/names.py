"""How a content object's name becomes the name of its file."""

from __future__ import annotations

_TO_UNDERSCORE = str.maketrans(" -./", "____")


def file_stem(name: str) -> str:
    """Return the file's name without suffix: lower case, with `_` for blanks, `-`, `.` and `/` (as contentctl 4 has it)."""
    return spelled_stem(name).lower()


def spelled_stem(name: str) -> str:
    """Return the same with upper case kept, which files of macros and lookups may have."""
    return name.translate(_TO_UNDERSCORE)
