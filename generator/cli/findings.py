"""Prints findings in the chosen format and gives the exit code: the last step of `validate`, `inspect` and `build-app`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.cli import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.base.diagnostics import Diagnostic
    from generator.content.model import Pack


def show(
    diagnostics: Sequence[Diagnostic],
    *,
    format_name: str,
    files: int | None,
    text_of: Callable[[str], str | None],
    elapsed: float,
    prefix: str = "",
) -> int:
    """Print the report to stdout (machine formats as UTF-8, their summary on stderr); return the exit code.

    The time taken is shown to people only, so that what is written to a file is the same every time.
    """
    from generator.report import MACHINE_FORMATS, render
    from generator.report.findings import Report

    report = Report(
        diagnostics=tuple(diagnostics),
        files=files,
        text_of=text_of,
        page_of=rule_page_of,
        prefix=prefix,
        width=terminal.width(),
        color=terminal.use_color(),
    )
    text = render(format_name, report)
    if format_name in MACHINE_FORMATS:
        terminal.emit_bytes(text.encode("utf-8"))
        if terminal.is_terminal(sys.stderr) or format_name == "github":
            terminal.note(report.summary.line(elapsed))
    else:
        separator = "\n" if text and format_name == "full" and not text.endswith("\n\n") else ""
        seen = terminal.is_terminal(sys.stdout)
        terminal.emit(f"{text}{separator}{report.summary.line(elapsed if seen else None)}\n")
    return exit_code(diagnostics)


def exit_code(diagnostics: Sequence[Diagnostic]) -> int:
    """Return 1 if there is a finding at error level, else 0."""
    return int(any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics))


def rule_page_of(code: str) -> str | None:
    """Return the page of a rule in Markdown; None for a code that is not one of our rules (AppInspect's checks)."""
    from generator.rules.registry import load_rules, rule_page

    for rule in load_rules():
        if rule.code == code:
            return rule_page(rule)
    return None


def tell_unread(pack: Pack, so: str) -> None:
    """Say on stderr that files of the pack cannot be read, and what comes of it."""
    if pack.unread:
        count = f"{len(pack.unread):,} file{'' if len(pack.unread) == 1 else 's'}"
        terminal.note(f"warning: {count} of the pack cannot be read, {so}; `contentpack validate` says why")
