"""What every format is rendered from: the findings in order, their counts, and the way to texts and rule pages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from generator.base.diagnostics import Diagnostic


def _nothing(_: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts: findings by severity, files checked (None: nobody counted), files that have a finding."""

    errors: int
    warnings: int
    infos: int
    files: int | None
    files_with_findings: int

    @property
    def total(self) -> int:
        """All findings."""
        return self.errors + self.warnings + self.infos

    def line(self, elapsed: float | None = None) -> str:
        """Return the sentence that ends a report; `elapsed` (seconds) only where nobody compares outputs."""
        took = "" if elapsed is None else f" ({elapsed:.1f} s)"
        if not self.total:
            checked = "" if self.files is None else f" in {_plural(self.files, 'file')}"
            return f"no findings{checked}{took}"
        counts = [
            _plural(count, word)
            for count, word in ((self.errors, "error"), (self.warnings, "warning"), (self.infos, "info"))
            if count
        ]
        listed = counts[0] if len(counts) == 1 else f"{', '.join(counts[:-1])} and {counts[-1]}"
        if self.files is None:
            return f"{listed} in {_plural(self.files_with_findings, 'file')}{took}"
        return f"{listed} in {self.files_with_findings:,} of {_plural(self.files, 'file')}{took}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Sorted findings with what their rendering needs.

    `text_of` gives a file's decoded text by its path (None: no code frame), `page_of` a rule's page in Markdown by its
    code. `prefix` leads from the repository's top folder to the pack (`packs/web/`, or empty), for the formats whose
    reader resolves paths from there. `width` and `color` are the terminal's, for `full` and `concise`.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: int | None = None
    text_of: Callable[[str], str | None] = _nothing
    page_of: Callable[[str], str | None] = _nothing
    prefix: str = ""
    width: int = 120
    color: bool = False

    @property
    def summary(self) -> Summary:
        """The counts of this report."""
        return summarize(self.diagnostics, self.files)


def summarize(diagnostics: Sequence[Diagnostic], files: int | None) -> Summary:
    """Count findings; `files` is how many files were checked, None when nobody counted."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    with_findings = len({diagnostic.span.path for diagnostic in diagnostics})
    return Summary(
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        infos=counts[Severity.INFO],
        files=None if files is None else max(files, with_findings),
        files_with_findings=with_findings,
    )


def errors_first(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort by severity, then place: for readers that stop after the first few."""
    return sorted(diagnostics, key=lambda diagnostic: (-diagnostic.severity, *diagnostic.sort_key()))


def _plural(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
