"""A `TestReport` becomes one HTML page that stands alone: failures first, what each test did, and what no test would see.

The page asks no other host for anything (its content security policy forbids it) and works without JavaScript, which only
adds the filter and the switch of colours. Everything in it is data: the template escapes, and characters that hide or
reorder text are written out. Long texts are cut, and beyond `MAX_BYTES` passing tests lose their details, then others:
what is left out is said in its place. No clock and no paths of the machine: equal reports give equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from generator.base.frozen import dataclass
from generator.commands import load_commands
from generator.render.templating import template_folder
from generator.replay.results import Outcome
from generator.report.testrun.scores import percent
from generator.report.visible import visible
from generator.spl.format import format_spl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.replay.results import MutationScore, StageCount, Survivor, TestReport, TestResult

MAX_BYTES = 16 * 1024 * 1024
"""About what a page may hold."""
MAX_SEARCH = 20_000
MAX_TEXT = 2_000
MAX_CELL = 400
MAX_ROWS = 20
MAX_FIELDS = 40
MAX_EVENTS = 10
MAX_STAGES = 200
MAX_SURVIVORS = 500
MAX_SKIPPED = 2_000

_ORDER = (Outcome.FAIL, Outcome.ERROR, Outcome.UNSUPPORTED, Outcome.SKIPPED, Outcome.PASS)
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


@dataclass(frozen=True, slots=True)
class Badge:
    """An outcome as it is shown: its value, its words for one and for several, its sign."""

    value: str
    single: str
    plural: str
    sign: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a search with what it is: `comment`, `string`, `lead`, `word` or ""."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A stage: `wide` and `filled` (per cent) are rows in and out on a common logarithmic scale."""

    number: int
    text: str
    rows_in: str
    rows_out: str
    milliseconds: str
    wide: float
    filled: float
    drops_all: bool


@dataclass(frozen=True, slots=True)
class TestView:
    """A test as it is shown; `shortened` says that its details were left out to keep the page small."""

    __test__ = False

    name: str
    badge: Badge
    reason: str
    facts: tuple[str, ...]
    mismatches: tuple[tuple[str, str, str], ...]
    why: tuple[str, ...]
    stages: tuple[Bar, ...]
    search: tuple[Piece, ...]
    fields: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    more_rows: int
    more_fields: int
    events: tuple[str, ...]
    more_events: int
    messages: tuple[str, ...]
    shortened: bool


@dataclass(frozen=True, slots=True)
class SurvivorView:
    """A broken search that nothing noticed."""

    kind: str
    before: str
    after: str
    line: int
    col: int
    accepted: str
    differs: bool


