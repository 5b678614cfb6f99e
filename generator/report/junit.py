"""Findings become JUnit XML, for CI systems that show test results: a suite a file, a case a finding.

Only findings at error level are failures; the others are cases that pass and carry their text in `system-out`. A run
without errors has one passing case of its own, since several readers take a report without cases for a broken one.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from generator.base.diagnostics import Severity
from generator.report.visible import visible

if TYPE_CHECKING:
    from generator.base.diagnostics import Diagnostic
    from generator.report.findings import Report


def render(report: Report) -> str:
    """Return the XML document."""
    suites = [
        _suite(path, list(found))
        for path, found in groupby(
            sorted(report.diagnostics, key=lambda diagnostic: diagnostic.sort_key()), lambda item: item.span.path
        )
    ]
    errors, total = report.summary.errors, report.summary.total
    if not errors:
        suites.append('  <testsuite name="contentpack" tests="1" failures="0" errors="0">\n')
        suites.append('    <testcase name="no finding at error level" classname="contentpack"/>\n  </testsuite>\n')
        total += 1
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="contentpack validate" tests="{total}" failures="{errors}" errors="0">\n'
        f"{''.join(suites)}</testsuites>\n"
    )


def _suite(path: str, found: list[Diagnostic]) -> str:
    failures = sum(diagnostic.severity is Severity.ERROR for diagnostic in found)
    cases = "".join(_case(diagnostic) for diagnostic in found)
    return (
        f'  <testsuite name={_attribute(path)} tests="{len(found)}" failures="{failures}" errors="0">\n'
        f"{cases}  </testsuite>\n"
    )


def _case(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    name = f"{diagnostic.code} {diagnostic.name} at {span.line}:{span.col}"
    lines = [f"{span.path}:{span.line}:{span.col}: {diagnostic.severity.label} {diagnostic.code} {diagnostic.message}"]
    lines += [f"note: {note.message}" for note in diagnostic.notes]
    if diagnostic.hint is not None:
        lines.append(f"help: {diagnostic.hint}")
    text = escape("\n".join(visible(line) for line in lines))
    if diagnostic.severity is Severity.ERROR:
        body = f"<failure type={_attribute(diagnostic.code)} message={_attribute(diagnostic.message)}>{text}</failure>"
    else:
        body = f"<system-out>{text}</system-out>"
    return (
        f'    <testcase name={_attribute(name)} classname={_attribute(span.path)} file={_attribute(span.path)} line="{span.line}">\n'
        f"      {body}\n    </testcase>\n"
    )


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
