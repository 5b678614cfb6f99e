"""Each rule answers to the cases of its file, `tests/rules/<CODE>.yml`.

A case has a `name` and a `truth` (where its expectation comes from), a pack (see `rule_cases.write_pack`) and `expect`, the
findings of this rule and no other, in the order of file and place. Each gives what it is about: `line`, `col`, `path`,
`message` and `hint` (parts of them), `severity`. `fix` gives files as they are after the safe fixes, whole or as
changes to the base pack's file. `before` is the pack at the revision that is compared with (`rule_cases.commit_before`).
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from rule_cases import PACKS, commit_before, load_cases, write_pack

from generator.rules.run import validate

if TYPE_CHECKING:
    from pathlib import Path

    from generator.base.diagnostics import Diagnostic

TODAY = datetime.date(2025, 6, 1)


def findings(folder: Path, code: str, since: str | None = None) -> list[Diagnostic]:
    return list(validate(folder, select=(code,), changed_since=since, today=TODAY, jobs=1).diagnostics)


def shown(found: list[Diagnostic]) -> str:
    return "\n".join(
        f"{d.span.path}:{d.span.line}:{d.span.col} {d.severity.label} {d.message} | {d.hint}" for d in found
    )


@pytest.mark.parametrize(("code", "case"), load_cases())
def test_findings_are_those_of_the_case(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    since = commit_before(tmp_path, case)
    write_pack(tmp_path, case)
    found = findings(tmp_path, code, since)
    expected = case["expect"]
    assert len(found) == len(expected), shown(found)
    for diagnostic, wanted in zip(found, expected, strict=True):
        assert diagnostic.code == code
        actual = {
            "path": diagnostic.span.path,
            "line": diagnostic.span.line,
            "col": diagnostic.span.col,
            "severity": diagnostic.severity.label,
        }
        assert {key: actual[key] for key in wanted if key in actual} == {
            key: value for key, value in wanted.items() if key in actual
        }, shown(found)
        assert str(wanted.get("message", "")) in diagnostic.message
        assert str(wanted.get("hint", "")) in (diagnostic.hint or "")


@pytest.mark.parametrize(("code", "case"), [case for case in load_cases() if case.values[1].get("fix")])
def test_safe_fixes_give_the_text_of_the_case(code: str, case: dict[str, Any], tmp_path: Path) -> None:
    since = commit_before(tmp_path, case)
    write_pack(tmp_path, case)
    fixes = [diagnostic.fix for diagnostic in findings(tmp_path, code, since)]
    edits = [edit for fix in fixes if fix is not None and fix.safe for edit in fix.edits]
    for path, wanted in case["fix"].items():
        text = (tmp_path / path).read_text(encoding="utf-8")
        for edit in sorted((edit for edit in edits if edit.path == path), key=lambda edit: -edit.start):
            text = text[: edit.start] + edit.text + text[edit.end :]
        assert text == expected_text(case, path, wanted)


def expected_text(case: dict[str, Any], path: str, wanted: str | dict[str, str]) -> str:
    if isinstance(wanted, str):
        return wanted
    text = (PACKS / case.get("pack", "native") / path).read_text(encoding="utf-8")
    for old, new in wanted.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text
