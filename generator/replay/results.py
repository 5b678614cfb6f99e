"""What testing gives: one `TestResult` a test, with outcomes that never look alike, and a `TestReport` of them all."""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.backends.base import Row


class Outcome(StrEnum):
    """How a test ended. Only `PASS` is a success; `ERROR`, `UNSUPPORTED` and `SKIPPED` say that it was not judged."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    ERROR = "error"
    UNSUPPORTED = "unsupported"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that was not met: what was asked, and expected and got side by side (texts for people)."""

    what: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class StageCount:
    """A command of the search with the rows that went in and came out, and its seconds."""

    command: str
    text: str
    rows_in: int
    rows_out: int
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Survivor:
    """A broken variant of a search that no test of its detection notices.

    `path`, `line` and `col` are the place in the detection's file (1-based); `before` and `after` are the changed piece.
    """

    kind: str
    before: str
    after: str
    path: str
    line: int
    col: int
    accepted: str = ""
    """Why a reviewer accepted it; empty where nobody did."""
    differs: bool = False
    """Whether some test got another result, and just expects nothing of what differs."""


@dataclass(frozen=True, slots=True)
class MutationScore:
    """How many broken variants of a detection's search its tests noticed: `killed` of `total`."""

    killed: int
    total: int
    survivors: tuple[Survivor, ...] = ()

    @property
    def accepted(self) -> int:
        """How many survivors a reviewer accepted."""
        return sum(bool(survivor.accepted) for survivor in self.survivors)

    @property
    def explained(self) -> int:
        """How many were noticed or accepted."""
        return self.killed + self.accepted


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test of one detection.

    `reason` says in a sentence why it is not a pass. `rows` are the result's, `events` those that were searched.
    `search` is the text after expansion, `why` the explanation of an empty result, line by line. `sample` are the first
    result rows, `raw` the first events; both are cut to what a report shows.
    """

    __test__ = False  # it is not a test class of pytest

    detection: str
    detection_id: str
    path: str
    test: str
    outcome: Outcome
    reason: str = ""
    rows: int = 0
    events: int = 0
    seconds: float = field(default=0.0, compare=False)
    line: int = 1
    search: str = ""
    stages: tuple[StageCount, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    why: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    sample: tuple[Row, ...] = ()
    raw: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoiseFinding:
    """A detection that found rows in benign data, or could not be run over them.

    `outcome` is FAIL for a new finding and PASS for a known one; `reason` says why it was accepted, or what went wrong.
    """

    detection: str
    detection_id: str
    path: str
    outcome: Outcome
    reason: str = ""
    rows: int = 0
    sample: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class NoiseRun:
    """Detections over benign data: how many of either, what was found, and known findings that did not come (`stale`)."""

    detections: int
    events: int
    findings: tuple[NoiseFinding, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Nothing new was found, and every detection could be run."""
        return all(finding.outcome is Outcome.PASS for finding in self.findings)


@dataclass(frozen=True, slots=True)
class TestReport:
    """All tests of a run in the pack's order; `mutation` has a score by detection id where one was asked for.

    `minimum` is how many per cent of the mutants must be noticed or accepted (None: any number). `noise` is there when detections ran over benign data.
    """

    __test__ = False

    tests: tuple[TestResult, ...]
    backend: str = "embedded"
    title: str = ""
    seconds: float = field(default=0.0, compare=False)
    mutation: Mapping[str, MutationScore] = field(default_factory=dict)
    noise: NoiseRun | None = None
    minimum: float | None = None

    def counts(self) -> Counter[Outcome]:
        """How many tests had each outcome."""
        return Counter(test.outcome for test in self.tests)

    @property
    def explained(self) -> float:
        """How many per cent of the mutants were noticed or accepted; 100 where there are none."""
        total = sum(score.total for score in self.mutation.values())
        return 100 * sum(score.explained for score in self.mutation.values()) / total if total else 100.0

    @property
    def is_too_weak(self) -> bool:
        """Fewer mutants were noticed or accepted than are asked for."""
        return self.minimum is not None and self.explained < self.minimum

    @property
    def succeeded(self) -> bool:
        """No test failed, met an error, or could not be run, no noise is new, and enough mutants were noticed.

        Skipped tests are allowed, and told.
        """
        if self.is_too_weak:
            return False
        if self.noise is not None and not self.noise.succeeded:
            return False
        return not any(test.outcome in {Outcome.FAIL, Outcome.ERROR, Outcome.UNSUPPORTED} for test in self.tests)
