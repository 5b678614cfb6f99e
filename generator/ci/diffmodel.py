"""What differs between two rendered apps, as values: the input of every format of `contentpack diff`.

Texts are those of the content and not escaped: each format does that for its own place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from generator.base.frozen import dataclass


class What(StrEnum):
    """What happened to a stanza, a table or a file."""

    NEW = "new"
    GONE = "gone"
    RENAMED = "renamed"
    CHANGED = "changed"


class Bump(StrEnum):
    """By how much a version rises, as in semantic versioning; `NONE` where nothing changed."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key that differs; None where a side does not have it. Inside JSON, `key` leads to the value (`_risk.user.score`).

    `spl` says that the values are SPL.
    """

    key: str
    before: str | None
    after: str | None
    spl: bool = False


@dataclass(frozen=True, slots=True)
class StanzaChange:
    """A stanza of a `.conf` file that differs.

    `path` is the content file that it comes from, empty where none is known. `enabled` is true where a search is switched
    on now, false where it is switched off now, None otherwise.
    """

    file: str
    name: str
    what: What
    keys: tuple[KeyChange, ...] = ()
    old_name: str = ""
    path: str = ""
    enabled: bool | None = None

    @property
    def group(self) -> str:
        """What the stanza is to a reader: `search`, `macro`, `lookup`, `story`, or the name of its file."""
        return GROUPS.get(self.file, self.file)


GROUPS: Mapping[str, str] = {
    "default/savedsearches.conf": "search",
    "default/macros.conf": "macro",
    "default/transforms.conf": "lookup",
    "default/collections.conf": "collection",
    "default/analyticstories.conf": "story",
}
"""Files of the app whose stanzas have a name of their own."""


@dataclass(frozen=True, slots=True)
class TableChange:
    """A lookup's table that differs: rows (and columns) only here and only there, repeated rows counted.

    `added` and `removed` hold the first rows of each; `added_count` and `removed_count` say how many there are.
    """

    name: str
    file: str
    what: What
    columns_before: tuple[str, ...] = ()
    columns_after: tuple[str, ...] = ()
    added: tuple[tuple[str, ...], ...] = ()
    removed: tuple[tuple[str, ...], ...] = ()
    added_count: int = 0
    removed_count: int = 0


@dataclass(frozen=True, slots=True)
class FileDiff:
    """Any other file of the app that differs: its size before and after in bytes, None where it is not there."""

    file: str
    what: What
    size_before: int | None
    size_after: int | None


@dataclass(frozen=True, slots=True)
class Workload:
    """What the scheduler has to do, counted over all searches with a schedule as if all were on, or the enabled ones only.

    `runs` a day; `hours` of data that they search a day (a run over the last hour counts 1), without those that have no
    bound, which are `unbounded`; `peak` is the largest number of searches that start in one minute of a week,
    `peak_at` that minute (`Monday 00:05`, the first of them), `peaks` how many minutes have as many.
    """

    searches: int = 0
    runs: float = 0.0
    hours: float = 0.0
    unbounded: int = 0
    peak: int = 0
    peak_at: str = ""
    peaks: int = 0


@dataclass(frozen=True, slots=True)
class VersionLag:
    """Content that changed while its version stayed: it should be `version + 1` at least."""

    path: str
    name: str
    kind: str
    version: int


@dataclass(frozen=True, slots=True)
class AppDiff:
    """What changes in Splunk from one state of a pack to another.

    `before` and `after` name the states for people. `workload` and `enabled_workload` are pairs (before, after).
    `gained` and `lost` are ATT&CK techniques (id to name) that have a detection on one side only. `lags` is content whose
    version should have been raised. `notes` are sentences about what could not be compared.
    """

    before: str
    after: str
    app_id: str
    version_before: str
    version_after: str
    stanzas: tuple[StanzaChange, ...] = ()
    tables: tuple[TableChange, ...] = ()
    files: tuple[FileDiff, ...] = ()
    workload: tuple[Workload, Workload] = (Workload(), Workload())
    enabled_workload: tuple[Workload, Workload] = (Workload(), Workload())
    gained: Mapping[str, str] = field(default_factory=dict)
    lost: Mapping[str, str] = field(default_factory=dict)
    lags: tuple[VersionLag, ...] = ()
    bump: Bump = Bump.NONE
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing changes in Splunk."""
        return not (self.stanzas or self.tables or self.files)
