"""The one model that every dialect of content YAML is normalised into: frozen records, no behaviour that reaches out.

A record always exists for a file whose kind could be told, however broken its values are: a value of the wrong type
becomes the field's default here, and a finding there (`generator.content.schema`), so that no defect hides another.
`Document.data` keeps what was written. Positions are not stored: `generator.content.positions.locate` finds them again
from the document's text by pointer, so that a pack of 2,000 detections stays small in memory.

A pointer is a tuple of keys and indexes into `Document.data`, such as `("tags", "observable", 0, "name")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    import datetime

    from generator.content.config import Config

Pointer = tuple[str | int, ...]

ViolationKind = Literal[
    "missing-field",
    "unknown-field",
    "wrong-type",
    "unknown-value",
    "malformed-value",
    "out-of-range",
    "wrong-length",
]
"""What a document can break of its JSON Schema."""

ProblemKind = (
    Literal[
        "file-unreadable",
        "file-size",
        "file-encoding",
        "file-bom",
        "file-empty",
        "file-suffix",
        "file-update-marker",
        "stray-file",
        "unknown-content",
        "yaml-syntax",
        "yaml-tab",
        "yaml-duplicate-key",
        "yaml-not-mapping",
        "yaml-multiple-documents",
        "yaml-depth",
        "yaml-alias",
        "yaml-key",
        "yaml-merge",
        "yaml-tag",
        "yaml-value",
        "unknown-setting",
        "missing-setting",
        "invalid-setting",
        "invalid-app-id",
        "invalid-app-version",
    ]
    | ViolationKind
)
"""Every kind of `Problem`; `generator.content.load` explains each, and one rule reports it."""

VIOLATION_KINDS: Final[frozenset[ViolationKind]] = frozenset(get_args(ViolationKind))
PROBLEM_KINDS: Final[frozenset[ProblemKind]] = frozenset(
    kind for part in get_args(ProblemKind) for kind in get_args(part)
)


class Kind(StrEnum):
    """What a content file defines."""

    DETECTION = "detection"
    MACRO = "macro"
    LOOKUP = "lookup"
    STORY = "story"
    BASELINE = "baseline"
    INVESTIGATION = "investigation"
    DATA_SOURCE = "data_source"
    DASHBOARD = "dashboard"
    DEPLOYMENT = "deployment"
    PLAYBOOK = "playbook"
    REMOVED = "removed"
    DEPRECATION_MAPPING = "deprecation_mapping"
    CONFIG = "config"


class Dialect(StrEnum):
    """The shape that a file is written in. `NATIVE` is the newest one (that of contentctl-ng and ESCU 6) with our additions."""

    V3 = "v3"
    V4 = "v4"
    V5 = "v5"
    NATIVE = "native"


class ConfStyle(StrEnum):
    """Which tool's conf keys a pack is rendered with: contentctl 4, contentctl 5, or contentctl-ng (ESCU 6)."""

    V4 = "v4"
    V5 = "v5"
    V6 = "v6"


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One content file: where it lies, what it says, what it is. `path` is relative to the pack's root, with `/`."""

    path: str
    text: str
    data: Mapping[str, Any]
    kind: Kind
    dialect: Dialect

    @property
    def stem(self) -> str:
        """The file's name without folder and suffix."""
        return self.path.rpartition("/")[2].rpartition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """Why and when content goes, and what replaces it."""

    reason: str = ""
    removed_in_version: str = ""
    replacement_content: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentObject:
    """What all kinds of content have. Dates of the older dialects (`date`) fill both dates."""

    document: Document
    name: str = ""
    id: str = ""
    version: int = 1
    creation_date: datetime.date | None = None
    modification_date: datetime.date | None = None
    author: str = ""
    description: str = ""
    references: tuple[str, ...] = ()
    status: str = "production"
    deprecation: Deprecation | None = None

    @property
    def kind(self) -> Kind:
        """The kind of the file that defines it."""
        return self.document.kind

    @property
    def path(self) -> str:
        """The path of the file that defines it."""
        return self.document.path


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskObject:
    """A field of the results whose value gets risk. `message` only in the native dialect (intermediate findings)."""

    field: str
    type: str
    score: int
    message: str | None = None
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatObject:
    """A field of the results that names what acted. `type` is Splunk's name (`ip_address`, `process_name`, ...)."""

    field: str
    type: str
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observable:
    """v3/v4 `tags.observable`: `roles` as written (`Victim`, `Attacker`, ...)."""

    name: str
    type: str
    roles: tuple[str, ...]
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What a detection adds to the risk index.

    v4: from observables, every risk object with `score` = round(confidence * impact / 100). v5: `rba`. Native: the
    intermediate findings (`message` is the first entity's by field, type, score). `message_pointer` says where the
    message is written.
    """

    message: str = ""
    message_pointer: Pointer = ()
    objects: tuple[RiskObject, ...] = ()
    threats: tuple[ThreatObject, ...] = ()
    confidence: int | None = None
    impact: int | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Legacy:
    """Native `legacy`: what only the conf styles v4 and v5 say, where the native fields say otherwise. None: not said."""

    confidence: int | None = None
    impact: int | None = None
    message: str | None = None
    mitre_attack_id: tuple[str, ...] | None = None
    analytic_story: tuple[str, ...] | None = None
    product: tuple[str, ...] | None = None
    asset_type: str | None = None
    datamodel: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Native `finding`: the notable that a detection raises."""

    title: str
    entity: RiskObject
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilldown:
    """A search offered to the analyst. An offset is None when it is absent or null."""

    name: str
    search: str
    earliest_offset: str | None = None
    latest_offset: str | None = None
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackData:
    """Events that a test replays: `data` is a URL or a path."""

    data: str
    source: str = ""
    sourcetype: str = ""
    index: str | None = None
    host: str | None = None
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineEvents:
    """Events written in a test: `raw` is their text, one event a line unless the sourcetype breaks events otherwise."""

    raw: str
    sourcetype: str = ""
    source: str = ""
    index: str | None = None
    host: str | None = None
    pointer: Pointer = ()


Cells = Mapping[str, str | tuple[str, ...]]
"""A row by field: text, or the texts of a multivalue field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRisk:
    """A risk event that must be written; what is None may be anything."""

    object: str
    type: str | None = None
    score: int | None = None
    message: str | None = None
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedNotable:
    """A notable that must be raised; what is None may be anything."""

    title: str | None = None
    object: str | None = None
    score: int | None = None
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a test's search must find. Without bounds given, at least one row; `none` is `at_most` 0.

    `rows` must be among the results, told by some of their fields; `non_empty` fields must have a value in every row.
    """

    at_least: int = 1
    at_most: int | None = None
    rows: tuple[Cells, ...] = ()
    non_empty: tuple[str, ...] = ()
    risk: tuple[ExpectedRisk, ...] = ()
    notable: ExpectedNotable | None = None
    pointer: Pointer = ()

    @property
    def is_none(self) -> bool:
        """No row may come."""
        return self.at_most == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One test of a detection or baseline. `type` is `unit`, `experimental` or `manual`.

    `attack_data`, `benign_data` and `events` are all loaded. `lookups` and `macros` replace the pack's for this test;
    `chain` names detections whose risk events become data of the search.
    """

    __test__ = False  # it is not a test class of pytest

    name: str
    type: str = "unit"
    attack_data: tuple[AttackData, ...] = ()
    benign_data: tuple[AttackData, ...] = ()
    events: tuple[InlineEvents, ...] = ()
    expect: Expect = Expect()
    lookups: Mapping[str, tuple[Cells, ...]] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    earliest: str | None = None
    latest: str | None = None
    description: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttling:
    """Alert suppression: which fields make two results the same, and for how long (`N[smh]`)."""

    fields: tuple[str, ...]
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduling:
    """When a saved search runs and over what window, as written."""

    cron_schedule: str
    earliest_time: str
    latest_time: str
    schedule_window: str
    pointer: Pointer = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertActions:
    """v4/v5 `alert_action`. Each action is None when it is not configured; mappings hold what was written."""

    notable: Mapping[str, Any] | None = None
    rba_enabled: bool = False
    email: Mapping[str, Any] | None = None
    slack: Mapping[str, Any] | None = None
    phantom: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment(ContentObject):
    """A schedule with alert actions.

    A v4/v5 file under `deployments/`, a native one under `schedules/`, or one written inline in a detection or baseline
    (then `document` is that file and `inline` is true).
    `type` is the detection type it is the default of (TTP, ..., Baseline), or "" for native schedules.
    """

    type: str = ""
    scheduling: Scheduling | None = None
    actions: AlertActions = AlertActions()
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection(ContentObject):
    """A search that finds an attack, and what is done with its results.

    `deployment` is the inline one or None; `schedule` names a native schedule. `datamodels` and `required_fields` are
    those written in the file (v3/v4), not derived. `category` is native's, else the folder below `detections/`.
    """

    type: str = ""
    search: str = ""
    how_to_implement: str = ""
    known_false_positives: str = ""
    data_source: tuple[str, ...] = ()
    explanation: str = ""
    enabled_by_default: bool = False
    risk: Risk = Risk()
    finding: Finding | None = None
    observables: tuple[Observable, ...] = ()
    drilldowns: tuple[Drilldown, ...] = ()
    tests: tuple[Test, ...] = ()
    deployment: Deployment | None = None
    schedule: str | None = None
    baselines: tuple[str, ...] = ()
    analytic_story: tuple[str, ...] = ()
    asset_type: str = ""
    mitre_attack_id: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    security_domain: str = ""
    cve: tuple[str, ...] = ()
    atomic_guid: tuple[str, ...] = ()
    throttling: Throttling | None = None
    manual_test: str | None = None
    group: tuple[str, ...] = ()
    nist: tuple[str, ...] = ()
    cis20: tuple[str, ...] = ()
    kill_chain_phases: tuple[str, ...] = ()
    datamodels: tuple[str, ...] = ()
    required_fields: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    category: str = ""
    legacy: Legacy | None = None

    @property
    def filter_macro(self) -> str:
        """The name of the macro that a user edits to tune the detection: `<file stem>_filter`."""
        return f"{self.document.stem}_filter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro(ContentObject):
    """A search macro. `arguments` are the names that `$name$` stands for in `definition`."""

    definition: str = ""
    arguments: tuple[str, ...] = ()
    iseval: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(ContentObject):
    """A lookup table: `type` is `csv`, `kvstore` or `mlmodel`.

    `data_path` is the data file (relative to the pack's root) that belongs to it, whether or not it exists; None for a
    KV store. `fields` are those of a KV store. `match_type` is one text per entry (`WILDCARD(process)`).
    `default_match` and `case_sensitive_match` are None when absent; Booleans are kept as `true`/`false` text.
    """

    type: str = "csv"
    data_path: str | None = None
    collection: str | None = None
    fields: tuple[str, ...] = ()
    default_match: str | None = None
    match_type: tuple[str, ...] = ()
    min_matches: int | None = None
    max_matches: int | None = None
    case_sensitive_match: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story(ContentObject):
    """An analytic story: detections that belong to one adversary, technique or use case."""

    narrative: str = ""
    category: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    usecase: str = ""
    cve: tuple[str, ...] = ()
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline(ContentObject):
    """A scheduled search that prepares data for detections. `detections` are names; only native ones have `tests`."""

    type: str = "Baseline"
    search: str = ""
    how_to_implement: str = ""
    known_false_positives: str = ""
    data_source: tuple[str, ...] = ()
    datamodels: tuple[str, ...] = ()
    deployment: Deployment | None = None
    schedule: str | None = None
    analytic_story: tuple[str, ...] = ()
    detections: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    security_domain: str = ""
    required_fields: tuple[str, ...] = ()
    tests: tuple[Test, ...] = ()
    legacy: Legacy | None = None


Tested = Detection | Baseline
"""What may have tests. An investigation's search has inputs that an analyst fills in, and its schemas know no tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Investigation(ContentObject):
    """v4: a search that an analyst runs with values from a notable (`$token$`s in the search are its inputs)."""

    search: str = ""
    how_to_implement: str = ""
    known_false_positives: str = ""
    datamodels: tuple[str, ...] = ()
    analytic_story: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    security_domain: str = ""
    required_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnologyAddon:
    """The add-on that brings a data source's fields."""

    name: str
    version: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource(ContentObject):
    """Events of one kind: where they come from and which fields they have."""

    source: str = ""
    sourcetype: str = ""
    separator: str | None = None
    separator_value: str | None = None
    configuration: str | None = None
    supported_ta: tuple[TechnologyAddon, ...] = ()
    fields: tuple[str, ...] = ()
    output_fields: tuple[str, ...] = ()
    mitre_components: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard(ContentObject):
    """A Dashboard Studio board: the YAML file and a JSON file of the same stem (`json_path`)."""

    json_path: str = ""
    theme: str = "light"
    j2_template: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook(ContentObject):
    """A SOAR playbook: checked and documented, never packaged in the app."""

    type: str = ""
    playbook: str = ""
    how_to_implement: str = ""
    detections: tuple[str, ...] = ()
    analytic_story: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed(ContentObject):
    """Content that is gone: kept so that users of the app learn why. `content_kind` is what it was."""

    content_kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeprecationEntry:
    """One entry of a v5 deprecation mapping file. `section` is `detections`, `baselines`, `stories` or `investigations`."""

    section: str
    content: str
    deprecation: Deprecation
    document: Document
    pointer: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong in a file that was met while loading. `kind` picks the rule that reports it (`yaml-syntax`, ...).

    `start`/`end` are offsets into the file's decoded text; with `pointer` set instead, the place is that value's (or,
    with `at_key`, its key's). `document` is None when the file gave none; then `path` and `text` serve.
    """

    kind: ProblemKind
    message: str
    path: str
    hint: str | None = None
    pointer: Pointer | None = None
    at_key: bool = False
    start: int = 0
    end: int = 0
    text: str = ""
    document: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A file of the pack that is not YAML and belongs to content: a lookup's CSV, a dashboard's JSON, ..."""

    path: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """All content of a repository, in path order within each kind, and the problems met while loading it.

    `root` is the absolute path as text (records stay picklable and comparable); `files` are the data files below the
    content folders by path.
    """

    root: str
    config: Config
    detections: tuple[Detection, ...] = ()
    macros: tuple[Macro, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    stories: tuple[Story, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    investigations: tuple[Investigation, ...] = ()
    data_sources: tuple[DataSource, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    playbooks: tuple[Playbook, ...] = ()
    removed: tuple[Removed, ...] = ()
    deprecation_entries: tuple[DeprecationEntry, ...] = ()
    files: Mapping[str, DataFile] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def objects(self) -> tuple[ContentObject, ...]:
        """Every content object, in the peer's load order of kinds."""
        return (
            *self.deployments,
            *self.lookups,
            *self.macros,
            *self.stories,
            *self.baselines,
            *self.investigations,
            *self.data_sources,
            *self.playbooks,
            *self.detections,
            *self.dashboards,
            *self.removed,
        )
