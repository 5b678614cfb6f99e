"""Each format renders the findings of findings.yml to its golden file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.base.diagnostics import Diagnostic, Edit, Fix, Note, Severity
from generator.base.source import SourceFile, Span
from generator.report import FORMATS, render
from generator.report.findings import Report

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "findings.yml").read_text("utf-8"))


def report(*, color: bool = False, width: int = 120) -> Report:
    return Report(
        diagnostics=tuple(_diagnostic(case) for case in CASES["diagnostics"]),
        files=2,
        text_of=CASES["files"].get,
        page_of={"SPL003": "SPL003 unknown-command: the search uses an unknown command.\n\n## What it does\n…\n"}.get,
        prefix="packs/my pack/",
        width=width,
        color=color,
    )


def _diagnostic(case: dict) -> Diagnostic:
    path, text = case["path"], CASES["files"].get(case["path"])
    span, fix = Span(path), None
    if "at" in case:
        start = text.index(case["at"])
        end = start + case.get("take", len(case["at"]))
        span = SourceFile(path, text).span(start, end)
        if "fix" in case:
            fix = Fix(case["fix"]["description"], (Edit(path, start, end, case["fix"]["text"]),))
    return Diagnostic(
        code=case["code"],
        name=case["name"],
        severity=Severity[case["severity"].upper()],
        message=case["message"],
        span=span,
        hint=case.get("hint"),
        object=case.get("object"),
        notes=tuple(
            Note(note["message"], Span(note["path"], note["line"], note["col"], note["line"], note["col"]))
            for note in case.get("notes", ())
        ),
        fix=fix,
    )


@pytest.mark.parametrize("format_name", FORMATS)
def test_format_matches_its_golden_file(format_name: str, *, update: bool) -> None:
    golden = HERE / "expected" / f"report.{format_name}"
    rendered = render(format_name, report())
    if update:
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(rendered.encode("utf-8"))
    assert rendered.encode("utf-8") == golden.read_bytes()


def test_unknown_format_is_refused() -> None:
    with pytest.raises(KeyError):
        render("findings", report())


def test_summary_counts_by_severity_and_file() -> None:
    assert report().summary.line() == "3 errors, 2 warnings and 1 info in 3 of 3 files"
    assert report().summary.line(1.234) == "3 errors, 2 warnings and 1 info in 3 of 3 files (1.2 s)"
    assert Report(diagnostics=(), files=1374).summary.line() == "no findings in 1,374 files"
    assert Report(diagnostics=()).summary.line() == "no findings"
    assert Report(diagnostics=report().diagnostics[:1]).summary.line() == "1 error in 1 file"
    assert Report(diagnostics=report().diagnostics[:1], files=1).summary.line() == "1 error in 1 of 1 file"


def test_colour_changes_nothing_but_escape_sequences() -> None:
    import re

    for format_name in ("full", "concise"):
        colored = render(format_name, report(color=True))
        assert "\x1b[" in colored
        assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(format_name, report())
