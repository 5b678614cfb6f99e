"""A pack becomes the changes that make its files native: nothing is written here, nothing is read but what is given.

Each new text is read back. Where it says something else than the old one (compared as records, field by field), or
breaks the native schema where the old one kept its own, the file stays as it is and the reason is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.authoring.migrate import detections, others
from generator.authoring.migrate.draft import NotMigrated, parsed
from generator.authoring.migrate.others import Header
from generator.authoring.risk import implied_parents
from generator.authoring.yamltext import UnmovableText, written
from generator.base.frozen import dataclass
from generator.content import schema
from generator.content.legacy import baseline_then, detection_then
from generator.content.model import (
    Baseline,
    ConfStyle,
    Detection,
    Dialect,
    Document,
    Kind,
    Lookup,
)
from generator.content.records import record

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from generator.authoring.migrate.draft import Draft
    from generator.content.config import Config
    from generator.content.model import ContentObject, Deprecation, Pack, RiskObject

CONFIG_FILE: Final = "contentpack.yml"
_OPEN_KINDS: Final = {
    Kind.DEPLOYMENT: "deployments choose alert actions by type, which has no native place; they work beside native files",
    Kind.INVESTIGATION: "the native dialect has no investigations; they work beside native files",
}
#: Fields that say where or how something is written, not what.
_POSITIONS: Final = frozenset(("document", "pointer", "message_pointer"))
#: Fields without a native place, and why nothing is lost in the app: no conf file of any style shows them, or `legacy`
#: keeps them for the styles that do. They are comments afterwards.
_ASIDE_FIELDS: Final = {
    "required_fields": "documentation pages show them; here the search tells them",
    "datamodels": "told by the search; of a baseline `legacy` keeps them",
    "datasets": "contentctl 3 documented them; the search tells them",
    "nist": "told by the type of the detection",
    "cis20": "told by the type of the detection",
    "kill_chain_phases": "told by the techniques",
    "analytic_story": "native baselines have none; `legacy` keeps them",
    "detections": "the detections name their baselines",
    "observables": "they are the risk, which is compared by itself",
}
#: What a header has; made where the file says nothing of it.
_HEADER: Final = {
    "id": ("id",),
    "version": ("version",),
    "author": ("author",),
    "creation_date": ("creation_date", "date"),
    "modification_date": ("modification_date", "creation_date", "date"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A file's new text. `before` is None for a new file, `after` is None for one that goes; `moved_to` renames it."""

    path: str
    before: str | None
    after: str | None
    notes: tuple[str, ...] = ()
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that stays as it is, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Migration:
    """What a migration would do: in path order. `native` counts files that are native already."""

    changes: tuple[Change, ...] = ()
    kept: tuple[Kept, ...] = ()
    native: int = 0


def migrate_pack(
    pack: Pack, *, today: datetime.date, chosen: AbstractSet[str] | None = None, keep: bool = True
) -> Migration:
    """Return the changes that make a pack native.

    Args:
        pack: the content. Its broken files (`Pack.problems`) are kept as they are.
        today: the day for files without a date in a pack without any.
        chosen: paths to migrate; None for all. The configuration is written only for all.
        keep: whether what has no native place stays as comments.
    """
    dates = [item.modification_date for item in pack.objects() if item.modification_date is not None]
    header = Header(max(dates, default=today), pack.config.app.author_name or "unknown")
    entries = {(entry.section, entry.content): entry.deprecation for entry in pack.deprecation_entries}
    baselines = _baselines_of(pack)
    sources = {source.name for source in pack.data_sources}
    changes: list[Change] = []
    kept: list[Kept] = []
    native = 0
    taken = {item.path for item in pack.objects()}
    broken = {problem.path for problem in pack.problems if problem.kind.startswith(("yaml", "file"))}
    for item in pack.objects():
        if chosen is not None and item.path not in chosen:
            continue
        if item.kind in _OPEN_KINDS:
            if item.document.dialect is not Dialect.NATIVE:
                kept.append(Kept(item.path, _OPEN_KINDS[item.kind]))
            continue
        if item.path in broken:
            kept.append(Kept(item.path, "it cannot be read without findings: `contentpack validate` has them"))
            continue
        deprecation = _deprecation_of(item, entries)
        try:
            _refuse_unknown_sources(item, sources)
            draft = _draft(item, header, deprecation, baselines, pack.config.conf_style if keep else ConfStyle.V6)
            after = draft.text(keep=keep)
            if after == item.document.text:
                native += 1
                continue
            moved = _new_place(item, draft, deprecation, taken)
            _verify(item, after, moved or item.path)
        except (NotMigrated, UnmovableText) as refused:
            kept.append(Kept(item.path, str(refused)))
            continue
        changes.append(Change(item.path, item.document.text, after, tuple(draft.notes), moved))
        taken.add(moved or item.path)
    if chosen is None:
        changes += _mapping_files(pack, kept)
        changes += _configuration(pack.config)
    return Migration(
        tuple(sorted(changes, key=lambda change: change.path)),
        tuple(sorted(kept, key=lambda file: file.path)),
        native,
    )


