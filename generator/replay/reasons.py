"""Why nothing was found, in lines of text for reports: the clause that dropped the last rows, and the rows that came nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.engine.explain import Dropped, Explanation, Missed

_TEXT = 200


def reason_lines(explanation: Explanation | None) -> tuple[str, ...]:
    """Return the explanation of an empty result, the sentence first; nothing where there is none."""
    dropped = None if explanation is None else explanation.dropped
    return () if dropped is None else tuple(_lines(dropped))


def _lines(dropped: Dropped) -> Iterator[str]:
    clause = f": {_short(' '.join(dropped.clause.split()))}" if dropped.clause else ""
    yield f"stage {dropped.stage + 1} (`{dropped.command}`): {dropped.reason}{clause}"
    for near in dropped.nearest:
        count = "1 row" if near.count == 1 else f"{near.count:,} rows"
        yield f"nearest, {count}: {'; '.join(_missed(missed) for missed in near.missed)}"
        if near.raw:
            yield f"  {_short(' '.join(near.raw.split()))}"
    for hint in dropped.hints:
        if not hint.startswith(("widen --", "load some with --")):
            yield f"help: {hint}"


def _missed(missed: Missed) -> str:
    got = "no value" if missed.got is None else f"`{_short(missed.got)}`" if missed.got else "nothing like it"
    note = f" ({missed.note})" if missed.note else ""
    field = f"{missed.field}: " if missed.field else ""
    return f"{field}wanted {_short(missed.wanted)}, got {got}{note}"


def _short(text: str) -> str:
    return text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…"
