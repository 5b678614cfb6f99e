"""One line a finding: `path:line:col: severity CODE message`, as editors and CI logs link it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.report.visible import visible

if TYPE_CHECKING:
    from generator.base.diagnostics import Diagnostic
    from generator.report.findings import Report

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_COLORS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}


def render(report: Report) -> str:
    """Return a line for each finding, in the order given."""
    return "".join(f"{headline(diagnostic, color=report.color)}\n" for diagnostic in report.diagnostics)


def headline(diagnostic: Diagnostic, *, color: bool) -> str:
    """Return a finding's first line, without line end."""
    span, severity = diagnostic.span, diagnostic.severity
    place = f"{visible(span.path)}:{span.line}:{span.col}:"
    if place.lstrip().startswith("::"):
        place = f"./{place}"  # a line that begins with `::` is a command to GitHub's runner
    message = visible(diagnostic.message)
    if not color:
        return f"{place} {severity.label} {diagnostic.code} {message}"
    return (
        f"{_BOLD}{place}{_RESET} {_COLORS[severity]}{severity.label}{_RESET} {_BOLD}{diagnostic.code}{_RESET} {message}"
    )
