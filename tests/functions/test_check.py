"""Runs the cases of `calls.yml` and checks the table of functions itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.base.source import SourceFile
from generator.commands import load_commands
from generator.functions import EVAL, STATS, THEMES, aggregate, aggregation, eval_function
from generator.functions.check import check_calls
from generator.spl.parser import parse

CASES = yaml.safe_load((Path(__file__).parent / "calls.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_calls_are_judged(case: dict[str, Any]) -> None:
    result = parse(case["text"], load_commands())
    assert not result.errors
    source = SourceFile("", case["text"])
    errors = check_calls(result.tree)
    places = [source.line_col(error.start) for error in errors]
    found = [f"{line}:{col} {error.kind} {error.message}" for (line, col), error in zip(places, errors, strict=True)]
    assert found == case["errors"]
    if "help" in case:
        assert [error.hint for error in errors] == case["help"]


def test_each_name_is_defined_once() -> None:
    signatures = [signature for theme in THEMES for signature in theme.SIGNATURES]
    names = [name for signature in signatures for name in (signature.name, *signature.aliases)]
    assert len(names) == len(set(names)) == len(EVAL)
    aggregations = [name for signature in aggregate.SIGNATURES for name in (signature.name, *signature.aliases)]
    assert len(aggregations) == len(set(aggregations)) == len(STATS)


def test_signatures_are_consistent() -> None:
    for signature in (*EVAL.values(), *STATS.values()):
        assert signature.max_args is None or signature.min_args <= signature.max_args
        assert signature.args or signature.max_args == 0
        assert signature.summary


def test_names_are_found_in_any_case() -> None:
    assert eval_function("CASE") is eval_function("case")
    assert aggregation("Dc") is aggregation("distinct_count")
    assert aggregation("P99") is aggregation("perc5")
    assert aggregation("perc") is None
