"""An `AppDiff` becomes what is told of it, in order: sections of entries, the same for every format that people read.

Here is decided what is worth a line: values are cut around the place where they differ, searches are laid out and
aligned, changes that many stanzas share are told once, and what follows from another change is only counted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.ci.aligned import Pair, aligned, changed_words
from generator.ci.diffmodel import Bump, What

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.ci.diffmodel import AppDiff, KeyChange, StanzaChange, TableChange, Workload
    from generator.spl.syntax import CommandTable

_SIGNS = {What.NEW: "+", What.GONE: "-", What.RENAMED: ">", What.CHANGED: "~"}
WORDS = {sign: str(what) for what, sign in _SIGNS.items()}
"""What the sign of an entry says."""

_TITLES = {
    "search": ("search", "searches"),
    "macro": ("macro", "macros"),
    "lookup": ("lookup", "lookups"),
    "collection": ("collection", "collections"),
    "story": ("story", "stories"),
}
_ORDER = ("search", "macro", "lookup", "collection", "story")
_FIRST_KEYS = ("search", "definition", "filename", "collection", "cron_schedule", "dispatch.earliest_time", "dispatch.latest_time")  # fmt: skip
_RISK_KEYS = ("action.risk.param._risk_message", "action.risk.param._risk_score", "action.notable.param.rule_title")
_TOLD_OF_NEW = frozenset((*_FIRST_KEYS, *_RISK_KEYS, "disabled", "description"))
_SHARED_BY = 4
_SHOWN_NAMES = 30
_VALUE = 220
_CONTEXT = 60


@dataclass(frozen=True, slots=True)
class Fact:
    """One difference in a line: what it is of, before and after (None: not there; both None: only the layout differs)."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: `sign` is `+`, `-`, `>` (renamed) or `~`; `remark` stands behind the title, `path` is the content file."""

    sign: str
    title: str
    remark: str = ""
    path: str = ""
    facts: tuple[Fact, ...] = ()
    spl: tuple[tuple[str, tuple[Pair, ...]], ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with entries."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The headline, a line of counts, sections, and closing sentences (`notes`)."""

    headline: str
    counts: tuple[str, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]


def outline(diff: AppDiff, commands: CommandTable) -> Outline:
    """Return what is told of a diff."""
    sections = [
        *_stanza_sections(diff, commands),
        *_table_section(diff),
        *_file_section(diff),
        *_workload_section(diff),
    ]
    sections += [*_coverage_section(diff), *_version_section(diff)]
    return Outline(_headline(diff), tuple(_counts(diff)), tuple(sections), diff.notes)


def _headline(diff: AppDiff) -> str:
    app = diff.app_id or "the app"
    if diff.empty:
        return f"nothing changes in Splunk ({app} {diff.version_after}): {diff.before} -> {diff.after}"
    versions = diff.version_before or "not there"
    if diff.version_after != diff.version_before:
        versions = f"{versions} -> {diff.version_after or 'gone'}"
    return f"{app} {versions}: {diff.before} -> {diff.after}"


def _counts(diff: AppDiff) -> Iterator[str]:
    for group in _ORDER:
        found = Counter(change.what for change in diff.stanzas if change.group == group and not _follows(change))
        if found:
            listed = ", ".join(f"{found[what]:,} {what}" for what in What if found[what])
            yield f"{_TITLES[group][1]}: {listed}"
    switched = Counter(change.enabled for change in diff.stanzas if change.enabled is not None)
    if switched:
        parts = [
            f"{switched[on]:,} {word}" for on, word in ((True, "switched on"), (False, "switched off")) if switched[on]
        ]
        yield f"enabled: {', '.join(parts)}"
    if diff.tables:
        added, removed = sum(t.added_count for t in diff.tables), sum(t.removed_count for t in diff.tables)
        yield f"lookup rows: {added:,} added, {removed:,} removed"


def _stanza_sections(diff: AppDiff, commands: CommandTable) -> Iterator[Section]:
    groups = dict.fromkeys((*_ORDER, *(change.group for change in diff.stanzas)))
    for group in groups:
        changes = [change for change in diff.stanzas if change.group == group]
        told = [change for change in changes if not _follows(change)]
        entries = list(_entries(told, commands))
        following = len(changes) - len(told)
        if following:
            stanzas = "1 stanza follows" if following == 1 else f"{following:,} stanzas follow"
            entries.append(Entry("~", f"{stanzas} from the searches above"))
        if entries:
            yield Section(_TITLES.get(group, ("", group))[1], tuple(entries))


def _follows(change: StanzaChange) -> bool:
    """Whether a stanza only repeats what another file says of the same search."""
    return change.group == "story" and change.name.startswith("savedsearch://")


def _entries(changes: Iterable[StanzaChange], commands: CommandTable) -> Iterator[Entry]:
    shared: dict[object, list[StanzaChange]] = {}
    for change in changes:
        can_share = change.what is What.CHANGED and len(change.keys) > 0
        shared.setdefault((change.keys, change.enabled) if can_share else object(), []).append(change)
    for alike in shared.values():
        if len(alike) < _SHARED_BY:
            yield from (_entry(change, commands) for change in alike)
            continue
        first = _entry(alike[0], commands)
        names = tuple(change.name for change in alike[:_SHOWN_NAMES])
        more = (f"and {len(alike) - _SHOWN_NAMES:,} more",) if len(alike) > _SHOWN_NAMES else ()
        group = _TITLES.get(alike[0].group, ("stanza", "stanzas"))[1]
        title = f"{len(alike):,} {group} in the same way"
        yield Entry("~", title, first.remark, "", first.facts, first.spl, (*names, *more))


def _entry(change: StanzaChange, commands: CommandTable) -> Entry:
    title = f"{change.old_name} -> {change.name}" if change.what is What.RENAMED else change.name
    remark = [str(change.what)] if change.what is not What.CHANGED else []
    if change.enabled is not None and change.what in {What.CHANGED, What.RENAMED}:
        remark.append("switched on" if change.enabled else "switched off")
    elif change.enabled:
        remark.append("enabled")
    keys = change.keys
    if change.what is What.GONE:
        keys = ()
    elif change.what is What.NEW:
        keys = tuple(key for key in keys if key.key in _TOLD_OF_NEW)
    keys = tuple(key for key in keys if not _repeats(key, keys))
    facts, spl = [], []
    for key in sorted(
        keys, key=lambda each: _FIRST_KEYS.index(each.key) if each.key in _FIRST_KEYS else len(_FIRST_KEYS)
    ):
        if key.spl:
            pairs = (
                aligned(key.before or "", key.after or "", commands)
                if change.what is not What.NEW
                else _new(key, commands)
            )
            if pairs:
                spl.append((key.key, pairs))
            else:
                facts.append(Fact(key.key, None, None))
        else:
            facts.append(_fact(key))
    return Entry(_SIGNS[change.what], title, ", ".join(remark), change.path, tuple(facts), tuple(spl))


def _repeats(key: KeyChange, keys: Iterable[KeyChange]) -> bool:
    """Whether a value only holds the search, and changed as that did (the drilldowns of older styles)."""
    return any(
        each.spl
        and not key.spl
        and each.before
        and each.after
        and key.before is not None
        and key.before != key.after
        and key.before.replace(each.before, each.after) == key.after
        for each in keys
    )


def _new(key: KeyChange, commands: CommandTable) -> tuple[Pair, ...]:
    return tuple(Pair(None, pair.after) for pair in aligned("", key.after or "", commands) if pair.after is not None)


def _fact(key: KeyChange) -> Fact:
    before, after = key.before, key.after
    if before is None or after is None:
        return Fact(key.key, _cut(before), _cut(after))
    if len(before) <= _VALUE and len(after) <= _VALUE:
        return Fact(key.key, before, after)
    (start, end), (_, new_end) = changed_words(before, after)
    return Fact(key.key, _around(before, start, end), _around(after, start, new_end))


def _cut(text: str | None) -> str | None:
    if text is None or len(text) <= _VALUE:
        return text
    return f"{text[:_VALUE]}… ({len(text):,} characters)"


def _around(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _CONTEXT), min(len(text), max(end, start) + _CONTEXT)
    if last - first > _VALUE:
        last = first + _VALUE
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"


def _table_section(diff: AppDiff) -> Iterator[Section]:
    if diff.tables:
        yield Section("lookup tables", tuple(_table(table) for table in diff.tables))


def _table(table: TableChange) -> Entry:
    parts = [str(table.what)] if table.what is not What.CHANGED else []
    if table.added_count or table.removed_count:
        parts.append(
            f"{table.added_count:,} {'row' if table.added_count == 1 else 'rows'} added, {table.removed_count:,} removed"
        )
    elif table.columns_before == table.columns_after == ():
        parts.append("the file differs, and is no CSV")
    facts = []
    if table.columns_before != table.columns_after and table.what is What.CHANGED:
        facts.append(Fact("columns", ", ".join(table.columns_before), ", ".join(table.columns_after)))
    facts += [Fact("row", _cut(", ".join(row)), None) for row in table.removed]
    if table.removed_count > len(table.removed):
        facts.append(Fact("rows", f"{table.removed_count - len(table.removed):,} more", None))
    facts += [Fact("row", None, _cut(", ".join(row))) for row in table.added]
    if table.added_count > len(table.added):
        facts.append(Fact("rows", None, f"{table.added_count - len(table.added):,} more"))
    return Entry(_SIGNS[table.what], table.name, "; ".join(parts), "", tuple(facts))


def _file_section(diff: AppDiff) -> Iterator[Section]:
    entries = []
    for file in diff.files:
        sizes = [f"{size:,} bytes" for size in (file.size_before, file.size_after) if size is not None]
        entries.append(Entry(_SIGNS[file.what], file.file, " -> ".join(sizes)))
    if entries:
        yield Section("other files", tuple(entries))


def _workload_section(diff: AppDiff) -> Iterator[Section]:
    entries = []
    for title, (before, after) in (
        ("all scheduled searches, if all were enabled", diff.workload),
        ("enabled searches", diff.enabled_workload),
    ):
        facts = tuple(_workload_facts(before, after))
        if facts:
            entries.append(Entry("~", title, facts=facts))
    if entries:
        yield Section("cost and schedule", tuple(entries))


def _workload_facts(before: Workload, after: Workload) -> Iterator[Fact]:
    for label, old, new in (
        ("searches", f"{before.searches:,}", f"{after.searches:,}"),
        ("runs a day", f"{before.runs:,.0f}", f"{after.runs:,.0f}"),
        ("hours of data searched a day", f"{before.hours:,.1f}", f"{after.hours:,.1f}"),
        ("searches without a time bound", f"{before.unbounded:,}", f"{after.unbounded:,}"),
        ("most that start in one minute", _peak(before), _peak(after)),
    ):
        if old != new:
            yield Fact(label, old, new)


def _peak(load: Workload) -> str:
    if not load.peak:
        return "0"
    more = f" and {load.peaks - 1:,} more minutes of the week" if load.peaks > 1 else ""
    return f"{load.peak:,} ({load.peak_at}{more})"


def _coverage_section(diff: AppDiff) -> Iterator[Section]:
    entries = [Entry("-", f"{technique} {name}".strip(), "lost") for technique, name in diff.lost.items()]
    entries += [Entry("+", f"{technique} {name}".strip(), "gained") for technique, name in diff.gained.items()]
    if entries:
        yield Section("ATT&CK coverage", tuple(entries))


def _version_section(diff: AppDiff) -> Iterator[Section]:
    entries = [
        Entry("~", lag.name, f"changed, and its version is {lag.version} as before", lag.path) for lag in diff.lags
    ]
    if diff.bump is not Bump.NONE and diff.version_before == diff.version_after and diff.version_after:
        entries.append(Entry("~", diff.app_id, f"a release with these changes is a {diff.bump} one"))
    if entries:
        yield Section("versions to raise", tuple(entries))
