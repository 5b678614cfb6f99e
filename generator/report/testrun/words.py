"""Words that all formats of a test run share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from generator.replay.results import Outcome

if TYPE_CHECKING:
    from generator.replay.results import NoiseRun, TestReport, TestResult

ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.UNSUPPORTED, Outcome.SKIPPED, Outcome.PASS)
"""The order in which outcomes are told: what needs work first."""

LABELS = {
    Outcome.FAIL: "FAIL",
    Outcome.ERROR: "ERROR",
    Outcome.UNSUPPORTED: "UNSUPPORTED",
    Outcome.SKIPPED: "skipped",
    Outcome.PASS: "pass",
}
_COUNTED = {
    Outcome.FAIL: "failed",
    Outcome.ERROR: "could not be run",
    Outcome.UNSUPPORTED: "unsupported",
    Outcome.SKIPPED: "skipped",
    Outcome.PASS: "passed",
}


def counted(count: int, thing: str) -> str:
    """Return a number with its thing: `1 row`, `2 rows`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def title(test: TestResult) -> str:
    """Return what a test is called: its detection's name and its own."""
    return f"{test.detection}: {test.test}" if test.test else test.detection


def of_outcome(report: TestReport, outcome: Outcome) -> list[TestResult]:
    """Return the tests with an outcome."""
    return [test for test in report.tests if test.outcome is outcome]


def summary_line(report: TestReport) -> str:
    """Return the counts in a line: `9 passed`, `1 failed, 8 passed, 2 skipped`."""
    counts = report.counts()
    parts = [f"{counts[outcome]:,} {_COUNTED[outcome]}" for outcome in ORDER if counts[outcome]]
    if report.noise is not None:
        parts.append(noise_line(report.noise))
    return ", ".join(parts) or "no tests"


NOISE_LABELS = {
    Outcome.FAIL: "NOISE",
    Outcome.ERROR: "ERROR",
    Outcome.UNSUPPORTED: "UNSUPPORTED",
    Outcome.PASS: "known noise",
}


def noise_line(noise: NoiseRun) -> str:
    """Return the counts of a noise run: `40 detections over 12,000 events: 1 noisy, 2 known`."""
    counts = Counter(finding.outcome for finding in noise.findings)
    words = ((Outcome.FAIL, "noisy"), (Outcome.ERROR, "could not be run"), (Outcome.UNSUPPORTED, "unsupported"))
    parts = [f"{counts[outcome]:,} {word}" for outcome, word in (*words, (Outcome.PASS, "known")) if counts[outcome]]
    over = f"{counted(noise.detections, 'detection')} over {counted(noise.events, 'benign event')}"
    return f"{over}: {', '.join(parts) or 'silent'}"


def details(test: TestResult) -> list[str]:
    """Return what is to be known of a test that did not pass, line by line: expectations, explanation, messages."""
    lines = []
    for mismatch in test.mismatches:
        lines += [mismatch.what, f"  expected  {mismatch.expected}", f"  got       {mismatch.got}"]
    lines += test.why
    lines += test.messages
    return lines
