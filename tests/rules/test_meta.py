"""What holds for every rule: a code of its own, a page, a name that says what is found, cases of both sorts."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rule_cases import HOME, load_cases

from generator.base.diagnostics import Severity
from generator.content import load
from generator.content.model import PROBLEM_KINDS
from generator.rules.registry import load_rules, rule_page
from generator.rules.suppress import COMMENT_KINDS
from generator.spl.errors import SPL_ERROR_KINDS

if TYPE_CHECKING:
    from generator.rules.base import Rule

RULES = load_rules()
SECTIONS = ("## What it does", "## Why it matters", "## Example", "## Use instead")

# Codes of rules that are gone. They stay unused for good: a suppression comment must never change its meaning.
RETIRED: frozenset[str] = frozenset()


def test_no_code_or_name_stands_for_two_rules() -> None:
    codes = Counter(rule.code for rule in RULES)
    names = Counter(rule.name for rule in RULES)
    assert [code for code, count in codes.items() if count > 1] == []
    assert [name for name, count in names.items() if count > 1] == []


def test_retired_codes_stay_unused() -> None:
    assert {rule.code for rule in RULES} & RETIRED == frozenset()


def test_every_kind_of_problem_is_reported_by_one_rule() -> None:
    reported = Counter(kind for rule in RULES for kind in rule.problems)
    assert reported == Counter({*PROBLEM_KINDS, *COMMENT_KINDS})


def test_every_kind_of_spl_error_is_reported_by_one_rule() -> None:
    assert Counter(kind for rule in RULES for kind in rule.spl_errors) == Counter(SPL_ERROR_KINDS)


def test_every_kind_of_problem_is_explained_where_files_are_loaded() -> None:
    rows = [line.split("|")[1] for line in (load.__doc__ or "").splitlines() if line.startswith("| `")]
    explained = Counter(kind for row in rows for kind in re.findall(r"`([a-z-]+)`", row))
    assert explained == Counter(PROBLEM_KINDS)


def test_every_case_file_has_a_rule() -> None:
    assert {file.stem for file in HOME.glob("*.yml")} - {rule.code for rule in RULES} == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_file_is_named_by_code_and_name(rule: Rule) -> None:
    file = f"{rule.code.lower()}_{rule.name.replace('-', '_')}.py"
    home = Path(__file__).resolve().parents[2] / "generator" / "rules"
    assert re.fullmatch(r"[A-Z]{2,4}\d{3}", rule.code)
    assert (home / re.sub(r"\d", "", rule.code).lower() / file).is_file()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_name_says_what_is_found(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert not rule.name.startswith(("avoid-", "do-not-", "no-", "dont-"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_page_has_its_title_and_sections_in_order(rule: Rule) -> None:
    lines = rule_page(rule).splitlines()
    assert re.fullmatch(rf"{rule.code} {rule.name}: .+\.", lines[0])
    found = [line for line in lines if line.startswith("## ")]
    assert [line for line in found if line in SECTIONS] == list(SECTIONS)
    places = [lines.index(section) for section in SECTIONS] + [len(lines)]
    for start, end in pairwise(places):
        assert any(line.strip() for line in lines[start + 1 : end]), f"{lines[start]} says nothing"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_reports_from_somewhere_and_says_since_when(rule: Rule) -> None:
    checks = (rule.check_search, rule.check_object, rule.check_pack, rule.check_app)
    assert rule.problems or rule.spl_errors or any(check is not None for check in checks)
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?", rule.since)
    assert isinstance(rule.severity, Severity)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_has_a_case_that_passes_and_one_that_fails(rule: Rule) -> None:
    cases = [case.values[1] for case in load_cases(f"{rule.code}.yml")]
    if rule.check_app is not None and not cases:
        pytest.skip("rules of the rendered app have their cases beside the renderer")
    assert any(case["expect"] == [] for case in cases), "no case that passes"
    assert any(case["expect"] != [] for case in cases), "no case that fails"
    assert all(case.get("truth") for case in cases), "a case does not say where its truth comes from"


def _reads_flow(rule: Rule) -> bool:
    source = inspect.getsource(inspect.getmodule(rule.check_search))  # type: ignore[arg-type]
    return re.search(r"search\.(uses|final)\b", source) is not None


def test_rules_that_look_at_the_flow_of_fields_say_so() -> None:
    asking = [rule for rule in RULES if rule.check_search is not None]
    assert {rule.code for rule in asking if rule.reads_flow} == {rule.code for rule in asking if _reads_flow(rule)}
