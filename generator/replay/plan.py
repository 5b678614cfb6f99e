"""Which tests run: the detections that selectors choose, the tests of each, what is skipped and why, and shards.

A selector is a detection's name, id or path, a folder, a glob over names and paths, or the name of a data source, an ATT&CK
technique (with its sub-techniques) or a story. Several choose what any of them does. Tests that are not to be run are part of the
plan with the reason, so that the report shows them.
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from generator.base.diagnostics import DatasetError, did_you_mean
from generator.base.frozen import dataclass
from generator.content.model import Test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from generator.content.model import AttackData, Detection, Pack

NOT_RUN = frozenset({"experimental", "deprecated", "removed"})
"""Statuses whose detections are not tested unless they are asked for (contentctl tests production only)."""


class SelectorError(DatasetError):
    """A selector chooses nothing."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One test to run; `skip` says why it is not run, empty where it is. `number` is its place in the plan of the whole pack."""

    detection: Detection
    test: Test
    number: int
    skip: str = ""

    @property
    def data(self) -> tuple[AttackData, ...]:
        """The files that it loads."""
        return (*self.test.attack_data, *self.test.benign_data)


def make_plan(pack: Pack, selectors: Sequence[str] = (), shard: tuple[int, int] | None = None) -> tuple[Planned, ...]:
    """Return the tests of the chosen detections in the pack's order; `shard` (i, n) keeps every n-th from the i-th on (1-based).

    Raises:
        SelectorError: a selector chooses no detection.
    """
    chosen, named = select(pack, selectors)
    tests = list(_tests(chosen, named))
    planned = [Planned(detection, test, number, skip) for number, (detection, test, skip) in enumerate(tests)]
    if shard is not None:
        planned = planned[shard[0] - 1 :: shard[1]]
    return tuple(planned)


def _tests(detections: Iterable[Detection], named: frozenset[str]) -> Iterator[tuple[Detection, Test, str]]:
    for detection in detections:
        status = detection.status
        not_run = f"the detection is {status}" if status in NOT_RUN and detection.path not in named else ""
        if not detection.tests:
            reason = by_hand(detection) if detection.manual_test else "it has no test"
            yield detection, Test(name="", type="manual"), not_run or reason
        for test in detection.tests:
            yield detection, test, not_run or _reason(test)


def _reason(test: Test) -> str:
    if test.type != "unit":
        return f"the test is {test.type}" + (f": {_line(test.description)}" if test.description else "")
    if not (test.attack_data or test.benign_data or test.events or test.chain):
        return "the test has no data"
    return ""


def by_hand(detection: Detection) -> str:
    """Return why a detection is tested by hand, as its author says."""
    return f"tested by hand: {_line(detection.manual_test or '')}"


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:159]}…"


# --- selectors -------------------------------------------------------------------------------------------------------


def select(pack: Pack, selectors: Sequence[str]) -> tuple[tuple[Detection, ...], frozenset[str]]:
    """Return the detections that selectors choose, and the paths of those that are asked for one by one.

    Raises:
        SelectorError: a selector chooses none.
    """
    if not selectors:
        return pack.detections, frozenset()
    chosen: set[str] = set()
    named: set[str] = set()
    for selector in selectors:
        exact = {detection.path for detection in pack.detections if _is_named(detection, selector)}
        found = exact or {detection.path for detection in pack.detections if _fits(detection, selector)}
        if not found:
            nearest = did_you_mean(selector, _words(pack))
            raise SelectorError(
                f"`{selector}` chooses no detection: it is no name, id, path, glob, data source, technique or story"
                + (f"; {nearest}" if nearest else "")
            )
        chosen |= found
        named |= exact
    return tuple(detection for detection in pack.detections if detection.path in chosen), frozenset(named)


def _is_named(detection: Detection, selector: str) -> bool:
    word = selector.lower()
    path = selector.removeprefix("./")
    return word in {detection.name.lower(), detection.id.lower(), detection.document.stem.lower()} or (
        path == detection.path or path.endswith(f"/{detection.path}")
    )


def _fits(detection: Detection, selector: str) -> bool:
    word = selector.lower().rstrip("/")
    folder = selector.removeprefix("./").rstrip("/")
    if detection.path.startswith(f"{folder}/"):
        return True
    if any(mark in selector for mark in "*?[") and (
        fnmatch.fnmatchcase(detection.path.lower(), word) or fnmatch.fnmatchcase(detection.name.lower(), word)
    ):
        return True
    sources = {part.lower() for source in detection.data_source for part in (source, *source.split(" AND "))}
    techniques = [technique.lower() for technique in detection.mitre_attack_id]
    return (
        word in sources
        or any(technique == word or technique.startswith(f"{word}.") for technique in techniques)
        or word in {story.lower() for story in detection.analytic_story}
    )


def _words(pack: Pack) -> list[str]:
    return sorted(
        {
            word
            for detection in pack.detections
            for word in (
                detection.name,
                detection.path,
                *detection.data_source,
                *detection.analytic_story,
                *detection.mitre_attack_id,
            )
        }
    )


def with_chains(pack: Pack, planned: Iterable[Planned]) -> tuple[Detection, ...]:
    """Return the detections that the app needs for a plan: those of its tests, and those of their chains and saved searches."""
    by_name = {detection.name: detection for detection in pack.detections}
    wanted = {one.detection.path for one in planned if not one.skip}
    for one in planned:
        wanted |= {by_name[name].path for name in one.test.chain if name in by_name}
    if any("savedsearch" in detection.search for detection in pack.detections if detection.path in wanted):
        return pack.detections
    return tuple(detection for detection in pack.detections if detection.path in wanted)
