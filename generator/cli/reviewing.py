"""The steps of `contentpack pr`: check the change, run its tests, compare and build, gather all in a `Review`."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.base.diagnostics import GeneratorError, RepositoryError, Severity
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.analysis.dependencies import ChangeSet, Touched
    from generator.base.diagnostics import Diagnostic
    from generator.ci.appdiff import Side
    from generator.ci.basis import Basis
    from generator.ci.review import Review, TouchedThing
    from generator.cli.terminal import Progress
    from generator.replay.results import TestReport, TestResult
    from generator.rules.run import Validation
    from generator.spl.syntax import CommandTable

_MAX_SHARDS = 1_000


@dataclass(frozen=True, slots=True)
class Job:
    """What one run was asked."""

    repo: Path
    basis: Basis
    everything: bool
    jobs: int | None
    cache: bool
    progress: Progress


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review with what its reports need besides: all findings of the pack for code scanning, texts, commands."""

    review: Review
    commands: CommandTable
    all_findings: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    files: int


def check(job: Job) -> Validation:
    """Validate the pack, compared with the base.

    Raises:
        RepositoryError: there is no pack, or git cannot answer.
    """
    from generator.content import history
    from generator.content.load import refuse_no_pack
    from generator.rules.run import validate

    checked = validate(
        job.repo,
        changed_since=None if job.basis.commit is None else history.Shared(job.basis.commit),
        today=datetime.datetime.now(tz=datetime.UTC).date(),
        progress=lambda done: job.progress.step("checking", done),
        jobs=job.jobs,
        cache=job.cache,
    )
    refuse_no_pack(job.repo, found=bool(checked.texts or checked.diagnostics or checked.elsewhere))
    return checked


def reason_for_all(job: Job, checked: Validation) -> str:
    """Return why all of the pack is looked at; empty where only what the change touches is."""
    if job.everything:
        return "asked for with --all"
    if checked.change is None:
        return checked.note or "there is nothing to compare with"
    return checked.change.everything


def run_tests(
    job: Job, checked: Validation, attack_data: Path | None, *, offline: bool, shard: tuple[int, int] | None = None
) -> TestReport:
    """Run the tests of what the change touches, or of all.

    Raises:
        GeneratorError: no test can be run at all.
    """
    from generator.cli.testing import Session, data_store, fetch_missing, present
    from generator.replay.plan import make_plan
    from generator.replay.results import TestReport
    from generator.replay.run import Rules
    from generator.replay.run import run_tests as run

    pack = checked.analyzed.pack
    plan = make_plan(pack)
    if not reason_for_all(job, checked) and checked.change is not None:
        wanted = {each.path for each in checked.change.touched if each.tested}
        plan = tuple(one for one in plan if one.item.path in wanted)
    if shard is not None:
        plan = plan[shard[0] - 1 :: shard[1]]
    results: tuple[TestResult, ...] = ()
    if plan:
        store = data_store(job.repo, attack_data)
        failed = {} if offline else fetch_missing(store, plan, job.progress)
        job.progress.step("rendering the app for its tests")
        with Session(job.repo, pack, plan, store, Rules(present(), timeout=300.0), failed=failed) as session:
            total = sum(not one.skip for one in plan)
            results = run(
                session.runner(), plan, jobs=job.jobs, progress=lambda done: job.progress.step("testing", done, total)
            )
    return TestReport(results, "embedded", pack.config.app.title or pack.config.app.id)


def read_shards(folder: Path) -> TestReport:
    """Join the results that the parts of a run wrote below a folder.

    Raises:
        RepositoryError: a part is missing, or a file cannot be read.
        ExchangeError: a file is no result of tests.
    """
    import re

    from generator.ci.exchange import read_file
    from generator.ci.review import names
    from generator.replay.results import TestReport

    found: dict[tuple[int, int], Path] = {}
    for path in sorted(folder.rglob("tests-*-of-*.json"))[:_MAX_SHARDS]:
        match = re.fullmatch(r"tests-(\d+)-of-(\d+)\.json", path.name)
        if match is not None and path.is_file() and not path.is_symlink():
            found[int(match[2]), int(match[1])] = path
    totals = {total for total, _ in found}
    if len(totals) != 1:
        what = "no results of a run with --shard" if not totals else "results of different runs"
        raise RepositoryError(f"{folder} holds {what}")
    (total,) = totals
    missing = [number for number in range(1, total + 1) if (total, number) not in found]
    if missing:
        raise RepositoryError(f"{folder} lacks part {missing[0]} of {total}; did its job fail?")
    reports = [read_file(TestReport, path, names()) for _, path in sorted(found.items())]
    tests = sorted(
        (test for report in reports for test in report.tests), key=lambda test: (test.path, test.line, test.test)
    )
    return replace(reports[0], tests=tuple(tests), seconds=sum(report.seconds for report in reports))


