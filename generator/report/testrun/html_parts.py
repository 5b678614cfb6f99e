"""The parts of the HTML page are made from a `TestReport`: every text cut to what a page takes, with what hides in it written out."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from generator.commands import load_commands
from generator.replay.results import Outcome
from generator.report.testrun.html_shapes import (
    Badge,
    Bar,
    CardView,
    NoiseView,
    Piece,
    ScoreView,
    SkippedView,
    SurvivorView,
    TestView,
)
from generator.report.testrun.scores import percent
from generator.report.testrun.words import NOISE_LABELS
from generator.report.visible import visible
from generator.spl.format import format_spl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.replay.results import MutationScore, NoiseRun, StageCount, Survivor, TestReport, TestResult

MAX_SEARCH = 20_000
MAX_TEXT = 2_000
MAX_CELL = 400
MAX_ROWS = 20
MAX_FIELDS = 40
MAX_EVENTS = 10
MAX_STAGES = 200
MAX_SURVIVORS = 500
MAX_SKIPPED = 2_000

ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.UNSUPPORTED, Outcome.SKIPPED, Outcome.PASS)
_WORDS = {
    Outcome.FAIL: ("failed", "failed", "✗"),
    Outcome.ERROR: ("error", "errors", "!"),
    Outcome.UNSUPPORTED: ("unsupported", "unsupported", "?"),
    Outcome.SKIPPED: ("skipped", "skipped", "-"),
    Outcome.PASS: ("passed", "passed", "✓"),
}
_TOKEN = re.compile(
    r"(?P<comment>```.*?```)"
    r'|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<lead>(?:^|(?<=\[)|\|)\s*(?:\|\s*)?[A-Za-z_]\w*(?![\w.]*\s*[=<>!(:]))"
    r"|(?P<word>\b(?:AND|OR|NOT|BY|AS|WHERE|FROM|OUTPUT|OUTPUTNEW|IN|by|as|where|from)\b)",
    re.DOTALL,
)


def groups_of(report: TestReport) -> dict[str, list[TestResult]]:
    """Return the tests of each detection, by its id (its path where it has none)."""
    groups: dict[str, list[TestResult]] = {}
    for test in report.tests:
        groups.setdefault(test.detection_id or test.path, []).append(test)
    return groups


def skipped_of(report: TestReport) -> list[SkippedView]:
    """Return the tests of detections of which nothing ran, by what their reasons begin with, most first."""
    reasons: dict[str, list[TestResult]] = {}
    for tests in groups_of(report).values():
        if all(test.outcome is Outcome.SKIPPED for test in tests):
            for test in tests:
                reasons.setdefault(test.reason.partition(":")[0], []).append(test)
    return [
        SkippedView(
            reason=_cut(shown(reason), MAX_CELL),
            count=len(tests),
            rows=tuple(
                (
                    shown(test.detection),
                    shown(test.test),
                    _cut(shown(test.reason), MAX_CELL),
                    _cut(shown(f"{test.detection} {test.path} {test.test} {test.reason}").lower(), MAX_TEXT),
                )
                for test in tests[:MAX_SKIPPED]
            ),
            more=max(0, len(tests) - MAX_SKIPPED),
        )
        for reason, tests in sorted(reasons.items(), key=lambda item: -len(item[1]))
    ]


def cards_of(report: TestReport, details: Sequence[Outcome]) -> list[CardView]:
    """Return the detections of which something ran, failures first; `details` are the outcomes whose tests show theirs."""
    cards = []
    for number, (key, tests) in enumerate(groups_of(report).items()):
        if all(test.outcome is Outcome.SKIPPED for test in tests):
            continue
        score = report.mutation.get(key)
        worst = min((test.outcome for test in tests), key=ORDER.index)
        view = None if score is None else _score(score)
        cards.append((_rank(worst, score), number, _card(number, tests, worst, view, details)))
    cards.sort(key=lambda card: card[:2])
    return [card for _, _, card in cards]


def _rank(worst: Outcome, score: MutationScore | None) -> tuple[int, int]:
    """Order detections: failures first, then those whose tests would miss most."""
    unseen = 0 if score is None else sum(1 for survivor in score.survivors if not survivor.accepted)
    return ORDER.index(worst), -unseen


def _card(
    number: int, tests: Sequence[TestResult], worst: Outcome, score: ScoreView | None, details: Sequence[Outcome]
) -> CardView:
    ordered = sorted(tests, key=lambda test: ORDER.index(test.outcome))
    first = tests[0]
    passed = sum(test.outcome is Outcome.PASS for test in tests)
    seconds = sum(test.seconds for test in tests)
    words = [
        first.detection,
        first.path,
        first.detection_id,
        *(f"{test.test} {test.outcome} {test.reason}" for test in tests),
    ]
    return CardView(
        anchor=f"d{number + 1}",
        name=shown(first.detection),
        path=shown(first.path),
        badge=badge_of(worst),
        tests=tuple(_test(test, has_details=test.outcome in details) for test in ordered),
        score=score,
        facts=(
            f"{passed} of {len(tests)} test{'s' if len(tests) != 1 else ''} passed",
            *((duration(seconds),) if seconds else ()),
        ),
        text=_cut(" ".join(shown(word) for word in words).lower(), MAX_TEXT),
        is_open=worst in {Outcome.FAIL, Outcome.ERROR},
    )


def _test(test: TestResult, *, has_details: bool) -> TestView:
    fields = [*test.fields] or list(dict.fromkeys(name for row in test.sample for name in row))
    visible_fields = [name for name in fields if any(name in row for row in test.sample)][:MAX_FIELDS]
    facts = [
        *((f"line {test.line}",) if test.line > 1 else ()),
        f"{test.rows:,} row{'' if test.rows == 1 else 's'}",
        f"{test.events:,} event{'' if test.events == 1 else 's'}",
    ]
    if test.seconds:
        facts.append(duration(test.seconds))
    sample = test.sample[:MAX_ROWS] if has_details else ()
    return TestView(
        name=shown(test.test),
        badge=badge_of(test.outcome),
        reason=_cut(shown(test.reason), MAX_TEXT),
        facts=tuple(facts),
        mismatches=tuple(
            (_cut(shown(one.what), MAX_CELL), _cut(shown(one.expected), MAX_TEXT), _cut(shown(one.got), MAX_TEXT))
            for one in test.mismatches[:MAX_ROWS]
        ),
        why=tuple(_cut(shown(line), MAX_TEXT) for line in test.why) if has_details else (),
        stages=tuple(_bars(test.stages[:MAX_STAGES])) if has_details else (),
        search=tuple(_pieces(test.search)) if has_details else (),
        fields=tuple(shown(name) for name in visible_fields) if sample else (),
        rows=tuple(tuple(_cell(row.get(name)) for name in visible_fields) for row in sample),
        more_rows=max(0, test.rows - len(sample)) if sample else 0,
        more_fields=len(fields) - len(visible_fields) if sample else 0,
        events=tuple(_cut(shown(event), MAX_TEXT) for event in test.raw[:MAX_EVENTS]) if has_details else (),
        more_events=max(0, test.events - min(len(test.raw), MAX_EVENTS)) if test.raw else 0,
        messages=tuple(_cut(shown(message), MAX_TEXT) for message in test.messages[:MAX_ROWS]),
        shortened=not has_details,
    )


def _cell(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    values = [value] if isinstance(value, str) else value
    texts = tuple(_cut(shown(one), MAX_CELL) for one in values[:MAX_ROWS])
    return texts if len(values) <= MAX_ROWS else (*texts, f"… {len(values) - MAX_ROWS:,} more")


def _bars(stages: Sequence[StageCount]) -> Iterator[Bar]:
    most = max((max(stage.rows_in, stage.rows_out) for stage in stages), default=0)
    for number, stage in enumerate(stages, start=1):
        yield Bar(
            number=number,
            text=_cut(shown(" ".join(stage.text.split()) or stage.command), MAX_TEXT),
            rows_in=f"{stage.rows_in:,}",
            rows_out=f"{stage.rows_out:,}",
            milliseconds=f"{stage.seconds * 1000:.1f} ms",
            wide=_share(stage.rows_in, most),
            filled=_share(stage.rows_out, most),
            drops_all=stage.rows_in > 0 and stage.rows_out == 0,
        )


def _share(rows: int, most: int) -> float:
    """Return how long a bar is, in per cent: logarithmic, so that one row of a million can still be seen."""
    if rows <= 0 or most <= 0:
        return 0.0
    return round(max(4.0, 100 * math.log1p(rows) / math.log1p(most)), 2)


def _score(score: MutationScore) -> ScoreView:
    listed = sorted(score.survivors, key=lambda one: (bool(one.accepted), one.line, one.col))
    accepted = sum(bool(one.accepted) for one in score.survivors)
    return ScoreView(
        killed=score.killed,
        total=score.total,
        accepted=accepted,
        open=score.total - score.killed - accepted,
        percent=percent(score.killed, score.total),
        share=100 * score.killed / score.total if score.total else 100.0,
        accepted_share=100 * accepted / score.total if score.total else 0.0,
        survivors=tuple(_survivor(one) for one in listed[:MAX_SURVIVORS]),
        more=max(0, len(listed) - MAX_SURVIVORS),
        differs=any(one.differs for one in listed),
    )


def score_of_all(scores: Sequence[MutationScore]) -> ScoreView:
    """Return the score of all detections together."""
    killed, total = sum(score.killed for score in scores), sum(score.total for score in scores)
    accepted = sum(bool(one.accepted) for score in scores for one in score.survivors)
    return ScoreView(
        killed=killed,
        total=total,
        accepted=accepted,
        open=total - killed - accepted,
        percent=percent(killed, total),
        share=100 * killed / total if total else 100.0,
        accepted_share=100 * accepted / total if total else 0.0,
    )


def _survivor(survivor: Survivor) -> SurvivorView:
    return SurvivorView(
        kind=shown(survivor.kind),
        before=_cut(shown(" ".join(survivor.before.split())), MAX_CELL),
        after=_cut(shown(" ".join(survivor.after.split())), MAX_CELL),
        line=survivor.line,
        col=survivor.col,
        accepted=_cut(shown(survivor.accepted), MAX_TEXT),
        differs=survivor.differs,
    )


def _pieces(search: str) -> Iterator[Piece]:
    """Lay a search out and cut it into what is coloured and what is not."""
    if not search.strip():
        return
    text = search if len(search) > MAX_SEARCH else format_spl(search, load_commands())
    text = _cut("\n".join(shown(line) for line in text.split("\n")), MAX_SEARCH)
    done = 0
    for match in _TOKEN.finditer(text):
        if match.start() > done:
            yield Piece("", text[done : match.start()])
        yield Piece(match.lastgroup or "", match.group())
        done = match.end()
    if done < len(text):
        yield Piece("", text[done:])


def noise_of(noise: NoiseRun | None) -> list[NoiseView]:
    """Return what a noise run found, what is new first."""
    if noise is None:
        return []
    found = []
    for one in sorted(noise.findings, key=lambda one: ORDER.index(one.outcome)):
        fields = list(dict.fromkeys(name for row in one.sample for name in row))[:MAX_FIELDS]
        found.append(
            NoiseView(
                name=shown(one.detection),
                path=shown(one.path),
                badge=badge_of(one.outcome),
                label=NOISE_LABELS[one.outcome].lower(),
                rows=one.rows,
                reason=_cut(shown(one.reason), MAX_TEXT),
                fields=tuple(map(shown, fields)),
                sample=tuple(tuple(_cell(row.get(name)) for name in fields) for row in one.sample[:MAX_ROWS]),
            )
        )
    return found


# --- texts -----------------------------------------------------------------------------------------------------------


def badge_of(outcome: Outcome) -> Badge:
    """Return how an outcome is shown."""
    return Badge(outcome.value, *_WORDS[outcome])


def shown(text: str) -> str:
    """Return untrusted text with what hides or reorders it written out; tabs and line ends stay."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def duration(seconds: float) -> str:
    """Return a length of time for people."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{int(seconds) // 60} min {int(seconds) % 60} s"
