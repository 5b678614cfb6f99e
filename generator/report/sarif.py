"""Findings become SARIF 2.1.0 (OASIS), which GitHub code scanning and editors show.

Each result has a fingerprint of its rule, file, object and message, and not of its line, so that a finding keeps its
identity when lines above it change; equal ones are numbered. Columns count characters (`unicodeCodePoints`).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from generator.base.diagnostics import Severity
from generator.base.source import SourceFile
from generator.report.visible import encodable, json_text
from generator.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.base.diagnostics import Diagnostic, Fix
    from generator.base.source import Span
    from generator.report.findings import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_DIGITS = re.compile(r"\d+")
_LINK = re.compile(r"\[(?=[^\]\n]*\]\()")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")


def render(report: Report) -> str:
    """Return the SARIF log as indented JSON."""
    return json_text(log(report))


def log(report: Report) -> dict[str, Any]:
    """Return the SARIF log: one run."""
    rules = _rules(report)
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    sources: dict[str, SourceFile | None] = {}
    results = []
    for diagnostic in report.diagnostics:
        identity = _identity(diagnostic)
        seen[identity] += 1
        results.append(_result(diagnostic, index[diagnostic.code], f"{identity}:{seen[identity]}", report, sources))
    driver = {
        "name": "contentpack",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The top folder of the repository."}}},
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules(report: Report) -> list[dict[str, Any]]:
    """Return the rules that have a finding, with their pages."""
    worst: dict[str, Diagnostic] = {}
    for diagnostic in report.diagnostics:
        known = worst.get(diagnostic.code)
        if known is None or diagnostic.severity > known.severity:
            worst[diagnostic.code] = diagnostic
    rules = []
    for code, diagnostic in sorted(worst.items()):
        rule: dict[str, Any] = {
            "id": code,
            "name": "".join(part.capitalize() for part in diagnostic.name.split("-")) or code,
            "defaultConfiguration": {"level": _LEVELS[diagnostic.severity]},
            "properties": {"tags": [re.sub(r"[-\d].*", "", code)]},
        }
        page = report.page_of(code)
        if page is not None:
            page = encodable(page)
            rule["shortDescription"] = {"text": page.strip().partition("\n")[0].partition(": ")[2] or code}
            rule["help"] = {"text": page, "markdown": page}
        else:
            rule["shortDescription"] = {"text": encodable(diagnostic.name.replace("-", " ")) or code}
            rule["help"] = {"text": f"{code}: see the documentation of the check"}
        # GitHub shows a rule only when it has all three.
        rule["fullDescription"] = rule["shortDescription"]
        rules.append(rule)
    return rules


def _identity(diagnostic: Diagnostic) -> str:
    """Hash what stays the same when the file moves on: figures in a message (counts, lines) are left out."""
    parts = (diagnostic.code, diagnostic.span.path, diagnostic.object or "", _DIGITS.sub("0", diagnostic.message))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _result(
    diagnostic: Diagnostic, rule_index: int, fingerprint: str, report: Report, sources: dict[str, SourceFile | None]
) -> dict[str, Any]:
    text = diagnostic.message if diagnostic.hint is None else f"{diagnostic.message}\nhelp: {diagnostic.hint}"
    location = _location(diagnostic.span, report.prefix)
    if diagnostic.object is not None:
        location["logicalLocations"] = [{"name": encodable(diagnostic.object), "kind": "object"}]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule_index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": _plain(text)},
        "locations": [location],
        # The second is the one that GitHub tells alerts apart by; without it, it would hash the line.
        "partialFingerprints": {"contentpack/v1": fingerprint, "primaryLocationLineHash": fingerprint},
    }
    related = [
        {**_location(note.span, report.prefix), "message": {"text": _plain(note.message)}}
        for note in diagnostic.notes
        if note.span is not None
    ]
    if related:
        result["relatedLocations"] = [{"id": number, **each} for number, each in enumerate(related, 1)]
    if diagnostic.fix is not None and diagnostic.fix.edits:
        result["fixes"] = [_fix(diagnostic.fix, report, sources)]
    return result


def _plain(text: str) -> str:
    """Escape what SARIF's messages give a meaning to, links `[text](target)` and placeholders `{0}`, and nothing else."""
    return _PLACEHOLDER.sub(r"{{\1}}", _LINK.sub(r"\\[", encodable(text)))


def _location(span: Span, prefix: str) -> dict[str, Any]:
    region = {"startLine": span.line, "startColumn": span.col}
    if (span.end_line, span.end_col) > (span.line, span.col):
        region |= {"endLine": span.end_line, "endColumn": span.end_col}
    return {"physicalLocation": {"artifactLocation": _artifact(span.path, prefix), "region": region}}


def _artifact(path: str, prefix: str) -> dict[str, str]:
    return {"uri": quote(encodable(prefix + path), safe="/-._~"), "uriBaseId": "%SRCROOT%"}


def _fix(fix: Fix, report: Report, sources: dict[str, SourceFile | None]) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        if edit.path not in sources:
            text = report.text_of(edit.path)
            sources[edit.path] = None if text is None else SourceFile(edit.path, text)
        source = sources[edit.path]
        if source is None:
            region = {"charOffset": edit.start, "charLength": edit.end - edit.start}
        else:
            span = source.span(edit.start, edit.end)
            region = {
                "startLine": span.line,
                "startColumn": span.col,
                "endLine": span.end_line,
                "endColumn": span.end_col,
            }
        changes.setdefault(edit.path, []).append(
            {"deletedRegion": region, "insertedContent": {"text": encodable(edit.text)}}
        )
    return {
        "description": {"text": _plain(fix.description)},
        "artifactChanges": [_change(path, replacements, report.prefix) for path, replacements in changes.items()],
    }


def _change(path: str, replacements: Sequence[dict[str, Any]], prefix: str) -> dict[str, Any]:
    return {"artifactLocation": _artifact(path, prefix), "replacements": list(replacements)}
