"""The words for true and false in the options of SPL commands."""

from __future__ import annotations

from typing import Final

TRUE: Final = frozenset({"t", "true", "1", "y", "yes"})
FALSE: Final = frozenset({"f", "false", "0", "n", "no"})


def means_true(text: str | None, *, default: bool = False) -> bool:
    """Say whether the value of a Boolean option means true; `default` where it is missing."""
    return default if text is None else text.strip().lower() in TRUE
