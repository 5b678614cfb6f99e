"""A review becomes GitHub's annotations: as many as a step shows, the ones on changed lines first.

GitHub shows 10 errors, 10 warnings and 10 notices of a step, 50 annotations of a job, and drops the rest in silence
(GitHub Docs, "Workflow commands", and github/community discussion 26680). So no more are printed, and the last notice says
how many there are in the summary.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from generator.base.diagnostics import Diagnostic, Severity
from generator.ci.markdown import cut
from generator.report.github import annotation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.ci.review import Finding, Review

PER_STEP = 10
"""Annotations of one severity that GitHub shows of a step."""

_MESSAGE = 4_000


def render(review: Review, prefix: str = "") -> str:
    """Return the workflow commands, one a line; `prefix` leads from the top of the checkout to the pack."""
    ordered = sorted(review.findings, key=lambda each: each.sort_key())
    shown: list[Finding] = []
    for severity in sorted(Severity, reverse=True):
        found = [each for each in ordered if each.severity is severity]
        # A notice is kept for the count, which is the only thing that tells that there are more.
        limit = PER_STEP - (severity is Severity.INFO)
        shown += islice(found, limit)
    lines = [annotation(_diagnostic(each), prefix) for each in shown]
    lines += _rest(review, len(ordered) - len(shown))
    return "".join(f"{line}\n" for line in lines)


def _rest(review: Review, hidden: int) -> Iterator[str]:
    if hidden:
        word = "finding" if hidden == 1 else "findings"
        yield f"::notice title=contentpack::{hidden:,} more {word} in the job's summary"
    elif review.everything and not review.basis.commit:
        yield "::notice title=contentpack::no base to compare with%3A everything was looked at; the log says why"


def _diagnostic(finding: Finding) -> Diagnostic:
    name = finding.name if finding.code else f"{finding.name} {cut(finding.object, 200)}"
    message, _, more = finding.message.partition("\n")
    hint = "\n".join(part for part in (more, finding.help) if part) or None
    return Diagnostic(
        finding.code or "contentpack",
        name,
        finding.severity,
        cut(message, _MESSAGE),
        finding.span,
        cut(hint, _MESSAGE) if hint else None,
    )
