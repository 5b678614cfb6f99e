"""Runs the worked cases of the reference folder, where it is beside the checkout."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from generator import Engine
from generator.base.diagnostics import UnsupportedSpl

if TYPE_CHECKING:
    from pathlib import Path

LEAST = 120
"""Cases that must pass; raise it as commands and functions join."""


@pytest.mark.corpus
def test_sample_cases_pass_or_are_named_as_unsupported(reference: Path, tmp_path: Path) -> None:
    passed, wrong = 0, []
    for number, line in enumerate((reference / "spl_cases_sample.jsonl").read_text(encoding="utf-8").splitlines()):
        case = json.loads(line)
        engine = Engine(apps=[_app(case, tmp_path / f"app{number}")])
        try:
            given = None if case["spl"].lstrip().startswith("|") and not case["events"] else case["events"]
            result = engine.search(case["spl"], input=given)
        except UnsupportedSpl:
            continue
        if _same(case["expected"], result.fields, result.rows):
            passed += 1
        else:
            wrong.append((case["id"], result.rows))
    assert wrong == []
    assert passed >= LEAST


def _app(case: dict[str, Any], folder: Path) -> Path:
    (folder / "default").mkdir(parents=True)
    (folder / "lookups").mkdir()
    macros, transforms = [], []
    for name, macro in (case.get("macros") or {}).items():
        settings = {"definition": macro} if isinstance(macro, str) else macro
        macros.append(f"[{name}]")
        for key, value in settings.items():
            text = ", ".join(value) if isinstance(value, list) else str(value)
            macros.append(f"{key} = " + text.replace("\n", "\\\n"))
    for name, table in (case.get("lookups") or {}).items():
        stem = name.removesuffix(".csv")
        settings = {"csv": table} if isinstance(table, str) else table
        (folder / "lookups" / f"{stem}.csv").write_text(settings["csv"], encoding="utf-8")
        transforms += [f"[{stem}]", f"filename = {stem}.csv"]
        transforms += [f"{key} = {value}" for key, value in settings.items() if key != "csv"]
    (folder / "default" / "macros.conf").write_text("\n".join(macros) + "\n", encoding="utf-8")
    (folder / "default" / "transforms.conf").write_text("\n".join(transforms) + "\n", encoding="utf-8")
    return folder


def _same(expected: dict[str, Any], fields: list[str], rows: list[dict[str, Any]]) -> bool:
    wanted = expected["rows"]
    if len(rows) != len(wanted) or (expected.get("fields") and fields != expected["fields"]):
        return False
    if expected.get("ordered", True):
        return all(_same_row(row, want, expected) for row, want in zip(rows, wanted, strict=True))
    left = list(rows)
    for want in wanted:
        found = next((row for row in left if _same_row(row, want, expected)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _same_row(row: dict[str, Any], want: dict[str, Any], expected: dict[str, Any]) -> bool:
    return set(row) == set(want) and all(_same_cell(row[name], want[name], expected) for name in want)


def _same_cell(found: Any, want: Any, expected: dict[str, Any]) -> bool:
    if isinstance(want, list) and len(want) > 1:
        return (
            isinstance(found, list)
            and len(found) == len(want)
            and all(_same_cell(one, other, expected) for one, other in zip(found, want, strict=True))
        )
    want = want[0] if isinstance(want, list) else want
    if found == want:
        return True
    how = expected.get("compare")
    if how == "text" or isinstance(found, list):
        return False
    if how == "json":
        return bool(json.loads(found) == json.loads(want))
    if how == "nospace":
        return "".join(found.split()) == "".join(want.split())
    try:
        return math.isclose(
            float(found), float(want), rel_tol=0, abs_tol=(expected.get("tol") or 1e-9) * max(1, abs(float(want)))
        )
    except ValueError:
        return False
