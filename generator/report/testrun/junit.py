"""A test run as JUnit XML, for CI systems: a suite a detection, a case a test.

A failed test is a `failure`, one that could not be run an `error` (its type says `error` or `unsupported`), one that was not run
is `skipped`: no reader takes the last three for a pass.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from generator.replay.results import Outcome, TestResult
from generator.report.testrun.words import details
from generator.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.replay.results import TestReport


def render(report: TestReport) -> str:
    """Return the XML document."""
    tests = (*report.tests, *_noise(report))
    suites = [_suite(path, list(found)) for path, found in groupby(tests, lambda test: test.path)]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="contentpack test" {_counts(tests)} time="{report.seconds:.3f}">\n'
        f"{''.join(suites)}</testsuites>\n"
    )


def _noise(report: TestReport) -> list[TestResult]:
    """Return what a noise run found as tests: known noise passes."""
    if report.noise is None:
        return []
    return [
        TestResult(
            finding.detection,
            finding.detection_id,
            finding.path,
            "noise",
            finding.outcome,
            finding.reason,
            rows=finding.rows,
        )
        for finding in report.noise.findings
    ]


def _suite(path: str, tests: list[TestResult]) -> str:
    seconds = sum(test.seconds for test in tests)
    cases = "".join(_case(test) for test in tests)
    return (
        f'  <testsuite name={_attribute(tests[0].detection)} file={_attribute(path)} {_counts(tests)} time="{seconds:.3f}">\n'
        f"{cases}  </testsuite>\n"
    )


def _counts(tests: Sequence[TestResult]) -> str:
    failed = sum(test.outcome is Outcome.FAIL for test in tests)
    errors = sum(test.outcome in {Outcome.ERROR, Outcome.UNSUPPORTED} for test in tests)
    skipped = sum(test.outcome is Outcome.SKIPPED for test in tests)
    return f'tests="{len(tests)}" failures="{failed}" errors="{errors}" skipped="{skipped}"'


def _case(test: TestResult) -> str:
    name = test.test or "(no test)"
    head = (
        f"    <testcase name={_attribute(name)} classname={_attribute(test.detection)} "
        f'file={_attribute(test.path)} line="{test.line}" time="{test.seconds:.3f}"'
    )
    if test.outcome is Outcome.PASS:
        return f"{head}/>\n"
    if test.outcome is Outcome.SKIPPED:
        body = f"<skipped message={_attribute(test.reason)}/>"
    else:
        tag = "failure" if test.outcome is Outcome.FAIL else "error"
        text = escape("\n".join(visible(line) for line in (f"{test.path}:{test.line}", *details(test))))
        body = f"<{tag} type={_attribute(test.outcome.value)} message={_attribute(test.reason)}>{text}</{tag}>"
    return f"{head}>\n      {body}\n    </testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
