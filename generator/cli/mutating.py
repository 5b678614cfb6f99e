"""The part of `contentpack test` that breaks searches: run, and tell what was accepted for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import GeneratorError
from generator.cli import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.content.config import MutationConfig
    from generator.replay.plan import Planned
    from generator.replay.results import MutationScore, TestResult
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
) -> dict[str, MutationScore]:
    """Return the scores of all detections that passed, by id; tell acceptances that fit nothing any more.

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
    return found.scores
