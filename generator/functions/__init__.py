"""The functions of SPL, one module a theme. Imports `spl` and `base`; the commands do not know them.

`EVAL` and `STATS` hold every documented function by its lower-case name, other names (`dc`, `ceil`) included.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.functions import aggregate, comparison, convert, crypto, json, math, multivalue, text, time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.engine.contracts import Aggregate
    from generator.functions.signature import FunctionSignature

THEMES = (comparison, convert, crypto, json, math, multivalue, text, time)
"""The modules with functions of eval expressions."""

_PERCENTILE = re.compile(r"(exactperc|upperperc|perc|p)\d{1,2}(?:\.\d+)?|(exactperc|upperperc|perc|p)100(?:\.0+)?")


PERCENTILES = frozenset({"exactperc", "upperperc", "perc", "p"})
"""Aggregations that carry a number in their name."""


def _by_name(signatures: Iterable[FunctionSignature]) -> dict[str, FunctionSignature]:
    return {name: signature for signature in signatures for name in (signature.name, *signature.aliases)}


EVAL: Mapping[str, FunctionSignature] = _by_name(signature for theme in THEMES for signature in theme.SIGNATURES)
STATS: Mapping[str, FunctionSignature] = _by_name(aggregate.SIGNATURES)


def eval_function(name: str) -> FunctionSignature | None:
    """Return the eval function of a name in any case, or None."""
    return EVAL.get(name.lower())


def aggregation(name: str) -> FunctionSignature | None:
    """Return the aggregation of a name in any case (`perc95` is one, `perc` without a number is none), or None."""
    folded = name.lower()
    match = _PERCENTILE.fullmatch(folded)
    if match is not None:
        return STATS[match.group(1) or match.group(2)]
    return None if folded in PERCENTILES else STATS.get(folded)


class FunctionTable:
    """The function table that the engine is handed (`generator.engine.contracts.Functions`)."""

    def eval_function(self, name: str) -> FunctionSignature | None:
        """Return the eval function of a name in any case, or None."""
        return eval_function(name)

    def aggregate(self, name: str) -> tuple[Aggregate | None, float | None] | None:
        """Return how an aggregation runs (None: not yet) and the number in its name; None when nobody knows it."""
        signature = aggregation(name)
        if signature is None:
            return None
        match = _PERCENTILE.fullmatch(name.lower())
        number = float(name[len(match.group(1) or match.group(2)) :]) if match is not None else None
        return signature.aggregate, number
