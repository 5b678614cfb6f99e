"""What the HTML page shows, as frozen records of texts that are ready to be shown: the template only lays them out."""

from __future__ import annotations

from generator.base.frozen import dataclass


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


@dataclass(frozen=True, slots=True)
class NoiseView:
    """A detection that found rows in benign data, or could not be run over them. `badge` has `fail` for what is new."""

    name: str
    path: str
    badge: Badge
    label: str
    rows: int
    reason: str
    fields: tuple[str, ...]
    sample: tuple[tuple[tuple[str, ...], ...], ...]
