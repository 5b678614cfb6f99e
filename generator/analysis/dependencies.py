"""What a change touches: changed files, and every object that depends on one of them.

An object refers to what its searches use after expansion (macros, also those inside macros, lookups and their tables)
and to what it names (data sources, stories, schedules, detections, files of test events). A changed file stands for what
it defines now and what it defined before, so that what was removed or renamed touches those who still use it.

A file that says the same as before (comments, layout, the order of keys) touches nothing. The configuration, the tool
and its templates touch everything.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.base.frozen import dataclass
from generator.content.config import CONFIG_FILES
from generator.content.dialects import FOLDERS
from generator.content.history import Status
from generator.content.model import Baseline, Dashboard, Detection, Investigation, Kind, Lookup, Playbook, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from generator.analysis.model import AnalyzedPack
    from generator.content.history import Change
    from generator.content.model import ContentObject, Deployment, Document, Pack, Tested

TOOL_FOLDERS = frozenset({"generator", "templates"})
"""Top-level folders of a pack that brings the tool and its templates along."""

APP_FOLDERS = frozenset({"app_template", "static_configs"})
"""Top-level folders whose files go into the app as they are."""

_APP_SETTINGS = frozenset({"version", "description", "title", "author_name", "author_email", "author_company", "build"})
_SCHEDULES = {"Baseline": "Default Baseline"}
_SCHEDULE = "Default EventBasedDetection"


class Reference(NamedTuple):
    """What an object refers to: a `kind` of thing (`macro`, `lookup`, `file`, ...) and its name or path."""

    kind: str
    name: str


class Reason(NamedTuple):
    """Why an object is touched: `itself`, or through a thing of a `kind` and name that the file `path` defines."""

    kind: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Touched:
    """An object of the pack that a change touches, with all reasons."""

    path: str
    kind: Kind
    name: str
    reasons: tuple[Reason, ...]

    @property
    def tested(self) -> bool:
        """Whether its tests can end otherwise than before: not where only a story's text or another detection changed."""
        return any(reason.kind not in {"story", "detection"} for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A change to a pack. `everything` says in a sentence why all objects are touched; empty where they are not.

    `idle` are paths of changed files that say the same as before, `app` those that go into the app as they are, `other`
    those that are no part of the content (documentation, workflows).
    """

    changes: tuple[Change, ...]
    touched: tuple[Touched, ...]
    everything: str = ""
    idle: tuple[str, ...] = ()
    app: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    @property
    def paths(self) -> frozenset[str]:
        """The files whose findings belong to the change: those that changed, and those of touched objects."""
        return frozenset((*(change.path for change in self.changes), *(item.path for item in self.touched)))


def change_set(
    analyzed: AnalyzedPack,
    changes: Iterable[Change],
    before: Callable[[str], Document | None],
    record_of: Callable[[Document], ContentObject | None],
    *,
    everything: str = "",
) -> ChangeSet:
    """Find what a change touches.

    Args:
        analyzed: the pack as it is now.
        changes: the files that changed.
        before: gives a content file of the base by its path then, None where there was none or it gave no document.
        record_of: gives what a document defines.
        everything: a reason for which all is touched, whatever changed.
    """
    pack = analyzed.pack
    listed = tuple(changes)
    now = {item.path: item for item in pack.objects()}
    defined: dict[Reference, Reason] = {}
    itself: dict[str, Reason] = {}
    sorted_paths: dict[str, list[str]] = {"idle": [], "app": [], "other": []}
    for change in listed:
        new, old = now.get(change.path), before(change.old_path) if change.old_path else None
        if is_tool(change.path):
            everything = everything or f"{change.path} belongs to the tool, which makes everything"
        elif change.path in CONFIG_FILES or (pack.config.attack and _same_path(change.path, pack.config.attack)):
            everything = everything or _of_config(pack, change, before)
            sorted_paths["app"].append(change.path)
        elif new is not None or old is not None:
            if change.status is Status.MODIFIED and new and old and _plain(new.document.data) == _plain(old.data):
                sorted_paths["idle"].append(change.path)
                continue
            if new is not None:
                itself[new.path] = Reason("itself", new.name, new.path)
            was = record_of(old) if old is not None else None
            for record in (new, was):
                if record is not None:
                    defined.update(_defined(record, change.path))
            for story in _memberships(was) ^ _memberships(new):
                defined[Reference("membership", story[0])] = Reason("detection", story[1], change.path)
        else:
            if change.path.partition("/")[0] in APP_FOLDERS:
                sorted_paths["app"].append(change.path)
            elif change.path.partition("/")[0] not in FOLDERS and not _is_content_data(pack, change):
                sorted_paths["other"].append(change.path)
            for path in {change.path, change.old_path} - {""}:
                for name in (path, *_folders(path)):
                    defined[Reference("file", name)] = Reason("file", path, change.path)
    touched = _touched(analyzed, defined, itself, everything)
    return ChangeSet(listed, tuple(touched), everything, *(tuple(paths) for paths in sorted_paths.values()))


def is_tool(path: str) -> bool:
    """Whether a file is part of the tool, in a repository that holds tool and pack."""
    return path.partition("/")[0] in TOOL_FOLDERS


def _touched(
    analyzed: AnalyzedPack, defined: Mapping[Reference, Reason], itself: Mapping[str, Reason], everything: str
) -> Iterator[Touched]:
    pack = analyzed.pack
    lookups = {lookup.name: lookup for lookup in pack.lookups}
    deployments = {deployment.name: deployment for deployment in pack.deployments}
    kinds = {reference.kind for reference in defined}
    # Most packs are large and most changes small: what only searches refer to is looked for only if such a thing changed.
    in_searches = not kinds.isdisjoint({"macro", "lookup", "file"})
    for item in pack.objects():
        reasons = [itself[item.path]] if item.path in itself else []
        if defined:
            used = _references(analyzed, item, lookups, deployments, in_searches=in_searches)
            found = [defined[reference] for reference in sorted({each for each in used if each in defined})]
            reasons += [reason for reason in found if reason.path != item.path or not reasons]
        if everything and not reasons:
            reasons = [Reason("everything", everything, "")]
        if reasons:
            yield Touched(item.path, item.kind, item.name, tuple(dict.fromkeys(reasons)))


def _defined(record: ContentObject, path: str) -> Iterator[tuple[Reference, Reason]]:
    """Yield what a changed file defines, as others refer to it."""
    yield Reference(record.kind.value, record.name), Reason(record.kind.value, record.name, path)
    kind = getattr(record, "type", "")
    if record.kind is Kind.DEPLOYMENT and isinstance(kind, str) and kind:
        yield Reference("deployment-type", kind), Reason("deployment", record.name, path)


def _memberships(record: ContentObject | None) -> set[tuple[str, str]]:
    """Return the stories of a search with its name: the app lists a story's searches in the story's stanza."""
    stories = record.analytic_story if isinstance(record, Detection | Baseline | Investigation) else ()
    return {(story, record.name) for story in stories} if record is not None else set()


def _references(
    analyzed: AnalyzedPack,
    item: ContentObject,
    lookups: Mapping[str, Lookup],
    deployments: Mapping[str, Deployment],
    *,
    in_searches: bool,
) -> Iterator[Reference]:
    yield Reference(item.kind.value, item.name)  # another file that defines the same is a finding here, too
    for search in analyzed.facts_of(item).searches.values() if in_searches else ():
        for macro in search.macros:
            yield Reference("macro", macro.name)
        for use in search.lookups:
            yield Reference("lookup", use.name)
            lookup = lookups.get(use.name)
            if lookup is not None and lookup.data_path:
                yield Reference("file", lookup.data_path)
    match item:
        case Detection():
            yield from _of_detection(item)
            yield from _schedule(item, item.type, deployments)
        case Baseline():
            yield from _named("detection", item.detections)
            yield from _named("story", item.analytic_story)
            yield from _named("data_source", item.data_source)
            yield from _schedule(item, item.type or "Baseline", deployments)
            yield from _of_tests(item)
        case Investigation():
            yield from _named("story", item.analytic_story)
        case Lookup():
            if item.data_path:
                yield Reference("file", item.data_path)
        case Dashboard():
            yield Reference("file", item.json_path)
        case Playbook():
            yield from _named("detection", item.detections)
            yield from _named("story", item.analytic_story)
            stem = item.path.rpartition(".")[0]
            for suffix in (".json", ".py", ".png"):
                yield Reference("file", stem + suffix)
        case Story():
            yield Reference("membership", item.name)
        case _:
            pass


def _folders(path: str) -> Iterator[str]:
    """Yield the folders above a file but for the top one: a test may name a folder of events, or an app."""
    while path.count("/") > 1:
        path = path.rpartition("/")[0]
        yield path


def _of_detection(item: Detection) -> Iterator[Reference]:
    yield Reference("macro", item.filter_macro)
    yield from _named("story", item.analytic_story)
    yield from _named("baseline", item.baselines)
    for source in item.data_source:
        yield from _named("data_source", {source, *source.split(" AND ")})
    yield from _of_tests(item)


def _of_tests(item: Tested) -> Iterator[Reference]:
    for test in item.tests:
        for data in test.attack_data:
            yield from _pack_path(data.data)
        for text in _texts(test.data):
            if "/" in text and "\n" not in text:
                yield from _pack_path(text)


def _schedule(item: Detection | Baseline, kind: str, deployments: Mapping[str, Deployment]) -> Iterator[Reference]:
    if item.deployment is not None:
        return
    if item.schedule:
        yield Reference("deployment", item.schedule)
        if item.schedule in deployments:
            return
    yield Reference("deployment-type", kind)
    yield Reference("deployment", _SCHEDULES.get(kind, _SCHEDULE))


def _named(kind: str, names: Iterable[str]) -> Iterator[Reference]:
    for name in names:
        yield Reference(kind, name)


def _pack_path(data: str) -> Iterator[Reference]:
    if "://" not in data and 0 < len(data) < 400:
        yield Reference("file", posixpath.normpath(data))


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a test's YAML: whatever names a file or folder of the pack makes the test depend on it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


def _is_content_data(pack: Pack, change: Change) -> bool:
    """Whether a file that is no YAML is read all the same: tables, boards, events."""
    return bool({change.path, change.old_path} & set(_data_paths(pack)))


def _data_paths(pack: Pack) -> Iterator[str]:
    for lookup in pack.lookups:
        if lookup.data_path:
            yield lookup.data_path
    for dashboard in pack.dashboards:
        yield dashboard.json_path
    items: tuple[Tested, ...] = (*pack.detections, *pack.baselines)
    for item in items:
        for test in item.tests:
            for data in test.attack_data:
                for reference in _pack_path(data.data):
                    yield reference.name


def _of_config(pack: Pack, change: Change, before: Callable[[str], Document | None]) -> str:
    """Return why a changed configuration touches everything; empty where only what describes the app changed."""
    if pack.config.document is None or change.path != pack.config.document.path:
        return f"{change.path} changed, which all findings and the whole app depend on"
    old = before(change.old_path) if change.old_path else None
    if old is not None and _settings(old.data) == _settings(pack.config.document.data):
        return ""
    return f"the settings in {change.path} changed"


def _settings(data: Mapping[str, Any]) -> dict[str, object]:
    """Return the settings that searches and findings depend on, without those that only describe the app."""
    found: dict[str, object] = {}
    for key, value in data.items():
        if isinstance(value, dict) and key == "app":
            found[key] = {name: each for name, each in value.items() if name not in _APP_SETTINGS}
        else:
            found[key] = value
    return found


def _same_path(path: str, other: str) -> bool:
    return path == posixpath.normpath(other)


def _plain(value: object) -> object:
    """Return a value with the blanks around texts dropped: where a block scalar ends is layout."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value
