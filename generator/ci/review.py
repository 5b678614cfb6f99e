"""Everything that a pull request's reviewer is told, as one value: what changed, findings, tests, what changes in Splunk.

`Finding`s carry where they stand to the change, so that what is on a changed line comes first wherever room is short.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from generator.base.diagnostics import Diagnostic, Severity
from generator.base.frozen import dataclass
from generator.base.source import Span
from generator.ci.basis import Basis
from generator.ci.diffmodel import AppDiff
from generator.replay.results import Mismatch, MutationScore, Outcome, StageCount, Survivor, TestReport, TestResult

NOT_PASSED = (Outcome.FAIL, Outcome.ERROR, Outcome.UNSUPPORTED)


class Nearness(IntEnum):
    """Where a finding stands to a change."""

    LINE = 0
    FILE = 1
    ELSEWHERE = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as a report shows it. `code` is empty for a test; `help` is what to do, empty where there is nothing."""

    severity: Severity
    code: str
    name: str
    message: str
    span: Span
    nearness: Nearness
    help: str = ""
    object: str = ""

    def sort_key(self) -> tuple[int, int, str, int, int, str]:
        """Order by severity, then nearness, then place: who reads the first few reads the right ones."""
        return (-self.severity, self.nearness, self.span.path, self.span.line, self.span.col, self.code)


@dataclass(frozen=True, slots=True)
class TouchedThing:
    """An object that a change touches: `why` are sentences, `itself` says that its own file changed."""

    path: str
    kind: str
    name: str
    itself: bool
    tested: bool
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """What there is to say about a change.

    `everything` says why all of the pack is looked at, empty where it is not. `others` counts the findings that the change
    has nothing to do with. `untested` says why no tests ran. `package` is the file's name, `no_package` why there is none.
    """

    basis: Basis
    changed: tuple[str, ...] = ()
    touched: tuple[TouchedThing, ...] = ()
    everything: str = ""
    findings: tuple[Finding, ...] = ()
    others: int = 0
    tests: TestReport | None = None
    untested: str = ""
    diff: AppDiff | None = None
    package: str = ""
    no_package: str = ""

    @property
    def failed(self) -> bool:
        """Whether a finding of the change is an error, or a test did not pass that ran."""
        return any(each.severity is Severity.ERROR for each in self.findings) or not (
            self.tests is None or self.tests.succeeded
        )

    def count(self, severity: Severity) -> int:
        """Return how many findings have a severity; tests that did not pass are not counted."""
        return sum(each.severity is severity and bool(each.code) for each in self.findings)


def nearness(span: Span, changed: frozenset[str], lines: Mapping[str, tuple[range, ...]]) -> Nearness:
    """Return where a place stands to a change: on its lines, in a changed file, or elsewhere."""
    for each in lines.get(span.path, ()):
        if span.line < each.stop and max(span.end_line, span.line) >= each.start:
            return Nearness.LINE
    return Nearness.FILE if span.path in changed else Nearness.ELSEWHERE


def finding_of(diagnostic: Diagnostic, changed: frozenset[str], lines: Mapping[str, tuple[range, ...]]) -> Finding:
    """Return a finding of the checks with its nearness."""
    return Finding(
        diagnostic.severity,
        diagnostic.code,
        diagnostic.name,
        diagnostic.message,
        diagnostic.span,
        nearness(diagnostic.span, changed, lines),
        diagnostic.hint or "",
        diagnostic.object or "",
    )


def finding_of_test(test: TestResult, changed: frozenset[str]) -> Finding:
    """Return a test that did not pass as a finding at its place; as near as its detection's file."""
    span = Span(test.path, test.line, 1, test.line, 1)
    unmet = [f"{mismatch.what}: expected {mismatch.expected}, got {mismatch.got}" for mismatch in test.mismatches]
    lines = [test.reason, *unmet, *test.why]
    return Finding(
        Severity.ERROR,
        "",
        f"test {test.outcome.value}",
        "\n".join(line for line in lines if line) or "the test did not pass",
        span,
        Nearness.FILE if test.path in changed else Nearness.ELSEWHERE,
        "",
        f"{test.detection}: {test.test}" if test.test else test.detection,
    )


def names() -> dict[str, object]:
    """Return the types that the fields of a review and of test results name, for `generator.ci.exchange.read`."""
    kinds = (AppDiff, Basis, Finding, Mismatch, MutationScore, Nearness, Outcome, Severity, Span, StageCount, Survivor)
    return {kind.__name__: kind for kind in (*kinds, TestReport, TestResult, TouchedThing)}
