"""The part of `contentpack test` that breaks searches: run, tell what was not judged, hold the score against its minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import GeneratorError
from generator.cli import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.content.config import MutationConfig
    from generator.replay.mutation import Mutation
    from generator.replay.plan import Planned
    from generator.replay.results import TestResult
    from generator.replay.run import Runner


class MutationError(GeneratorError):
    """The mutants of a detection could not be run."""


def mutated(
    runner: Runner,
    plan: Sequence[Planned],
    results: Sequence[TestResult],
    config: MutationConfig,
    *,
    jobs: int | None,
    progress: terminal.Progress,
) -> Mutation:
    """Run the mutants of all detections that passed; tell acceptances that fit nothing any more.

    Raises:
        MutationError: the mutants of a detection could not be run, though its tests could.
    """
    from generator.replay.mutation import candidates, run_mutation

    chosen = candidates(plan, results)
    found = run_mutation(
        runner,
        chosen,
        config.accepted,
        jobs=jobs,
        progress=lambda done: progress.step("breaking searches", done, len(chosen)),
    )
    progress.clear()
    if found.broken:
        name, reason = found.broken[0]
        raise MutationError(f"{name}: its mutants could not be run: {reason}")
    for entry in found.unused:
        what = " ".join(part for part in (entry.kind, entry.before and f"`{entry.before}`") if part)
        terminal.note(
            f"warning: `mutation.accepted` of {entry.detection!r}{f' ({what})' if what else ''} fits nothing that tests "
            "miss any more; remove it"
        )
    return found


def meets(mutation: Mutation, config: MutationConfig, asked: float | None) -> bool:
    """Whether enough was noticed or accepted; says so where not."""
    minimum = config.minimum if asked is None else asked
    if minimum is None or mutation.explained >= minimum:
        return True
    terminal.note(
        f"error: {_figure(mutation.explained)} % of the broken searches were noticed or accepted, and {_figure(minimum)} % "
        "are asked for"
    )
    return False


def _figure(percent: float) -> str:
    """Return per cent with a decimal, rounded down so that it never looks like more."""
    return f"{int(percent * 10) / 10:g}"
