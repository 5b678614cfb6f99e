"""Two released states of a pack become release notes: what is new, updated, renamed, deprecated and gone, detection by detection.

From the difference of the two rendered apps, so that only what users get is told: a detection is *updated* when its saved
search changed, whatever file made it change. Also here: the next version of the app.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import ConfigError
from generator.base.frozen import dataclass
from generator.ci.diffmodel import Bump, What
from generator.ci.stanzas import SEARCHES
from generator.content.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from generator.ci.appdiff import Side
    from generator.ci.diffmodel import AppDiff, StanzaChange
    from generator.content.model import ContentObject, Pack

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
# The first word that fits a key says what changed; of several keys each word is said once.
_WORDS = (
    (re.compile(r"(search|definition)$"), "search"),
    (re.compile(r"searches$"), "searches"),
    (re.compile(r"cron_schedule|dispatch\.|schedule_window|enableSched|allow_skew"), "schedule"),
    (re.compile(r"action\.risk\."), "risk"),
    (re.compile(r"action\.(notable|email|slack|sendtophantom)"), "alerting"),
    (re.compile(r".*mitre"), "ATT&CK mapping"),
    (re.compile(r".*(analytic_story)"), "stories"),
    (re.compile(r".*(data_source|data_models|providing_technologies)"), "data sources"),
    (re.compile(r"alert\.suppress"), "throttling"),
    (re.compile(r"disabled"), "enabled by default"),
    (re.compile(r"description|narrative|.*(eli5|how_to_implement|known_false_positives|explanation)"), "texts"),
    (re.compile(r".*(detection_version|publish_time|modification_date|creation_date|version)"), ""),
)


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the notes: content of a `kind`, its versions before and after (0: not there), and what changed in words."""

    kind: str
    name: str
    what: What
    old_name: str = ""
    version_before: int = 0
    version_after: int = 0
    changed: tuple[str, ...] = ()
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseNotes:
    """The notes of a release: lines by kind in the order of `KINDS`, techniques gained and lost, lookups with row counts."""

    app: str
    title: str
    before: str
    after: str
    version: str
    bump: Bump
    notes: tuple[Note, ...]
    gained: Mapping[str, str]
    lost: Mapping[str, str]
    tables: tuple[tuple[str, int, int], ...]


KINDS: Mapping[str, str] = {
    "detection": "Detections",
    "baseline": "Baselines",
    "investigation": "Investigations",
    "story": "Analytic stories",
    "macro": "Macros",
    "lookup": "Lookups",
    "dashboard": "Dashboards",
}
"""Kinds of content that users of the app see, with the heading of each."""


def release_notes(diff: AppDiff, before: Side, after: Side) -> ReleaseNotes:
    """Return the notes of what changed from one side to the other."""
    app = after.pack.config.app
    return ReleaseNotes(
        app=diff.app_id,
        title=app.title or app.label or diff.app_id,
        before=diff.before,
        after=diff.after,
        version=diff.version_after,
        bump=diff.bump,
        notes=tuple(
            sorted(_notes(diff, before.pack, after.pack), key=lambda note: (list(KINDS).index(note.kind), note.name))
        ),
        gained=diff.gained,
        lost=diff.lost,
        tables=tuple((table.name, table.added_count, table.removed_count) for table in diff.tables),
    )


def _notes(diff: AppDiff, before: Pack, after: Pack) -> Iterator[Note]:
    old, new = _seen(before), _seen(after)
    by_path: dict[str, list[StanzaChange]] = {}
    for change in diff.stanzas:
        by_path.setdefault(change.path, []).append(change)
    known = {(item.kind, item.id): item for item in old if item.id}
    known_names = {(item.kind, item.name): item for item in old}
    kept: set[int] = set()
    for item in new:
        was = known.get((item.kind, item.id)) or known_names.get((item.kind, item.name))
        if was is None:
            yield Note(item.kind.value, item.name, What.NEW, "", 0, item.version)
            continue
        kept.add(id(was))
        deprecated = item.status == "deprecated" and was.status != "deprecated"
        words = tuple(_words(by_path.get(item.path, ()), same_name=was.name == item.name))
        what = What.RENAMED if was.name != item.name else What.CHANGED
        if what is What.RENAMED or words or deprecated or was.version != item.version:
            old_name = was.name if what is What.RENAMED else ""
            yield Note(item.kind.value, item.name, what, old_name, was.version, item.version, words, deprecated)
    for item in old:
        if id(item) not in kept:
            yield Note(item.kind.value, item.name, What.GONE, "", item.version, 0)


def _seen(pack: Pack) -> list[ContentObject]:
    shown = {Kind(name) for name in KINDS}
    return [item for item in pack.objects() if item.kind in shown and item.status != "removed"]


def _words(changes: Iterable[StanzaChange], *, same_name: bool) -> list[str]:
    """Return in words what changed in the stanzas of one piece of content."""
    found: dict[str, None] = {}
    for change in changes:
        if change.what not in {What.CHANGED, What.RENAMED}:
            continue
        if same_name and change.what is What.RENAMED and change.file == SEARCHES:
            found["name of the saved search"] = None
        for key in change.keys:
            word = next((word for pattern, word in _WORDS if pattern.match(key.key)), "settings")
            label = key.key.startswith("action.correlationsearch.label")
            if word and not (label and change.what is What.RENAMED):
                found[word] = None
        if change.enabled is not None and change.file == SEARCHES:
            found["switched on" if change.enabled else "switched off"] = None
            found.pop("enabled by default", None)
    return list(found)


def next_version(version: str, bump: Bump) -> str:
    """Return the version that follows by a bump.

    Raises:
        ConfigError: the version is not of the form `1.2.3`.
    """
    numbers = version_tuple(version)
    if numbers is None:
        raise ConfigError(f"the app's version `{version}` is not of the form `1.2.3`, so the next one cannot be told")
    major, minor, patch = numbers
    if bump is Bump.MAJOR:
        return f"{major + 1}.0.0"
    if bump is Bump.MINOR:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if bump is Bump.PATCH else version


def version_tuple(version: str) -> tuple[int, int, int] | None:
    """Return a version's numbers, None when it is not of the form `1.2.3`."""
    match = _VERSION.fullmatch(version)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None
