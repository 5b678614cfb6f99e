"""A test run as Markdown, for a job's summary or a comment in a pull request: a line of counts, a table of what did not pass.

Every text of the pack is escaped for its place: it can open no link, image, mention, table cell or HTML. Passing tests are folded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.replay.results import Outcome
from generator.report.testrun.scores import change, line, scored, unseen
from generator.report.testrun.words import LABELS, NOISE_LABELS, ORDER, counted, of_outcome, summary_line
from generator.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.replay.results import TestReport, TestResult

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|~<>&@$-])")
_TEXT = 600
_ROWS = 200


def render(report: TestReport) -> str:
    """Return the report."""
    sign = "✅" if report.succeeded else "❌"
    lines = [f"### {sign} contentpack test: {summary_line(report)}", ""]
    lines += _table([test for outcome in ORDER[:3] for test in of_outcome(report, outcome)])
    for outcome, name in ((Outcome.SKIPPED, "Skipped"), (Outcome.PASS, "Passed")):
        tests = of_outcome(report, outcome)
        if tests:
            lines += [f"<details><summary>{name}: {len(tests):,}</summary>", ""]
            lines += _table(tests) if outcome is Outcome.SKIPPED else _list(tests)
            lines += ["</details>", ""]
    if report.noise is not None and report.noise.findings:
        lines += ["| noise | detection | rows | why |", "|---|---|---|---|"]
        lines += [
            f"| {NOISE_LABELS[one.outcome]} | {escaped(one.detection)} | {one.rows:,} | {escaped(one.reason)} |"
            for one in report.noise.findings[:_ROWS]
        ]
        lines.append("")
    if report.mutation:
        lines += _mutation(report)
    return "\n".join(lines)


def _mutation(report: TestReport) -> Iterator[str]:
    yield f"**Mutation score {line(list(report.mutation.values()))}**"
    yield ""
    missed = [(one, survivor) for one in scored(report) for survivor in unseen(one.score)]
    if not missed:
        return
    yield "| detection | place | what no test would see | |"
    yield "|---|---|---|---|"
    for one, survivor in missed[:_ROWS]:
        place = f"{survivor.line}:{survivor.col}"
        yield f"| {escaped(one.name)} | {place} | {escaped(change(survivor))} | {escaped(survivor.kind)} |"
    if len(missed) > _ROWS:
        yield f"| {len(missed) - _ROWS:,} more | | | |"
    yield ""


def _table(tests: list[TestResult]) -> Iterator[str]:
    if not tests:
        return
    yield "| outcome | detection | test | why |"
    yield "|---|---|---|---|"
    for test in tests[:_ROWS]:
        why = "<br>".join(escaped(line) for line in (test.reason, *test.why[:4]) if line)
        yield f"| {LABELS[test.outcome]} | {escaped(test.detection)} | {escaped(test.test)} | {why} |"
    if len(tests) > _ROWS:
        yield f"| | {len(tests) - _ROWS:,} more | | |"
    yield ""


def _list(tests: list[TestResult]) -> Iterator[str]:
    for test in tests[:_ROWS]:
        yield f"- {escaped(test.detection)}: {escaped(test.test)} ({counted(test.rows, 'row')})"
    if len(tests) > _ROWS:
        yield f"- {len(tests) - _ROWS:,} more"
    yield ""


def escaped(text: str) -> str:
    """Return a text that is only itself wherever Markdown stands, cut to what a table takes."""
    line = visible(text)
    line = line if len(line) <= _TEXT else f"{line[: _TEXT - 1]}…"
    return _MARKS.sub(lambda mark: f"&#{ord(mark[1])};", line)
