"""Tests judged themselves: each mutant of a detection's search runs over the data of its tests, and one of them ought to fail.

Only detections whose tests pass are looked at. A test's data are loaded once for all mutants; a mutant that a test notices is
not shown to the next one. A mutant that the search language refuses counts as noticed (Splunk would refuse it too), and so does
one that takes longer than a test may; one that the embedded engine cannot run is left out of the count. Needs the embedded backend: elsewhere it would take hours.

What a reviewer looked at and accepted (`mutation.accepted` in `contentpack.yml`) is told apart, and so is an acceptance that
fits nothing any more.
"""

from __future__ import annotations

import fnmatch
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.backends.embedded import EmbeddedBackend
from generator.base.diagnostics import BackendError, GeneratorError, UnsupportedSpl
from generator.base.frozen import dataclass
from generator.base.parallel import fork_map
from generator.commands import load_commands
from generator.content.model import Detection
from generator.content.positions import locate
from generator.engine.errors import SearchError
from generator.replay.judge import judge
from generator.replay.mutants.make import mutants
from generator.replay.results import MutationScore, Outcome, Survivor
from generator.replay.run import TestTimeoutError, limited

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.backends.base import Found
    from generator.content.config import AcceptedMutant
    from generator.content.model import Tested
    from generator.replay.mutants.kinds import Mutant
    from generator.replay.plan import Planned
    from generator.replay.results import TestResult
    from generator.replay.run import Prepared, Runner

_POINTER = ("search",)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A detection or baseline whose tests all passed, with the tests that ran."""

    item: Tested
    tests: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class Mutation:
    """What a mutation run gives.

    `scores` by detection id (its path where it has none), `unused` are acceptances that fitted no survivor of the detections
    that they name, `broken` says by detection name what kept one from being judged.
    """

    scores: dict[str, MutationScore]
    unused: tuple[AcceptedMutant, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()


def candidates(plan: Sequence[Planned], results: Sequence[TestResult]) -> tuple[Candidate, ...]:
    """Return the detections of a plan that passed: at least one test ran, and each that ran passed."""
    ran: dict[str, list[tuple[Planned, TestResult]]] = {}
    for planned, result in zip(plan, results, strict=True):
        if result.outcome is not Outcome.SKIPPED:
            ran.setdefault(planned.item.path, []).append((planned, result))
    return tuple(
        Candidate(tests[0][0].item, tuple(planned for planned, _ in tests))
        for tests in ran.values()
        if all(result.outcome is Outcome.PASS for _, result in tests)
    )


def run_mutation(
    runner: Runner,
    chosen: Sequence[Candidate],
    accepted: Sequence[AcceptedMutant] = (),
    *,
    jobs: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Mutation:
    """Run the mutants of detections on `jobs` processes (None: one a core).

    `progress` is called with the number of finished detections.
    """

    def score(candidate: Candidate) -> MutationScore | str:
        try:
            return _score(runner, candidate)
        except GeneratorError as error:
            return str(error)

    found = fork_map(score, chosen, jobs=jobs, at_least=2, progress=progress)
    scores: dict[str, MutationScore] = {}
    used: set[int] = set()
    meant: set[int] = set()
    broken = []
    for candidate, one in zip(chosen, found, strict=True):
        item = candidate.item
        if isinstance(one, str):
            broken.append((item.name, one))
            continue
        survivors = []
        for survivor in one.survivors:
            numbers = [number for number, entry in enumerate(accepted) if is_accepted(entry, item, survivor)]
            used.update(numbers)
            survivors.append(replace(survivor, accepted=accepted[numbers[0]].reason) if numbers else survivor)
        meant.update(number for number, entry in enumerate(accepted) if is_named(entry, item))
        scores[item.id or item.path] = replace(one, survivors=tuple(survivors))
    unused = tuple(entry for number, entry in enumerate(accepted) if number in meant - used)
    return Mutation(scores, unused, tuple(broken))


def _score(runner: Runner, candidate: Candidate) -> MutationScore:
    item = candidate.item
    made: tuple[Mutant, ...] | None = None
    alive: list[tuple[Mutant, bool]] = []
    not_run: set[Mutant] = set()
    for planned in candidate.tests:
        prepared = runner.prepare(planned)
        if made is None:
            expand = _embedded(runner).engine.expander.expand
            made = mutants(item.search, expand, load_commands(), at_end=entity_fields(item))
            alive = [(mutant, False) for mutant in made]
        alive = _unnoticed(runner, prepared, alive, not_run)
    total = len(made or ()) - len(not_run)
    return MutationScore(
        killed=total - len(alive),
        total=total,
        survivors=tuple(_survivor(item, mutant, differs=differs) for mutant, differs in alive),
    )


def _embedded(runner: Runner) -> EmbeddedBackend:
    """Return the backend of a runner.

    Raises:
        BackendError: it is another one, on which thousands of searches would take hours.
    """
    if not isinstance(runner.backend, EmbeddedBackend):
        raise BackendError("mutants run on the embedded backend only")
    return runner.backend


def entity_fields(item: Tested) -> tuple[str, ...]:
    """Return the fields of the results that a finding or risk is about: on the wrong entity, nobody finds the attack."""
    if not isinstance(item, Detection):
        return ()
    entities = [*item.risk.objects, *([] if item.finding is None else [item.finding.entity])]
    return tuple(dict.fromkeys(entity.field for entity in entities))


def _unnoticed(
    runner: Runner, prepared: Prepared, alive: Sequence[tuple[Mutant, bool]], not_run: set[Mutant]
) -> list[tuple[Mutant, bool]]:
    """Return the mutants that a test does not notice, with whether its result was another one."""
    writes = runner.app.writes(prepared.name)
    before = runner.search(prepared, explain=False)
    left = []
    for mutant, differed in alive:
        if writes:  # what one mutant leaves behind is not to be seen by the next
            prepared = runner.prepare(prepared.planned)
        try:
            with limited(runner.rules.timeout):
                found = runner.search(prepared, mutant.text, explain=False)
        except (SearchError, TestTimeoutError):
            continue
        except UnsupportedSpl:
            not_run.add(mutant)
            continue
        if not judge(prepared.planned.test.expect, found, prepared.settings):
            left.append((mutant, differed or _differs(before, found)))
    return left


def _differs(before: Found, after: Found) -> bool:
    return before.fields != after.fields or before.rows != after.rows


def _survivor(item: Tested, mutant: Mutant, *, differs: bool) -> Survivor:
    span = locate(item.document, _POINTER, mutant.start, mutant.end)
    return Survivor(str(mutant.kind), mutant.before, mutant.after, item.path, span.line, span.col, differs=differs)


# --- what was accepted -----------------------------------------------------------------------------------------------


def is_named(entry: AcceptedMutant, item: Tested) -> bool:
    """Whether an acceptance means a detection or baseline: by name, id, or path; the first and the last may be globs."""
    word = entry.detection.lower()
    return word == item.id.lower() or any(fnmatch.fnmatchcase(text.lower(), word) for text in (item.name, item.path))


def is_accepted(entry: AcceptedMutant, item: Tested, survivor: Survivor) -> bool:
    """Whether an acceptance fits a survivor. Blanks count as one; what the entry does not say may be anything."""
    return (
        is_named(entry, item)
        and entry.kind in {"", survivor.kind}
        and (entry.before is None or _words(entry.before) == _words(survivor.before))
        and (entry.after is None or _words(entry.after) == _words(survivor.after))
    )


def _words(text: str) -> str:
    return " ".join(text.split())
