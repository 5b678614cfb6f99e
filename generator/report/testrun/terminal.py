"""A test run for people: failures first, each with what was expected and got and why; then what was skipped, passes in a line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from generator.replay.results import Outcome
from generator.report.testrun.scores import change, figure, line, scored, unseen
from generator.report.testrun.words import LABELS, NOISE_LABELS, counted, of_outcome, summary_line, title
from generator.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.replay.results import NoiseRun, TestReport, TestResult

_BOLD = "1"
_DIM = "2"
_COLORS = {
    Outcome.FAIL: "1;31",
    Outcome.ERROR: "1;31",
    Outcome.UNSUPPORTED: "1;33",
    Outcome.SKIPPED: "33",
    Outcome.PASS: "1;32",
}
_MISSED_SHOWN = 12
"""Unseen changes of a detection that are shown."""
_SKIPPED_SHOWN = 10
"""Skipped tests that are named one by one; of more, how many there are for each reason."""


def render(report: TestReport, *, color: bool, width: int, verbose: bool = False) -> str:
    """Return the report; `verbose` names every passing and skipped test as well."""
    lines: list[str] = []
    for outcome in (Outcome.FAIL, Outcome.ERROR, Outcome.UNSUPPORTED):
        for test in of_outcome(report, outcome):
            lines += _whole(test, color=color, width=width)
            lines.append("")
    lines += _skipped(report, color=color, width=width, verbose=verbose)
    if verbose:
        for test in of_outcome(report, Outcome.PASS):
            told = f"{counted(test.rows, 'row')} from {counted(test.events, 'event')}"
            lines.append(f"{_label(test.outcome, color=color)} {visible(title(test))}{_dim(f'  {told}', color=color)}")
    if report.noise is not None:
        lines += _noise(report.noise, color=color, width=width)
    lines += _mutation(report, color=color, width=width, verbose=verbose)
    style = _COLORS[Outcome.PASS] if report.succeeded else _COLORS[Outcome.FAIL]
    seconds = f"{report.seconds:.2f} s"
    lines.append(f"{_styled(summary_line(report), style, color=color)} in {seconds} ({report.backend})")
    return "".join(f"{line}\n" for line in lines)


def _whole(test: TestResult, *, color: bool, width: int) -> Iterator[str]:
    yield f"{_label(test.outcome, color=color)} {_styled(visible(title(test)), _BOLD, color=color)}"
    yield _dim(f"  {visible(test.path)}:{test.line}", color=color)
    if not test.mismatches:
        yield from _wrapped(test.reason, width, "  ")
    for mismatch in test.mismatches:
        yield f"  {visible(mismatch.what)}"
        yield from _wrapped(mismatch.expected, width, "    expected  ")
        yield from _wrapped(mismatch.got, width, "    got       ")
    if test.why:
        yield _styled("  why", _BOLD, color=color)
        for line in test.why:
            yield from _wrapped(line, width, "    ")
    if test.outcome is Outcome.FAIL and test.stages:
        counts = f"{counted(test.events, 'event')} searched"
        flow = "  →  ".join(f"{stage.command} {stage.rows_out:,}" for stage in test.stages)
        yield from (_dim(line, color=color) for line in _wrapped(f"{counts}:  {flow}", width, "  "))
    for message in test.messages:
        yield from _wrapped(message, width, "  ")


def _skipped(report: TestReport, *, color: bool, width: int, verbose: bool) -> Iterator[str]:
    skipped = of_outcome(report, Outcome.SKIPPED)
    if not skipped:
        return
    if verbose or len(skipped) <= _SKIPPED_SHOWN:
        for test in skipped:
            yield f"{_label(test.outcome, color=color)} {visible(title(test))}"
            yield from (_dim(line, color=color) for line in _wrapped(test.reason, width, "  "))
    else:
        reasons = Counter(test.reason.partition(":")[0] for test in skipped)
        for reason, count in reasons.most_common():
            yield f"{_label(Outcome.SKIPPED, color=color)} {count:,} tests: {visible(reason)}"
        yield _dim("  --verbose names each", color=color)
    yield ""


def _noise(noise: NoiseRun, *, color: bool, width: int) -> Iterator[str]:
    for outcome in (Outcome.FAIL, Outcome.ERROR, Outcome.UNSUPPORTED, Outcome.PASS):
        for finding in noise.findings:
            if finding.outcome is not outcome:
                continue
            label = _styled(NOISE_LABELS[outcome], _COLORS[outcome], color=color)
            rows = f", {counted(finding.rows, 'row')}" if finding.rows else ""
            yield f"{label} {_styled(visible(finding.detection), _BOLD, color=color)}{rows}"
            yield from (_dim(line, color=color) for line in _wrapped(finding.reason, width, "  "))
            if outcome is Outcome.FAIL:
                for row in finding.sample:
                    cells = "  ".join(
                        f"{name}={value if isinstance(value, str) else ', '.join(value)}" for name, value in row.items()
                    )
                    yield f"  {visible(cells)[: max(20, width - 2)]}"
    for name in noise.stale:
        yield from _wrapped(f"known noise of {name} did not come: take it off the list", width, "  ")
    if noise.findings or noise.stale:
        yield ""


def _mutation(report: TestReport, *, color: bool, width: int, verbose: bool) -> Iterator[str]:
    """Say what no test would see, detection by detection, and a line for all."""
    if not report.mutation:
        return
    found = scored(report)
    differs = False
    for name, path, score in found:
        missed = unseen(score)
        if not missed and not verbose:
            continue
        sign = _styled("unseen", "1;33", color=color) if missed else _styled("seen", "1;32", color=color)
        yield f"{sign} {_styled(visible(name), _BOLD, color=color)}  {_dim(line([score]), color=color)}"
        if missed:
            yield _dim(f"  {visible(path)}", color=color)
        shown = missed if verbose else missed[:_MISSED_SHOWN]
        for survivor in shown:
            differs = differs or survivor.differs
            place = f"{survivor.line}:{survivor.col}"
            head = f"  {'~' if survivor.differs else ' '} {place:>7}  {survivor.kind:<20} "
            yield f"{_dim(head, color=color)}{visible(change(survivor, max(30, width - len(head))))}"
        if len(missed) > len(shown):
            yield _dim(f"             {len(missed) - len(shown):,} more (--verbose, --html)", color=color)
        yield ""
    if differs:
        yield _dim("~ the result is another one, but no expectation looks at what differs", color=color)
    yield f"mutation score {line(list(report.mutation.values()))}"
    if report.is_too_weak:
        told = (
            f"{figure(report.explained)} % were noticed or accepted, and {figure(report.minimum or 0)} % are asked for"
        )
        yield _styled(told, _COLORS[Outcome.FAIL], color=color)


def _label(outcome: Outcome, *, color: bool) -> str:
    return _styled(LABELS[outcome], _COLORS[outcome], color=color)


def _wrapped(text: str, width: int, indent: str) -> Iterator[str]:
    """Break a text at blanks; further lines stand below the first."""
    room = max(20, width - len(indent))
    line = ""
    first = True
    for word in visible(text).split(" "):
        if line and len(line) + 1 + len(word) > room:
            yield (indent if first else " " * len(indent)) + line
            first, line = False, word
        else:
            line = f"{line} {word}" if line else word
    yield (indent if first else " " * len(indent)) + line


def _dim(text: str, *, color: bool) -> str:
    return _styled(text, _DIM, color=color)


def _styled(text: str, style: str, *, color: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if color else text
