"""Lookups of other apps whose rows are computed: the value that is looked up gives the row.

Of URL Toolbox's scripts the one whose result has a name of its own is here: the entropy of Shannon, in bits a character.
The others need lists and models that only the app has.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import UnsupportedSpl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ShannonLookup:
    """`ut_shannon_lookup` (`generator.engine.contracts.LookupTable`): `word` gives `ut_shannon`."""

    fields = ("word", "ut_shannon")
    note = ""
    is_timed = False

    def __init__(self) -> None:
        self.cache: dict[str, Any] = {}

    def rows(self) -> list[dict[str, str]]:
        """Return nothing: there is a row for every word.

        Raises:
            UnsupportedSpl: always; `inputlookup` cannot read a script in Splunk either.
        """
        raise UnsupportedSpl("the rows of `ut_shannon_lookup` are computed and cannot be listed")

    def find(self, given: Mapping[str, str], *, time: float | None = None) -> list[dict[str, str]]:  # noqa: ARG002 - the protocol's
        """Return the row of a word."""
        word = given.get("word", "")
        return [{"word": word, "ut_shannon": f"{entropy(word):.12g}"}] if word else []

    def write(self, rows: Sequence[Mapping[str, object]], *, append: bool) -> None:
        """Refuse.

        Raises:
            UnsupportedSpl: always.
        """
        del rows, append
        raise UnsupportedSpl("`ut_shannon_lookup` is computed and cannot be written")


def entropy(text: str) -> float:
    """Return the entropy of a text's characters in bits: 0 for one that repeats, log2 of its length where all differ."""
    length = len(text)
    return -sum(count / length * math.log2(count / length) for count in Counter(text).values()) + 0.0


COMPUTED = {"ut_shannon_lookup": ShannonLookup}
"""Name to lookup."""
