"""Which tests run: the detections and baselines that selectors choose, the tests of each, what is skipped and why, and shards.

A selector is a name, id or path, a folder, a glob over names and paths, or the name of a data source, an ATT&CK
technique (with its sub-techniques) or a story. Several choose what any of them does. Tests that are not to be run are part of the
plan with the reason, so that the report shows them: so is a detection without tests, but no such baseline, which needs none.
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from generator.base.diagnostics import DatasetError, did_you_mean
from generator.base.frozen import dataclass
from generator.content.model import Detection, Test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from generator.content.model import AttackData, Pack, Tested

NOT_RUN = frozenset({"experimental", "deprecated", "removed"})
"""Statuses whose detections are not tested unless they are asked for (contentctl tests production only)."""


class SelectorError(DatasetError):
    """A selector chooses nothing."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One test to run; `skip` says why it is not run, empty where it is. `number` is its place in the plan of the whole pack."""

    item: Tested
    test: Test
    number: int
    skip: str = ""

    @property
    def data(self) -> tuple[AttackData, ...]:
        """The files that it loads."""
        return (*self.test.attack_data, *self.test.benign_data)


def make_plan(pack: Pack, selectors: Sequence[str] = (), shard: tuple[int, int] | None = None) -> tuple[Planned, ...]:
    """Return the tests of the chosen detections, then of the chosen baselines, in the pack's order.

    `shard` (i, n) keeps every n-th from the i-th on (1-based).

    Raises:
        SelectorError: a selector chooses nothing.
    """
    chosen, named = select(pack, selectors)
    tests = list(_tests(chosen, named))
    planned = [Planned(item, test, number, skip) for number, (item, test, skip) in enumerate(tests)]
    if shard is not None:
        planned = planned[shard[0] - 1 :: shard[1]]
    return tuple(planned)


def _tests(items: Iterable[Tested], named: frozenset[str]) -> Iterator[tuple[Tested, Test, str]]:
    for item in items:
        status = item.status
        not_run = f"the {item.kind} is {status}" if status in NOT_RUN and item.path not in named else ""
        if not item.tests and isinstance(item, Detection):
            yield item, Test(name="", type="manual"), not_run or by_hand(item) or "it has no test"
        for test in item.tests:
            yield item, test, not_run or _reason(test)


def _reason(test: Test) -> str:
    if test.type != "unit":
        return f"the test is {test.type}" + (f": {_line(test.description)}" if test.description else "")
    if not (test.attack_data or test.benign_data or test.events or test.chain or test.lookups):
        return "the test has no data"
    return ""


def by_hand(item: Tested) -> str:
    """Return why something is tested by hand, as its author says; empty where nobody says so."""
    told = item.manual_test if isinstance(item, Detection) else None
    return f"tested by hand: {_line(told)}" if told else ""


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:159]}…"


# --- selectors -------------------------------------------------------------------------------------------------------


def select(pack: Pack, selectors: Sequence[str]) -> tuple[tuple[Tested, ...], frozenset[str]]:
    """Return the detections and baselines that selectors choose, and the paths of those that are asked for one by one.

    Raises:
        SelectorError: a selector chooses none.
    """
    items = testable(pack)
    if not selectors:
        return items, frozenset()
    chosen: set[str] = set()
    named: set[str] = set()
    for selector in selectors:
        exact = {item.path for item in items if _is_named(item, selector)}
        found = exact or {item.path for item in items if _fits(item, selector)}
        if not found:
            nearest = did_you_mean(selector, _words(items))
            raise SelectorError(
                f"`{selector}` chooses no detection and no baseline with tests: it is no name, id, path, glob, data source, technique or story"
                + (f"; {nearest}" if nearest else "")
            )
        chosen |= found
        named |= exact
    return tuple(item for item in items if item.path in chosen), frozenset(named)


def testable(pack: Pack) -> tuple[Tested, ...]:
    """Return the detections of a pack, and the baselines that have tests."""
    return (*pack.detections, *(baseline for baseline in pack.baselines if baseline.tests))


def techniques_of(item: Tested) -> tuple[str, ...]:
    """Return the ATT&CK techniques that something finds; a baseline finds none."""
    return item.mitre_attack_id if isinstance(item, Detection) else ()


def _is_named(item: Tested, selector: str) -> bool:
    word = selector.lower()
    path = selector.removeprefix("./")
    return word in {item.name.lower(), item.id.lower(), item.document.stem.lower()} or (
        path == item.path or path.endswith(f"/{item.path}")
    )


def _fits(item: Tested, selector: str) -> bool:
    word = selector.lower().rstrip("/")
    folder = selector.removeprefix("./").rstrip("/")
    if item.path.startswith(f"{folder}/"):
        return True
    if any(mark in selector for mark in "*?[") and (
        fnmatch.fnmatchcase(item.path.lower(), word) or fnmatch.fnmatchcase(item.name.lower(), word)
    ):
        return True
    sources = {part.lower() for source in item.data_source for part in (source, *source.split(" AND "))}
    techniques = [technique.lower() for technique in techniques_of(item)]
    return (
        word in sources
        or any(technique == word or technique.startswith(f"{word}.") for technique in techniques)
        or word in {story.lower() for story in item.analytic_story}
    )


def _words(items: Iterable[Tested]) -> list[str]:
    return sorted(
        {
            word
            for item in items
            for word in (
                item.name,
                item.path,
                *item.data_source,
                *item.analytic_story,
                *techniques_of(item),
            )
        }
    )


def with_chains(pack: Pack, planned: Iterable[Planned]) -> tuple[Detection, ...]:
    """Return the detections that the app needs for a plan: those of its tests, and those of their chains and saved searches.

    Baselines are in the app in any case.
    """
    by_name = {detection.name: detection for detection in pack.detections}
    to_run = [one for one in planned if not one.skip]
    wanted = {one.item.path for one in to_run}
    for one in to_run:
        wanted |= {by_name[name].path for name in one.test.chain if name in by_name}
    searches = [*(one.item.search for one in to_run), *(item.search for item in pack.detections if item.path in wanted)]
    texts = [
        *searches,
        *(macro.definition for macro in pack.macros),
        *(text for one in to_run for text in one.test.macros.values()),
    ]
    if any("savedsearch" in text.lower() for text in texts):
        return pack.detections
    return tuple(detection for detection in pack.detections if detection.path in wanted)
