"""Macros, lookups, stories, baselines, data sources, dashboards, playbooks and removed content in the native dialect.

Deployments with a type and alert actions, and investigations, have no native kind: they stay as they are, which a pack
may have beside native files.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any, Final

from generator.authoring.migrate.detections import RENAMED, deprecation_data, entry_is_null, schedule
from generator.authoring.migrate.draft import Draft, NotMigrated, begin, native_keys
from generator.authoring.native import PRODUCTS
from generator.authoring.yamltext import Entry, children, written
from generator.base.frozen import dataclass
from generator.content.model import Baseline, ConfStyle, Dialect, Kind, Lookup, Story

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from generator.content.model import ContentObject, Deprecation

KINDS: Final = (
    Kind.MACRO,
    Kind.LOOKUP,
    Kind.STORY,
    Kind.BASELINE,
    Kind.DATA_SOURCE,
    Kind.DASHBOARD,
    Kind.PLAYBOOK,
    Kind.REMOVED,
)
STORY_PRODUCTS: Final = (*PRODUCTS, "Splunk Behavioral Analytics")
_IDS: Final = uuid.UUID("6f1d3f0e-7b57-5f0a-9a44-3c2a6a1d9f10")
_STEM: Final = re.compile(r"\w[\w.-]{0,150}", re.ASCII)
"""A table's name that its YAML file may take: what a stranger wrote makes no file name of its own kind."""
_HOISTED: Final = frozenset((Kind.STORY, Kind.BASELINE, Kind.PLAYBOOK))
_WITHOUT_STATUS: Final = frozenset((Kind.MACRO, Kind.LOOKUP, Kind.DATA_SOURCE, Kind.DASHBOARD, Kind.PLAYBOOK))
_KIND_TYPES: Final = {Kind.BASELINE: "Baseline"}


@dataclass(frozen=True, slots=True)
class Header:
    """What fills the header of files that have none: the day, and who."""

    date: datetime.date
    author: str


def stable_id(kind: Kind, name: str) -> str:
    """Return the UUID that an object without one gets: the same in every run."""
    return str(uuid.uuid5(_IDS, f"{kind.value}:{name}"))


def migrate(
    item: ContentObject, header: Header, deprecation: Deprecation | None, style: ConfStyle = ConfStyle.V6
) -> Draft:
    """Return the native form of an object of one of `KINDS`; arguments are those of a detection's.

    Raises:
        NotMigrated: it says what the native dialect cannot say.
        UnmovableText: its layout cannot be taken apart.
    """
    kind = item.kind
    folders = item.path.split("/")[1:-1]
    gone = item.status == "deprecated" or (kind in (Kind.STORY, Kind.BASELINE) and "deprecated" in folders)
    if item.document.dialect is not Dialect.NATIVE and gone and deprecation is None:
        raise NotMigrated("it is deprecated, and nothing says why and when it goes (`deprecation_info`)")
    draft, entries = begin(item.document, style=style)
    keys = {entry.key for entry in entries}
    for entry in entries:
        if entry.key == "date" and "creation_date" not in keys:
            draft.add(entry.renamed("creation_date"))
            draft.add(Entry("modification_date", "", entry.renamed("modification_date").body))
        elif entry.key == "tags" and kind in _HOISTED:
            _tags(draft, item, entry, keys)
        elif entry.key == "deployment" and kind is Kind.BASELINE:
            schedule(draft, entry)
        elif _said_by_the_folder(item, entry):
            continue
        elif entry.key == "references" and entry_is_null(entry):
            draft.value("references", [], lead=entry.lead)
        elif kind is Kind.LOOKUP and (special := _LOOKUP_KEYS.get(entry.key)) is not None:
            special(draft, item, entry)
        elif entry.key == "version" and item.version == 0:
            draft.value("version", 1, lead=entry.lead)
            draft.notes.append("`version` 0 is 1 now: the native dialect begins with 1")
        elif entry.key in native_keys(kind) or kind is Kind.REMOVED:
            draft.add(entry)
        elif entry.key == "datamodel" and kind is Kind.BASELINE:
            draft.to_legacy(entry)
        else:
            draft.put_aside(entry)
    _complete(draft, item, header, deprecation)
    draft.end()
    return draft


def _said_by_the_folder(item: ContentObject, entry: Entry) -> bool:
    data = item.document.data
    if entry.key == "type" and data.get("type") == _KIND_TYPES.get(item.kind):
        return True
    return entry.key == "status" and item.kind in _WITHOUT_STATUS and data.get("status") == "production"


