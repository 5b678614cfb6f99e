"""Findings become GitHub Actions workflow commands: annotations on the lines of a pull request.

GitHub shows ten of each severity a step, so errors come first. It rejects columns on an annotation that spans lines.
A value can end neither its property nor its line: `%`, CR, LF and, in properties, `:` and `,` are percent-encoded (the
encoding of `@actions/core`), other control characters are written out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.report.findings import errors_first
from generator.report.visible import visible

if TYPE_CHECKING:
    from generator.base.diagnostics import Diagnostic
    from generator.report.findings import Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """Return one command a line."""
    return "".join(f"{annotation(diagnostic, report.prefix)}\n" for diagnostic in errors_first(report.diagnostics))


def annotation(diagnostic: Diagnostic, prefix: str) -> str:
    """Return the workflow command of one finding; `prefix` leads from the top of the checkout to the pack."""
    span = diagnostic.span
    properties = {"file": prefix + span.path, "line": str(span.line)}
    if span.end_line > span.line:
        properties["endLine"] = str(span.end_line)
    else:
        properties["col"] = str(span.col)
        if span.end_col > span.col:
            properties["endColumn"] = str(span.end_col)
    properties["title"] = f"{diagnostic.code} {diagnostic.name}"
    lines = [diagnostic.message]
    for note in diagnostic.notes:
        place = "" if note.span is None else f" ({prefix}{note.span.path}:{note.span.line}:{note.span.col})"
        lines.append(f"note: {note.message}{place}")
    if diagnostic.hint is not None:
        lines.append(f"help: {diagnostic.hint}")
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{'%0A'.join(_data(line) for line in lines)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
