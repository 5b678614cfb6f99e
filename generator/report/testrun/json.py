"""A test run as JSON: the shape of DESIGN section 4, with what a test's reader may want besides in keys of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from generator.replay.results import Outcome
from generator.report.testrun.scores import as_data

if TYPE_CHECKING:
    from generator.replay.results import NoiseRun, TestReport, TestResult


def render(report: TestReport) -> str:
    """Return the report as one JSON document."""
    document: dict[str, Any] = {
        "version": 1,
        "tests": [_test(test) for test in report.tests],
        "summary": summary(report),
    }
    if report.noise is not None:
        document["noise"] = _noise(report.noise)
    if report.mutation:
        document["mutation"] = as_data(report.mutation)
        document["summary"]["mutation"] = {
            name: sum(getattr(score, name) for score in report.mutation.values())
            for name in ("killed", "accepted", "total")
        }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _noise(noise: NoiseRun) -> dict[str, Any]:
    return {
        "detections": noise.detections,
        "events": noise.events,
        "findings": [
            {
                "detection": finding.detection,
                "detection_id": finding.detection_id,
                "outcome": "known" if finding.outcome is Outcome.PASS else finding.outcome.value,
                "reason": finding.reason,
                "rows": finding.rows,
                "sample": list(finding.sample),
            }
            for finding in noise.findings
        ],
        "stale": list(noise.stale),
    }


def _test(test: TestResult) -> dict[str, Any]:
    return {
        "detection": test.detection,
        "detection_id": test.detection_id,
        "test": test.test,
        "outcome": test.outcome.value,
        "reason": test.reason,
        "rows": test.rows,
        "events": test.events,
        "duration_s": round(test.seconds, 6),
    }


def summary(report: TestReport) -> dict[str, Any]:
    """Return how many tests had which outcome, whether the run succeeded, and its seconds."""
    counts = report.counts()
    return {
        "total": len(report.tests),
        **{outcome.value: counts[outcome] for outcome in Outcome},
        "succeeded": report.succeeded,
        "backend": report.backend,
        "duration_s": round(report.seconds, 3),
    }