@dataclass(frozen=True, slots=True)
class SkippedView:
    """Detections of which nothing ran, for one reason: rows of detection, test, whole reason, and what the filter looks through."""

    reason: str
    count: int
    rows: tuple[tuple[str, str, str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class ScoreView:
    """A detection's mutation score."""

    killed: int
    total: int
    accepted: int
    open: int
    percent: str
    share: float
    accepted_share: float
    survivors: tuple[SurvivorView, ...] = ()
    more: int = 0
    differs: bool = False


@dataclass(frozen=True, slots=True)
class CardView:
    """A detection with its tests; `text` is what the filter looks through."""

    anchor: str
    name: str
    path: str
    badge: Badge
    tests: tuple[TestView, ...]
    score: ScoreView | None
    facts: tuple[str, ...]
    text: str
    is_open: bool


def render(report: TestReport) -> str:
    """Return the page. It ends with a line end."""
    page = _page(report, details=_ORDER)
    if len(page.encode("utf-8", "replace")) > MAX_BYTES:
        page = _page(report, details=_ORDER[:-1])
    if len(page.encode("utf-8", "replace")) > MAX_BYTES:
        page = _page(report, details=())
    return page


def _page(report: TestReport, details: Sequence[Outcome]) -> str:
    counts = report.counts()
    total = sum(counts.values())
    scores = list(report.mutation.values())
    style, script = _asset("page.css"), _asset("page.js")
    return str(
        _environment()
        .get_template("report/tests.html.j2")
        .render(
            title=_shown(report.title) or "Tests",
            backend=_shown(report.backend),
            seconds=_seconds(report.seconds),
            counts=[
                {"badge": _badge(outcome), "count": counts[outcome], "share": 100 * counts[outcome] / total}
                for outcome in _ORDER
                if counts[outcome]
            ],
            total=total,
            detections=len(_groups(report)),
            score=_score_of_all(scores) if scores else None,
            cards=_cards(report, details),
            skipped=_skipped(report),
            shortened=len(details) < len(_ORDER),
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


# --- the parts -------------------------------------------------------------------------------------------------------


def _groups(report: TestReport) -> dict[str, list[TestResult]]:
    groups: dict[str, list[TestResult]] = {}
    for test in report.tests:
        groups.setdefault(test.detection_id or test.path, []).append(test)
    return groups


def _skipped(report: TestReport) -> list[SkippedView]:
    """Return the tests of detections of which nothing ran, by what their reasons begin with, most first."""
    reasons: dict[str, list[TestResult]] = {}
    for tests in _groups(report).values():
        if all(test.outcome is Outcome.SKIPPED for test in tests):
            for test in tests:
                reasons.setdefault(test.reason.partition(":")[0], []).append(test)
    return [
        SkippedView(
            reason=_cut(_shown(reason), MAX_CELL),
            count=len(tests),
            rows=tuple(
                (
                    _shown(test.detection),
                    _shown(test.test),
                    _cut(_shown(test.reason), MAX_CELL),
                    _cut(_shown(f"{test.detection} {test.path} {test.test} {test.reason}").lower(), MAX_TEXT),
                )
                for test in tests[:MAX_SKIPPED]
            ),
            more=max(0, len(tests) - MAX_SKIPPED),
        )
        for reason, tests in sorted(reasons.items(), key=lambda item: -len(item[1]))
    ]


def _cards(report: TestReport, details: Sequence[Outcome]) -> list[CardView]:
    cards = []
    for number, (key, tests) in enumerate(_groups(report).items()):
        if all(test.outcome is Outcome.SKIPPED for test in tests):
            continue
        score = report.mutation.get(key)
        worst = min((test.outcome for test in tests), key=_ORDER.index)
        view = None if score is None else _score(score)
        cards.append((_rank(worst, score), number, _card(number, tests, worst, view, details)))
    cards.sort(key=lambda card: card[:2])
    return [card for _, _, card in cards]


def _rank(worst: Outcome, score: MutationScore | None) -> tuple[int, int]:
    """Order detections: failures first, then those whose tests would miss most."""
    unseen = 0 if score is None else sum(1 for survivor in score.survivors if not survivor.accepted)
    return _ORDER.index(worst), -unseen


def _card(
    number: int, tests: Sequence[TestResult], worst: Outcome, score: ScoreView | None, details: Sequence[Outcome]
) -> CardView:
    ordered = sorted(tests, key=lambda test: _ORDER.index(test.outcome))
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
        name=_shown(first.detection),
        path=_shown(first.path),
        badge=_badge(worst),
        tests=tuple(_test(test, has_details=test.outcome in details) for test in ordered),
        score=score,
        facts=(
            f"{passed} of {len(tests)} test{'s' if len(tests) != 1 else ''} passed",
            *((_seconds(seconds),) if seconds else ()),
        ),
        text=_cut(" ".join(_shown(word) for word in words).lower(), MAX_TEXT),
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
        facts.append(_seconds(test.seconds))
    sample = test.sample[:MAX_ROWS] if has_details else ()
    return TestView(
        name=_shown(test.test),
        badge=_badge(test.outcome),
        reason=_cut(_shown(test.reason), MAX_TEXT),
        facts=tuple(facts),
        mismatches=tuple(
            (_cut(_shown(one.what), MAX_CELL), _cut(_shown(one.expected), MAX_TEXT), _cut(_shown(one.got), MAX_TEXT))
            for one in test.mismatches[:MAX_ROWS]
        ),
        why=tuple(_cut(_shown(line), MAX_TEXT) for line in test.why) if has_details else (),
        stages=tuple(_bars(test.stages[:MAX_STAGES])) if has_details else (),
        search=tuple(_pieces(test.search)) if has_details else (),
        fields=tuple(_shown(name) for name in visible_fields) if sample else (),
        rows=tuple(tuple(_cell(row.get(name)) for name in visible_fields) for row in sample),
        more_rows=max(0, test.rows - len(sample)) if sample else 0,
        more_fields=len(fields) - len(visible_fields) if sample else 0,
        events=tuple(_cut(_shown(event), MAX_TEXT) for event in test.raw[:MAX_EVENTS]) if has_details else (),
        more_events=max(0, test.events - min(len(test.raw), MAX_EVENTS)) if test.raw else 0,
        messages=tuple(_cut(_shown(message), MAX_TEXT) for message in test.messages[:MAX_ROWS]),
        shortened=not has_details,
    )


def _cell(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    values = [value] if isinstance(value, str) else value
    shown = tuple(_cut(_shown(one), MAX_CELL) for one in values[:MAX_ROWS])
    return shown if len(values) <= MAX_ROWS else (*shown, f"… {len(values) - MAX_ROWS:,} more")


def _bars(stages: Sequence[StageCount]) -> Iterator[Bar]:
    most = max((max(stage.rows_in, stage.rows_out) for stage in stages), default=0)
    for number, stage in enumerate(stages, start=1):
        yield Bar(
            number=number,
            text=_cut(_shown(" ".join(stage.text.split()) or stage.command), MAX_TEXT),
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
    shown = sorted(score.survivors, key=lambda one: (bool(one.accepted), one.line, one.col))
    accepted = sum(bool(one.accepted) for one in score.survivors)
    return ScoreView(
        killed=score.killed,
        total=score.total,
        accepted=accepted,
        open=score.total - score.killed - accepted,
        percent=percent(score.killed, score.total),
        share=100 * score.killed / score.total if score.total else 100.0,
        accepted_share=100 * accepted / score.total if score.total else 0.0,
        survivors=tuple(_survivor(one) for one in shown[:MAX_SURVIVORS]),
        more=max(0, len(shown) - MAX_SURVIVORS),
        differs=any(one.differs for one in shown),
    )


def _score_of_all(scores: Sequence[MutationScore]) -> ScoreView:
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
        kind=_shown(survivor.kind),
        before=_cut(_shown(" ".join(survivor.before.split())), MAX_CELL),
        after=_cut(_shown(" ".join(survivor.after.split())), MAX_CELL),
        line=survivor.line,
        col=survivor.col,
        accepted=_cut(_shown(survivor.accepted), MAX_TEXT),
        differs=survivor.differs,
    )


def _pieces(search: str) -> Iterator[Piece]:
    """Lay a search out and cut it into what is coloured and what is not."""
    if not search.strip():
        return
    text = search if len(search) > MAX_SEARCH else format_spl(search, load_commands())
    text = _cut("\n".join(_shown(line) for line in text.split("\n")), MAX_SEARCH)
    done = 0
    for match in _TOKEN.finditer(text):
        if match.start() > done:
            yield Piece("", text[done : match.start()])
        yield Piece(match.lastgroup or "", match.group())
        done = match.end()
    if done < len(text):
        yield Piece("", text[done:])


# --- texts -----------------------------------------------------------------------------------------------------------


def _badge(outcome: Outcome) -> Badge:
    return Badge(outcome.value, *_WORDS[outcome])


def _shown(text: str) -> str:
    """Return untrusted text with what hides or reorders it written out; tabs and line ends stay."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def _seconds(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{int(seconds) // 60} min {int(seconds) % 60} s"


# --- the page --------------------------------------------------------------------------------------------------------


@cache
def _environment() -> Any:  # noqa: ANN401 - a jinja2 environment, imported only when a page is made
    from jinja2 import FileSystemLoader, StrictUndefined  # noqa: PLC0415 - heavy; other reports need none
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        autoescape=True,
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