def review(job: Job, checked: Validation, tests: TestReport | None, untested: str, out: Path) -> Reviewed:
    """Compare with the base, build the package, and gather everything.

    Raises:
        RepositoryError: git cannot give the base's files, or the output cannot be written.
    """
    from generator.analysis.environment import commands_of
    from generator.ci.appdiff import diff, side_of_pack, sides_of_change
    from generator.ci.review import NOT_PASSED, Review, finding_of, finding_of_test
    from generator.content import history
    from generator.render import read_inputs
    from generator.rules.run import check_app

    pack = checked.analyzed.pack
    job.progress.step("rendering")
    change = checked.change
    difference, before = None, None
    lines: Mapping[str, tuple[range, ...]] = {}
    sides = sides_of_change(job.repo, checked)
    if sides is not None and checked.base is not None:
        before, side = sides
        job.progress.step("comparing")
        difference = diff(before, side)
        lines = history.changed_lines(job.repo, checked.base)
    else:
        side = side_of_pack(pack, read_inputs(job.repo, pack), checked.attack, "this change")
    everything = reason_for_all(job, checked)
    # What is wrong with the app as a whole is the build's to say; here, what the change brings.
    app_findings = check_app(checked.analyzed, side.tree) if side.tree.app_id else ()
    own_app = _new_in_app(app_findings, before) if before is not None else app_findings
    shown = [*checked.diagnostics, *(checked.elsewhere if job.everything else ()), *own_app]
    changed = frozenset(each.path for each in change.changes) if change is not None else frozenset()
    # An untracked file has no lines in git's diff: all of it is new.
    lines = {**{path: (range(1, 1 << 31),) for path in _new_files(change) if path not in lines}, **lines}
    findings = [finding_of(each, changed, lines) for each in shown]
    if tests is not None:
        findings += [finding_of_test(test, changed) for test in tests.tests if test.outcome in NOT_PASSED]
    elsewhere = () if job.everything else checked.elsewhere
    package, no_package = _package(job, checked, side, out)
    made = Review(
        basis=job.basis,
        changed=tuple(sorted(changed)),
        touched=tuple(_thing(each) for each in change.touched) if change is not None else (),
        everything=everything,
        findings=tuple(findings),
        others=len(elsewhere),
        tests=tests,
        untested=untested,
        diff=difference,
        package=package,
        no_package=no_package,
    )
    all_findings = tuple(sorted((*checked.diagnostics, *checked.elsewhere), key=lambda each: each.sort_key()))
    return Reviewed(made, commands_of(pack.config), all_findings, checked.texts, len(checked.texts))


def _new_files(change: ChangeSet | None) -> list[str]:
    from generator.content.history import Status

    return [] if change is None else [each.path for each in change.changes if each.status is Status.ADDED]


def _new_in_app(found: tuple[Diagnostic, ...], before: Side) -> tuple[Diagnostic, ...]:
    """Return the findings about the rendered app that the base's app does not have."""
    from generator.analysis.model import AnalyzedPack
    from generator.rules.run import check_app

    if not found:
        return ()
    known = {
        (each.code, each.span.path, each.message) for each in check_app(AnalyzedPack(before.pack, {}), before.tree)
    }
    return tuple(each for each in found if (each.code, each.span.path, each.message) not in known)


def _thing(each: Touched) -> TouchedThing:
    from generator.ci.review import TouchedThing

    why = tuple(f"{_said(reason.kind)} {reason.name}" for reason in each.reasons if reason.kind != "itself")
    itself = any(reason.kind == "itself" for reason in each.reasons)
    return TouchedThing(each.path, each.kind.value, each.name, itself, each.tested, why)


def _said(kind: str) -> str:
    return "schedule" if kind == "deployment" else kind.replace("_", " ")


def _package(job: Job, checked: Validation, side: Side, out: Path) -> tuple[str, str]:
    """Write the package; return its name, or the reason that there is none."""
    from generator.build import write_package
    from generator.ci.appdiff import side_of_pack
    from generator.rules.run import check_app

    if not side.tree.app_id:
        return "", "the configuration has no app id"
    pack = checked.analyzed.pack
    errors = [each for each in (*checked.diagnostics, *checked.elsewhere) if each.severity is Severity.ERROR]
    if not errors:
        job.progress.step("packaging")
        if side.partial:
            side = side_of_pack(pack, side.inputs, checked.attack, side.name)
        errors = [each for each in check_app(checked.analyzed, side.tree) if each.severity is Severity.ERROR]
    if errors:
        first = f"{errors[0].code} in {errors[0].span.path}"
        return "", f"{len(errors):,} findings at error level, {first} is the first" if errors[1:] else f"error {first}"
    if side.skipped:
        return "", f"{next(iter(side.skipped))} cannot be rendered"
    try:
        result = write_package(job.repo, checked, side.tree, side.inputs, out / "app")
    except GeneratorError as error:
        return "", str(error)
    return result.archive.name, ""
