"""Findings become SARIF that GitHub's code scanning takes: version 2.1.0, in its limits.

Limits (GitHub Docs, "SARIF results exceed limits"): 10 MB gzipped, 20 runs, 25,000 results a run of which 5,000 are kept
by severity, 25,000 rules, 1,000 locations a result of which 100 are kept, 20 tags a rule. What does not fit is left out from
the end, after sorting by severity: a file that is too large is refused as a whole.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from generator.ci.markdown import cut
from generator.report.findings import errors_first
from generator.report.sarif import log
from generator.report.visible import json_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.report.findings import Report

MAX_RESULTS = 5_000
MAX_GZIP_BYTES = 10 * 1000 * 1000
MAX_RELATED = 100
MAX_TEXT = 8_000
CATEGORY = "contentpack/"


def render(report: Report) -> str:
    """Return the log as one line of JSON."""
    data = log(report)
    run = data["runs"][0]
    run["automationDetails"] = {"id": CATEGORY}
    places = {id(diagnostic): number for number, diagnostic in enumerate(report.diagnostics)}
    wanted = [places[id(diagnostic)] for diagnostic in errors_first(report.diagnostics)[:MAX_RESULTS]]
    run["results"] = [_small(run["results"][number]) for number in wanted]
    while True:
        text = json_line(data)
        if len(text) <= MAX_GZIP_BYTES or len(gzip.compress(text.encode(), 6, mtime=0)) <= MAX_GZIP_BYTES:
            return text
        if not run["results"]:
            run["tool"]["driver"]["rules"] = []
            return json_line(data)
        run["results"] = run["results"][: len(run["results"]) // 2]


def _small(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result with texts of a size that is read, and fixes that do not carry whole files along."""
    small = dict(result)
    small["message"] = {"text": cut(result["message"]["text"], MAX_TEXT)}
    if "relatedLocations" in small:
        small["relatedLocations"] = small["relatedLocations"][:MAX_RELATED]
    if len(str(small.get("fixes", ""))) > MAX_TEXT:
        del small["fixes"]
    return small