def _draft(
    item: ContentObject,
    header: Header,
    deprecation: Deprecation | None,
    baselines: dict[str, list[str]],
    style: ConfStyle,
) -> Draft:
    if not isinstance(item, Detection):
        return others.migrate(item, header, deprecation, style)
    draft = detections.migrate(item, deprecation, style)
    wanted = baselines.get(item.name)
    if wanted and not draft.has("baselines"):
        draft.value("baselines", wanted)
    return draft


def _refuse_unknown_sources(item: ContentObject, known: AbstractSet[str]) -> None:
    if not isinstance(item, Detection) or item.document.dialect is Dialect.NATIVE:
        return
    missing = [name for entry in item.data_source for name in entry.split(" AND ") if name not in known]
    if missing:
        shown = ", ".join(f"`{name}`" for name in missing)
        raise NotMigrated(f"data source {shown} is defined nowhere, which the native dialect asks for: define it first")


_SECTIONS: Final = {Kind.DETECTION: "detections", Kind.BASELINE: "baselines", Kind.STORY: "stories"}


def _deprecation_of(item: ContentObject, entries: dict[tuple[str, str], Deprecation]) -> Deprecation | None:
    if item.kind is Kind.REMOVED:
        return next((why for (_, name), why in entries.items() if name == item.name), None)
    section = _SECTIONS.get(item.kind)
    return entries.get((section, item.name)) if section is not None else None


def _new_place(
    item: ContentObject, draft: Draft, deprecation: Deprecation | None, taken: AbstractSet[str]
) -> str | None:
    """Return where a file must lie: deprecated in a folder `deprecated`, a lookup by its table's name.

    `taken` are other files.
    """
    if draft.stem is not None:
        place = f"{item.path.rpartition('/')[0]}/{draft.stem}.yml"
        if place in taken:
            raise NotMigrated(f"its table wants it to be called `{place}`, which is there: rename the table first")
        return place
    if deprecation is None or item.status != "deprecated" or item.kind not in _SECTIONS:
        return None
    top, _, rest = item.path.partition("/")
    folders = rest.split("/")
    if "deprecated" in folders[:-1]:
        return None
    place = f"{top}/deprecated/{folders[-1]}"
    if place in taken:
        raise NotMigrated(f"it is deprecated and would become `{place}`, which is there: rename one of them first")
    return place


def _baselines_of(pack: Pack) -> dict[str, list[str]]:
    """Return detection name to the names of its baselines, which older dialects say in the baselines."""
    found: dict[str, list[str]] = {}
    for baseline in pack.baselines:
        for name in baseline.detections:
            if baseline.name not in found.setdefault(name, []):
                found[name].append(baseline.name)
    return found


# -- the check of what was made --------------------------------------------------------------------------------------


def _verify(item: ContentObject, after: str, path: str) -> None:
    data = parsed(path, after)
    document = Document(path, after, data, item.kind, Dialect.NATIVE)
    broken = schema.problems(document)
    if broken:
        before = {problem.pointer for problem in schema.problems(item.document)}
        fresh = [problem for problem in broken if problem.pointer not in before]
        if fresh:
            place = ".".join(str(step) for step in fresh[0].pointer or ())
            raise NotMigrated(f"the native dialect would refuse it: {place + ': ' if place else ''}{fresh[0].message}")
    made = record(document)
    if made is None:
        raise NotMigrated("the new file would define nothing")
    unlike = [name for name in _unlike(item, made) if not _meant(item, made, name, moved=path != item.path)]
    if unlike:
        raise NotMigrated(f"it would mean something else then: {', '.join(f'`{name}`' for name in unlike)}")


def _meant(old: ContentObject, new: ContentObject, name: str, *, moved: bool) -> bool:
    """Say whether a difference of a field is one that migrating makes on purpose."""
    before, after = getattr(old, name), getattr(new, name, None)
    if name in _HEADER:
        data = old.document.data
        return all(data.get(key) in (None, "", 0) for key in _HEADER[name])
    if name in _ASIDE_FIELDS:
        return not after
    if name in ("risk", "finding"):
        return isinstance(old, Detection) and isinstance(new, Detection) and _same_risk(old, new)
    if name == "mitre_attack_id":
        parents = implied_parents(before)
        return tuple(after or ()) == tuple(dict.fromkeys(each for each in before if each not in parents))
    if name == "product":
        return bool(after) and set(after or ()) <= set(others.STORY_PRODUCTS)
    if name == "cve":
        return not before and after == tuple(map(str, old.document.data.get("tags", {}).get("CVE") or ()))
    if isinstance(old, Lookup) and name in ("fields", "collection"):
        # The table's head has the columns, and the name gives the collection.
        return name == "collection" or old.type != "kvstore"
    if name in ("category", "data_path"):
        return moved and not isinstance(old, Lookup)
    # The schedule was the deployment's, the baselines those that named the detection, a reason a mapping file's.
    return name in ("schedule", "deployment", "baselines", "deprecation") or (
        before in (None, ()) and after in (None, "", ())
    )


