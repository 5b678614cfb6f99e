"""One defect in a clean pack gives the finding that is about it, and no other: nothing is a consequence only.

The cases are in `one_defect/*.yml`: a pack as in `rule_cases.write_pack`, and in `expect` the `code`, `path` and `line` of
every finding that the clean pack does not have; `message` is a part of it.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from rule_cases import load_cases, write_pack

from generator.rules.run import validate

if TYPE_CHECKING:
    from pathlib import Path

    from generator.base.diagnostics import Diagnostic

TODAY = datetime.date(2025, 6, 1)


def all_findings(folder: Path) -> tuple[Diagnostic, ...]:
    return validate(folder, today=TODAY, jobs=1).diagnostics


@pytest.mark.parametrize(("file", "case"), load_cases("one_defect/*.yml"))
def test_a_defect_is_found_once(file: str, case: dict[str, Any], tmp_path: Path) -> None:
    assert file
    write_pack(tmp_path / "clean", {"pack": case.get("pack", "native")})
    write_pack(tmp_path / "broken", case)
    clean = {(found.code, found.span.path, found.message) for found in all_findings(tmp_path / "clean")}
    new = [
        found
        for found in all_findings(tmp_path / "broken")
        if (found.code, found.span.path, found.message) not in clean
    ]
    shown = "\n".join(f"{found.code} {found.span.path}:{found.span.line} {found.message}" for found in new)
    assert [(found.code, found.span.path, found.span.line) for found in new] == [
        (wanted["code"], wanted["path"], wanted["line"]) for wanted in case["expect"]
    ], shown
    for found, wanted in zip(new, case["expect"], strict=True):
        assert wanted.get("message", "") in found.message