def _tags(draft: Draft, item: ContentObject, tags: Entry, own: set[str]) -> None:
    lead = tags.lead
    for child in children(tags):
        key = RENAMED.get(child.key, child.key)
        if key == "product" and (products := _products(item)) is not None:
            if item.kind is Kind.BASELINE:
                draft.to_legacy(child, "tags.")
            else:
                draft.put_aside(child, "tags.")
            draft.value("product", products)
        elif key == "analytic_story" and item.kind is Kind.BASELINE:
            draft.to_legacy(child, "tags.")
        elif key in native_keys(item.kind) and key not in own:
            renamed = child.renamed(key) if key != child.key else child
            draft.add(Entry(renamed.key, lead + renamed.lead, renamed.body))
            lead = ""
        else:
            draft.put_aside(child, "tags.")


def _products(item: ContentObject) -> list[str] | None:
    """Return the products to write where the native dialect does not know one, or (of a baseline) asks for all three."""
    if isinstance(item, Baseline) and set(item.product) != set(PRODUCTS):
        return list(PRODUCTS)
    if isinstance(item, Story) and not set(item.product) <= set(STORY_PRODUCTS):
        return [name for name in item.product if name in STORY_PRODUCTS] or list(PRODUCTS)
    return None


# -- lookups ---------------------------------------------------------------------------------------------------------


def _file(draft: Draft, item: ContentObject, entry: Entry) -> None:
    """Take the file name away: in the native dialect the table has the stem of its YAML file."""
    del entry
    if not isinstance(item, Lookup) or item.data_path is None:
        raise NotMigrated("its file cannot be told")
    folder, _, name = item.data_path.rpartition("/")
    stem, _, suffix = name.rpartition(".")
    if suffix not in ("csv", "mlmodel") or folder != item.path.rpartition("/")[0]:
        raise NotMigrated(f"its table `{name}` must be a .csv or .mlmodel file beside it: move or rename it first")
    if stem != item.document.stem:
        if not _STEM.fullmatch(stem):
            raise NotMigrated(f"its table `{name}` has a name that no file of a pack should have: rename it first")
        draft.stem = stem
        draft.notes.append(f"is named after its table `{name}` now, as the native dialect asks")
    draft.value("lookup_type", item.type)


def _collection(draft: Draft, item: ContentObject, entry: Entry) -> None:
    del entry
    if not isinstance(item, Lookup) or item.collection != item.name:
        raise NotMigrated("its collection has another name than the lookup, and the native dialect has one for both")
    draft.value("lookup_type", "kvstore")


def _fields(draft: Draft, item: ContentObject, entry: Entry) -> None:
    if isinstance(item, Lookup) and item.type == "kvstore":
        draft.value("fields", list(item.fields), lead=entry.lead)
    else:
        draft.put_aside(entry)


def _match_type(draft: Draft, item: ContentObject, entry: Entry) -> None:
    if isinstance(item.document.data.get("match_type"), str) and isinstance(item, Lookup):
        draft.value("match_type", list(item.match_type), lead=entry.lead)
    else:
        draft.add(entry)


_LOOKUP_KEYS: Final[dict[str, Callable[[Draft, ContentObject, Entry], None]]] = {
    "filename": _file,
    "collection": _collection,
    "fields_list": _fields,
    "match_type": _match_type,
}


# -- what is missing -------------------------------------------------------------------------------------------------


def _complete(draft: Draft, item: ContentObject, header: Header, deprecation: Deprecation | None) -> None:
    made: dict[str, Any] = {}
    if not draft.has("id"):
        made["id"] = stable_id(item.kind, item.name)
    if not draft.has("version"):
        made["version"] = 1
    for key in ("creation_date", "modification_date"):
        if not draft.has(key):
            made[key] = header.date.isoformat()
    if not draft.has("author"):
        made["author"] = header.author
    if item.kind in (Kind.STORY, Kind.BASELINE) and not draft.has("status"):
        made["status"] = item.status
    if made:
        _after_name(draft, made)
        if "author" in made or "creation_date" in made:
            draft.notes.append(f"has no header: {', '.join(f'`{key}`' for key in made)} are made")
    if deprecation is not None and not draft.has("deprecation_info"):
        draft.value("deprecation_info", deprecation_data(deprecation))


def _after_name(draft: Draft, made: dict[str, Any]) -> None:
    """Put the new keys behind the name (behind what there is of a header), in the order of a header."""
    order = ("name", "id", "version", "creation_date", "modification_date", "author", "status")
    for key, value in made.items():
        before = [known for known in order[: order.index(key)] if draft.has(known)]
        place = max((n for n, part in enumerate(draft.parts) if part.key in before), default=-1) if before else -1
        draft.parts.insert(place + 1, Entry(key, "", written({key: value}, draft.line_end)))
