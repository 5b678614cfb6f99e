"""A test run as GitHub Actions workflow commands: an annotation at each test that failed or could not be run.

Skipped tests are one notice together, since a step shows ten annotations of a kind. What `generator.report.github` says about
escaping holds here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.replay.results import Outcome
from generator.report.testrun.words import LABELS, NOISE_LABELS, counted, details, of_outcome, summary_line, title
from generator.report.visible import visible

if TYPE_CHECKING:
    from generator.replay.results import NoiseFinding, TestReport, TestResult


def render(report: TestReport, prefix: str = "") -> str:
    """Return one command a line; `prefix` leads from the top of the checkout to the pack."""
    lines = [
        _command(test, prefix)
        for outcome in (Outcome.FAIL, Outcome.ERROR, Outcome.UNSUPPORTED)
        for test in of_outcome(report, outcome)
    ]
    if report.noise is not None:
        lines += [_noise(one, prefix) for one in report.noise.findings if one.outcome is not Outcome.PASS]
    skipped = report.counts()[Outcome.SKIPPED]
    if skipped:
        lines.append(f"::notice title=contentpack test::{_data(summary_line(report))}")
    return "".join(f"{line}\n" for line in lines)


def _command(test: TestResult, prefix: str) -> str:
    where = f"file={_property(prefix + test.path)},line={test.line}"
    heading = _property(f"{LABELS[test.outcome]} {title(test)}")
    text = [test.reason, *details(test)] if not test.mismatches else details(test)
    return f"::error {where},title={heading}::{'%0A'.join(_data(line) for line in text)}"


def _noise(finding: NoiseFinding, prefix: str) -> str:
    where = f"file={_property(prefix + finding.path)},line=1"
    heading = _property(f"{NOISE_LABELS[finding.outcome]} {finding.detection}")
    rows = f"{counted(finding.rows, 'row')}: " if finding.rows else ""
    return f"::error {where},title={heading}::{_data(rows + finding.reason)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
