"""The contract for programs (DESIGN section 4): findings as `{"version": 1, "diagnostics": […], "summary": {…}}`.

Lines and columns are 1-based and count characters; the end is exclusive. `path` is relative to the pack's root.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.report.visible import encodable, json_text

if TYPE_CHECKING:
    from generator.base.diagnostics import Diagnostic
    from generator.report.findings import Report


def render(report: Report) -> str:
    """Return the JSON document."""
    summary = report.summary
    return json_text(
        {
            "version": 1,
            "diagnostics": [_finding(diagnostic) for diagnostic in report.diagnostics],
            "summary": {
                "error": summary.errors,
                "warning": summary.warnings,
                "info": summary.infos,
                "total": summary.total,
                "files": summary.files,
                "files_with_findings": summary.files_with_findings,
            },
        }
    )


def _finding(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.label,
        "message": encodable(diagnostic.message),
        "hint": None if diagnostic.hint is None else encodable(diagnostic.hint),
        "path": encodable(span.path),
        "line": span.line,
        "col": span.col,
        "end_line": span.end_line,
        "end_col": span.end_col,
        "object": None if diagnostic.object is None else encodable(diagnostic.object),
    }
