"""SARIF that code scanning takes: the standard's rules (`sarif_subset.yml`, and a library's model), GitHub's limits."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from generator.base.diagnostics import Diagnostic, Edit, Fix, Severity
from generator.base.source import Span
from generator.ci import scanning
from generator.report.findings import Report

if TYPE_CHECKING:
    from conftest import Actions

SUBSET = yaml.safe_load((Path(__file__).parent / "sarif_subset.yml").read_text("utf-8"))


def check(text: str) -> dict[str, Any]:
    """Check a log against the standard and the limits; return its run."""
    data = json.loads(text)
    jsonschema.Draft202012Validator(SUBSET).validate(data)
    assert len(gzip.compress(text.encode())) <= 10_000_000
    (run,) = data["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    return run  # type: ignore[no-any-return]  # JSON


@pytest.mark.parametrize("branch", ["typo", "flood", "hostile", "version", "idle"])
def test_pull_requests_give_sarif_that_is_accepted(branch: str, actions: Actions) -> None:
    check(actions.run(branch).read("results.sarif"))


def test_another_reader_takes_it(actions: Actions) -> None:
    model = pytest.importorskip("sarif_pydantic", reason="the dev extra has it")
    log = model.Sarif.model_validate_json(actions.run("hostile").read("results.sarif"))
    assert log.version == "2.1.0"


def many(count: int, message: str = "wrong", fix: Fix | None = None) -> str:
    found = tuple(
        Diagnostic("SPL003", "unknown-command", Severity.ERROR if n % 7 == 0 else Severity.INFO, f"{message} {n}", Span("a.yml", n + 1), fix=fix)
        for n in range(count)
    )  # fmt: skip
    return scanning.render(Report(diagnostics=found))


def test_of_too_many_results_the_errors_stay() -> None:
    run = check(many(30_000))
    assert len(run["results"]) == 5_000
    assert sum(result["level"] == "error" for result in run["results"]) == 30_000 // 7 + 1


def test_a_log_that_would_be_too_large_is_cut() -> None:
    # Hex digests do not compress below half their size.
    noise = ["".join(hashlib.sha512(f"{n} {part}".encode()).hexdigest() for part in range(60)) for n in range(3_000)]
    found = tuple(Diagnostic("SPL003", "x", Severity.ERROR, text, Span("a.yml", n + 1)) for n, text in enumerate(noise))
    run = check(scanning.render(Report(diagnostics=found)))
    assert 0 < len(run["results"]) < 3_000


def test_long_texts_and_large_fixes_are_left_out() -> None:
    run = check(many(3, "x" * 100_000, Fix("all anew", (Edit("a.yml", 0, 1, "y" * 100_000),))))
    assert len(run["results"][0]["message"]["text"]) <= scanning.MAX_TEXT
    assert "fixes" not in run["results"][0]