def _same_risk(old: Detection, new: Detection) -> bool:
    """Compare who is at risk and how much, and the message; each field counts once, with its highest score."""
    if old.type == "Hunting":
        return new.finding is None and not new.risk.objects
    entries = [*new.risk.objects, *([new.finding.entity] if new.finding is not None else [])]
    said = {message for message in (new.risk.message, new.finding.title if new.finding else "") if message}
    # One without a `$field$` got one, with a note, where `legacy` does not keep it.
    if "$" in old.risk.message and said - {old.risk.message}:
        return False
    if not _scores(entries).items() <= _scores(old.risk.objects).items():
        return False
    return old.type == "Correlation" or len(_scores(entries)) == len(_scores(old.risk.objects))


def _scores(objects: Iterable[RiskObject]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for item in objects:
        if item.field not in found or item.score > found[item.field][0]:
            found[item.field] = (item.score, item.type)
    return found


def _unlike(old: ContentObject, new: ContentObject) -> Iterator[str]:
    """Yield the fields that differ, with `legacy` in place of what it is of."""
    if isinstance(new, Detection):
        new = detection_then(new)
    elif isinstance(new, Baseline):
        new = baseline_then(new)
    for entry in fields(old):
        if entry.name in _POSITIONS or entry.name == "legacy":
            continue
        if _plain(getattr(old, entry.name)) != _plain(getattr(new, entry.name, None)):
            yield entry.name


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of a record
    if is_dataclass(value) and not isinstance(value, type):
        shown = {e.name: getattr(value, e.name) for e in fields(value) if e.name not in _POSITIONS}
        # A test keeps its text as it stands, with the keys of its dialect; its fields are compared one by one.
        return {name: _plain(each) for name, each in shown.items() if not isinstance(each, Mapping)}
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return value.strip() if isinstance(value, str) else value


# -- files beside the content ----------------------------------------------------------------------------------------


def _mapping_files(pack: Pack, kept: list[Kept]) -> list[Change]:
    """Take away mapping files whose entries have all become `deprecation_info`."""
    documents = {entry.document.path: entry.document for entry in pack.deprecation_entries}
    if not documents:
        return []
    staying = {file.path for file in kept}
    names = {
        item.name
        for group in (pack.detections, pack.baselines, pack.stories, pack.removed)
        for item in group
        if item.path not in staying
    }
    changes: list[Change] = []
    for path, document in documents.items():
        left = [
            entry.content
            for entry in pack.deprecation_entries
            if entry.document is document and entry.content not in names
        ]
        if left:
            shown = ", ".join(f"`{name}`" for name in left[:3])
            kept.append(Kept(path, f"{len(left)} of its entries name content that is not native, such as {shown}"))
        else:
            changes.append(
                Change(path, document.text, None, ("its entries are `deprecation_info` of their files now",))
            )
    return changes


def _configuration(config: Config) -> list[Change]:
    """Write `contentpack.yml` where another tool's file says how the app is called; that file stays for its tool."""
    document = config.document
    if document is None or document.path == CONFIG_FILE:
        return []
    app = config.app
    is_contentctl = document.path == "contentctl.yml"
    values: dict[str, Any] = {
        "id": app.id,
        "title": app.title,
        "label": (app.title or app.label) if is_contentctl else app.label,
        "prefix": (app.label or app.prefix) if is_contentctl else app.prefix,
        "version": app.version,
        "description": app.description,
        "author_name": app.author_name,
        "author_email": app.author_email,
        "author_company": app.author_company,
        "uid": app.uid,
    }
    data: dict[str, Any] = {"app": {key: value for key, value in values.items() if value not in ("", None)}}
    if config.conf_style is not ConfStyle.V6:
        data["conf_style"] = config.conf_style.value
    if config.build_api:
        data["build_api"] = True
    if config.enforce_deprecation_mapping:
        data["enforce_deprecation_mapping"] = True
    if config.external_apps:
        data["external_apps"] = [
            {
                "app_name": entry.app_name,
                **{key: list(names) for key in ("macros", "lookups") if (names := getattr(entry, key))},
            }
            for entry in config.external_apps
        ]
    note = f"`{document.path}` stays for its own tool; this one reads `{CONFIG_FILE}` first"
    return [Change(CONFIG_FILE, None, written(data, "\n"), (note,))]
