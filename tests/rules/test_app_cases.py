"""Each rule about the rendered app answers to the cases of its file, `tests/rules/app/<CODE>.yml`.

A case has a `name` and a `truth`, a pack as in `rule_cases.write_pack`, which is rendered, and `app`: files of the app by
path that are put in place of the rendered ones (null leaves one out, `!!binary` is bytes); `sizes` gives files of so many
zero bytes. `expect` gives all findings of
the rule: `path`, `line`, `message`, `severity`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rule_cases import load_cases, write_pack

from generator.knowledge.attack import builtin_attack
from generator.render import read_inputs, render_app
from generator.rules.registry import load_rules
from generator.rules.run import check_app, validate

if TYPE_CHECKING:
    from pathlib import Path

    from generator.base.diagnostics import Diagnostic

APP_RULES = [rule.code for rule in load_rules() if rule.check_app is not None]


def findings(folder: Path, case: dict[str, Any], code: str) -> list[Diagnostic]:
    analyzed = validate(folder, select=(code,), jobs=1).analyzed
    tree = render_app(analyzed.pack, read_inputs(folder, analyzed.pack), attack=builtin_attack())
    files = dict(tree.files)
    for path, content in case.get("app", {}).items():
        if content is None:
            del files[path]
        else:
            files[path] = content if isinstance(content, bytes) else content.encode()
    files |= {path: bytes(size) for path, size in case.get("sizes", {}).items()}
    return [found for found in check_app(analyzed, replace(tree, files=files)) if found.code == code]


@pytest.mark.parametrize(("code", "case"), load_cases("app/*.yml"))
def test_findings_about_the_app_are_those_of_the_case(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    write_pack(tmp_path, case)
    found = findings(tmp_path, case, code)
    shown = [f"{d.span.path}:{d.span.line} {d.severity.label} {d.message}" for d in found]
    assert len(found) == len(case["expect"]), shown
    for diagnostic, wanted in zip(found, case["expect"], strict=True):
        actual = {
            "path": diagnostic.span.path,
            "line": diagnostic.span.line,
            "severity": diagnostic.severity.label,
        }
        assert {key: actual[key] for key in wanted if key in actual} == {
            key: value for key, value in wanted.items() if key in actual
        }, shown
        assert str(wanted.get("message", "")) in diagnostic.message


@pytest.mark.parametrize("code", APP_RULES)
def test_rule_about_the_app_has_a_case_that_passes_and_one_that_fails(code: str) -> None:
    cases = [case.values[1] for case in load_cases(f"app/{code}.yml")]
    assert any(case["expect"] == [] for case in cases), "no case that passes"
    assert any(case["expect"] != [] for case in cases), "no case that fails"
    assert all(case.get("truth") for case in cases), "a case does not say where its truth comes from"


def test_the_app_of_a_clean_pack_has_no_findings(tmp_path: Path) -> None:
    for pack in ("native", "v5", "v4"):
        folder = tmp_path / pack
        write_pack(folder, {"pack": pack})
        analyzed = validate(folder, jobs=1).analyzed
        tree = render_app(analyzed.pack, read_inputs(folder, analyzed.pack), attack=builtin_attack())
        assert check_app(analyzed, tree) == ()
