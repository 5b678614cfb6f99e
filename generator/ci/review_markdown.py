"""A review becomes Markdown: a job's summary with everything that fits, and a comment with the same in less room.

Limits are GitHub's: 1 MiB for the summary of a step, beyond which all of it is dropped, and 65,536 characters for a comment.
The comment begins with a mark by which the next run finds it and edits it in place.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from generator.base.diagnostics import Severity
from generator.ci import diff_markdown, markdown
from generator.ci.review import NOT_PASSED, Nearness
from generator.replay.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from generator.ci.review import Finding, Review
    from generator.spl.syntax import CommandTable

Thing = TypeVar("Thing")

SUMMARY_BYTES = 1_000_000
COMMENT_BYTES = 60_000
MARK = "<!-- contentpack: pull request -->"
"""Hidden first line of the comment; the workflow that posts it edits the comment that has it."""

_SIGNS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "🔹"}
_HEADINGS = {
    Nearness.LINE: "On changed lines",
    Nearness.FILE: "In changed files",
    Nearness.ELSEWHERE: "In what depends on them",
}
_MORE = "*{count} more parts do not fit here; the report files have them all.*"
_PIECE = 25


def summary(review: Review, commands: CommandTable, source: str = "") -> str:
    """Return the job's summary; `source` is the address below which the files of the commit are shown, if known."""
    return markdown.fitted(_blocks(review, commands, source), SUMMARY_BYTES, _MORE)


def comment(review: Review, commands: CommandTable, source: str = "") -> str:
    """Return the comment."""
    return f"{MARK}\n{markdown.fitted(_blocks(review, commands, source), COMMENT_BYTES, _MORE)}"


def _blocks(review: Review, commands: CommandTable, source: str) -> Iterator[str]:
    yield f"## {'❌' if review.failed else '✅'} contentpack: {headline(review)}"
    yield (
        f"Compared with {markdown.code(review.basis.said)}" if review.basis.commit else markdown.code(review.basis.said)
    )
    if review.everything:
        yield f"Everything is looked at: {markdown.code(review.everything)}"
    yield from _findings(review, source)
    yield from _tests(review)
    if review.diff is not None:
        yield from diff_markdown.blocks(review.diff, commands)
    yield from _touched(review)
    if review.package:
        yield f"Package: {markdown.code(review.package)}"
    elif review.no_package:
        yield f"No package: {markdown.code(review.no_package)}"
    if review.others:
        word = "finding" if review.others == 1 else "findings"
        yield f"{review.others:,} {word} in the rest of the pack, which this change does not touch."


def source_of(environ: Mapping[str, str], commit: str = "") -> str:
    """Return the address of a commit's files on GitHub (without one, that of the run); empty where nobody says it."""
    server, repository = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    commit = commit or environ.get("GITHUB_SHA", "")
    known = (
        re.fullmatch(r"https://[\w.:-]+", server)
        and re.fullmatch(r"[\w.-]+/[\w.-]+", repository)
        and re.fullmatch(r"[0-9a-f]{40,64}", commit)
    )
    return f"{server}/{repository}/blob/{commit}" if known else ""


def headline(review: Review) -> str:
    """Return the counts in a line."""
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}
    parts = []
    for severity, word in words.items():
        count = review.count(severity)
        if count:
            parts.append(f"{count:,} {word}" if count == 1 else f"{count:,} {word}s")
    parts = parts or ["no findings"]
    if review.tests is not None and review.tests.tests:
        parts.append(tests_line(review))
    elif review.untested:
        parts.append("no tests ran")
    return ", ".join(parts)


def tests_line(review: Review) -> str:
    """Return the tests' counts: `2 of 12 tests failed, 3 skipped`."""
    if review.tests is None:
        return ""
    counts, total = review.tests.counts(), len(review.tests.tests)
    told = (
        (Outcome.FAIL, "failed"),
        (Outcome.ERROR, "could not be run"),
        (Outcome.UNSUPPORTED, "unsupported"),
        (Outcome.SKIPPED, "skipped"),
        (Outcome.PASS, "passed"),
    )
    listed = ", ".join(f"{counts[outcome]:,} {word}" for outcome, word in told if counts[outcome])
    return f"{total:,} {'test' if total == 1 else 'tests'} ({listed})"


def _findings(review: Review, source: str) -> Iterator[str]:
    own = sorted((each for each in review.findings if each.code), key=lambda each: (each.nearness, each.sort_key()))
    for near in Nearness:
        found = [each for each in own if each.nearness is near]
        if not found:
            continue
        yield f"### {_HEADINGS[near]}"
        for piece in batched(found, _PIECE):  # a list of a thousand lines would be one block, whole or not at all
            yield "\n".join(_finding(each, source) for each in piece)


def _finding(finding: Finding, source: str) -> str:
    rule = f"{finding.code} {finding.name}".strip()
    told = (
        f"- {_SIGNS[finding.severity]} {_place(finding, source)} {markdown.code(rule)} {markdown.code(finding.message)}"
    )
    return f"{told}<br>help: {markdown.code(finding.help)}" if finding.help else told


def _place(finding: Finding, source: str) -> str:
    span = finding.span
    shown = markdown.code(f"{span.path}:{span.line}:{span.col}")
    if not source:
        return shown
    return f"[{shown}]({source}/{quote(span.path, safe='/-._~')}#L{span.line})"


def _tests(review: Review) -> Iterator[str]:
    if review.tests is None:
        if review.untested:
            yield f"### Tests\n\nNone ran: {markdown.code(review.untested)}"
        return
    yield f"### Tests\n\n{tests_line(review) or 'No test belongs to what changed.'}"
    tests = review.tests.tests
    broken = [test for outcome in NOT_PASSED for test in tests if test.outcome is outcome]
    for piece in batched(broken, _PIECE):
        lines = []
        for test in piece:
            name = f"{test.detection}: {test.test}" if test.test else test.detection
            lines.append(f"- ❌ **{test.outcome.value}** {markdown.code(name)}: {markdown.code(test.reason)}")
            for mismatch in test.mismatches:
                expected, got = markdown.code(mismatch.expected), markdown.code(mismatch.got)
                lines.append(f"  - {markdown.code(mismatch.what)}: expected {expected}, got {got}")
            lines += [f"  - {markdown.code(why)}" for why in test.why[:8]]
        yield "\n".join(lines)
    skipped = Counter(test.reason for test in tests if test.outcome is Outcome.SKIPPED)
    if skipped:
        reasons = [f"- {count:,} times {markdown.code(reason)}" for reason, count in skipped.most_common(20)]
        yield _folded(f"{skipped.total():,} skipped", "\n".join(reasons))


def _touched(review: Review) -> Iterator[str]:
    if review.everything or not review.touched:
        return
    kinds = Counter(each.kind for each in review.touched)
    counts = ", ".join(
        f"{count:,} {kind.replace('_', ' ')}{'' if count == 1 else 's'}" for kind, count in kinds.items()
    )
    for number, piece in enumerate(batched(review.touched, 200)):
        lines = []
        for each in piece:
            why = ", ".join(markdown.code(reason) for reason in each.why)
            lines.append(f"- {each.kind.replace('_', ' ')} {markdown.code(each.name)}{f': {why}' if why else ''}")
        yield _folded(f"What the change touches: {counts}" if not number else "More that it touches", "\n".join(lines))


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def batched(items: Iterable[Thing], size: int) -> Iterator[Sequence[Thing]]:
    """Yield items in pieces of at most `size` (Python 3.11 has no `itertools.batched`)."""
    source = iter(items)
    while piece := tuple(islice(source, size)):
        yield piece
