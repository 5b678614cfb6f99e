"""A `TestReport` becomes one HTML page that stands alone: failures first, what each test did, and what no test would see.

The page asks no other host for anything (its content security policy forbids it) and works without JavaScript, which only
adds the filter and the switch of colours. Everything in it is data: the template escapes, and characters that hide or
reorder text are written out. Long texts are cut, and beyond `MAX_BYTES` passing tests lose their details, then others:
what is left out is said in its place. No clock and no paths of the machine: equal reports give equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from generator.render.templating import render_html, template_folder
from generator.report.testrun.html_parts import (
    ORDER,
    badge_of,
    cards_of,
    duration,
    groups_of,
    noise_of,
    score_of_all,
    shown,
    skipped_of,
)
from generator.report.testrun.words import noise_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.replay.results import Outcome, TestReport

MAX_BYTES = 16 * 1024 * 1024
"""About what a page may hold."""


def render(report: TestReport) -> str:
    """Return the page. It ends with a line end."""
    page = _page(report, details=ORDER)
    if len(page.encode("utf-8", "replace")) > MAX_BYTES:
        page = _page(report, details=ORDER[:-1])
    if len(page.encode("utf-8", "replace")) > MAX_BYTES:
        page = _page(report, details=())
    return page


def _page(report: TestReport, details: Sequence[Outcome]) -> str:
    counts = report.counts()
    total = sum(counts.values())
    scores = list(report.mutation.values())
    style, script = _asset("page.css"), _asset("page.js")
    return render_html(
        "report/tests.html.j2",
        title=shown(report.title) or "Tests",
        backend=shown(report.backend),
        seconds=duration(report.seconds),
        counts=[
            {"badge": badge_of(outcome), "count": counts[outcome], "share": 100 * counts[outcome] / total}
            for outcome in ORDER
            if counts[outcome]
        ],
        total=total,
        searches=len(groups_of(report)),
        score=score_of_all(scores) if scores else None,
        cards=cards_of(report, details),
        skipped=skipped_of(report),
        noise=noise_of(report.noise),
        noise_told="" if report.noise is None else noise_line(report.noise),
        stale=[] if report.noise is None else [shown(name) for name in report.noise.stale],
        shortened=len(details) < len(ORDER),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


@cache
def _asset(name: str) -> Any:  # noqa: ANN401 - markupsafe.Markup
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    # Our own file, which is to stand in the page as it is.
    return Markup((template_folder() / "report" / name).read_text("utf-8"))  # noqa: S704


def _hash(content: str) -> str:
    """Return the source expression with which a content security policy allows exactly this content."""
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
