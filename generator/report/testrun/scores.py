"""Mutation scores in words, for the formats of a test run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.replay.results import MutationScore, Survivor, TestReport


_CONTEXT = 12
"""Characters of what two texts have in common that stand before what they have not."""


class Scored(NamedTuple):
    """A detection's score with its name and path."""

    name: str
    path: str
    score: MutationScore


def scored(report: TestReport) -> list[Scored]:
    """Return the detections that have a score, those with most that nobody sees first."""
    known: dict[str, tuple[str, str]] = {}
    for test in report.tests:
        known.setdefault(test.detection_id or test.path, (test.detection, test.path))
    found = [Scored(*known.get(key, (key, "")), score) for key, score in report.mutation.items()]
    found.sort(key=lambda one: (-len(unseen(one.score)), one.path))
    return found


def unseen(score: MutationScore) -> list[Survivor]:
    """Return the survivors that nobody accepted, in the order of the file."""
    return [survivor for survivor in score.survivors if not survivor.accepted]


def percent(part: int, whole: int) -> str:
    """Return a share as whole per cent, rounded down, so that 100 % means all."""
    return f"{100 * part // whole if whole else 100} %"


def figure(share: float) -> str:
    """Return per cent with a decimal, rounded down so that it never looks like more."""
    return f"{int(share * 10) / 10:g}"


def line(scores: Sequence[MutationScore]) -> str:
    """Return scores in a line: `91 %: 312 of 340 broken searches noticed, 12 accepted, 16 unseen`."""
    killed, total = sum(score.killed for score in scores), sum(score.total for score in scores)
    accepted = sum(score.accepted for score in scores)
    parts = [f"{killed:,} of {total:,} broken searches noticed"]
    if accepted:
        parts.append(f"{accepted:,} accepted")
    if total - killed - accepted:
        parts.append(f"{total - killed - accepted:,} unseen")
    return f"{percent(killed, total)}: {', '.join(parts)}"


def change(survivor: Survivor, room: int = 400) -> str:
    """Return what changed in a line of at most so many characters: `a>5 -> a>6`, `a=1 removed`.

    Of long texts the end is cut, and the beginning that both have in common.
    """
    before, after = (" ".join(text.split()) for text in (survivor.before, survivor.after))
    if not after:
        return f"{_cut(before, room - 8)} removed"
    if len(before) + len(after) + 4 <= room:
        return f"{before} -> {after}"
    if after == f"NOT {before}":
        return f"NOT before {_cut(before, room - 11)}"
    same = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    if same > _CONTEXT:
        before, after = (f"…{text[same - _CONTEXT :]}" for text in (before, after))
    each = max(8, (room - 4) // 2)
    return f"{_cut(before, each)} -> {_cut(after, each)}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: max(1, room - 1)]}…"


def as_data(scores: Mapping[str, MutationScore]) -> list[dict[str, Any]]:
    """Return scores as JSON data, by detection."""
    return [
        {
            "detection_id": key,
            "killed": score.killed,
            "accepted": score.accepted,
            "total": score.total,
            "survivors": [
                {
                    "kind": one.kind,
                    "before": one.before,
                    "after": one.after,
                    "path": one.path,
                    "line": one.line,
                    "col": one.col,
                    "result_differs": one.differs,
                    "accepted": one.accepted,
                }
                for one in score.survivors
            ],
        }
        for key, score in scores.items()
    ]
