"""Findings become text: one module a format, each with a pure `render`.

Everything that a report prints comes from content that nobody has vouched for: each format escapes for its own place
(`visible` for terminals, workflow commands, JSON, XML), so that a detection can neither drive a terminal nor forge a
GitHub annotation. The same findings give the same bytes: no clock, no absolute paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.report.findings import Report

FORMATS = ("full", "concise", "json", "github", "sarif", "junit")

#: Formats that another program reads: always UTF-8, never coloured, the summary line goes to stderr.
MACHINE_FORMATS = frozenset({"json", "github", "sarif", "junit"})


def render(format_name: str, report: Report) -> str:
    """Return the report in one of `FORMATS`, ending with a line end (empty when there is nothing to say).

    Raises:
        KeyError: no such format.
    """
    if format_name not in FORMATS:
        raise KeyError(format_name)
    from importlib import import_module  # noqa: PLC0415 - one format is used a run; the others need not be loaded

    rendered: str = import_module(f"generator.report.{format_name}").render(report)
    return rendered
