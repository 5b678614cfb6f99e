"""lookups/: the pack's tables and models, and the tables made from the content itself.

contentctl 4 keeps a table's own file name; the newer tools put the lookup's date behind it (`x_20241201.csv`), so that
a changed table replaces the old one on search peers. Tables made here carry the date of the newest content where the
peers take today's. Line ends become `\\n` and a byte order mark goes: Splunk would misname the first column.
"""  # noqa: D301 - the backslash is meant

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from generator.content.model import ConfStyle, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.content.model import ContentObject, Deprecation, Lookup
    from generator.render.context import RenderContext

_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_SOURCE_COLUMNS = [
    "name",
    "id",
    "author",
    "source",
    "sourcetype",
    "separator",
    "supported_TA_name",
    "supported_TA_version",
    "supported_TA_url",
    "description",
]
_DEPRECATION_COLUMNS = [
    "Name",
    "Content Type",
    "Removed in Version",
    "Reason",
    "Replacement Content",
    "Replacement Content Link",
]
_ESCU_SITE = "https://research.splunk.com"
_NO_REPLACEMENT = "No Replacement Content Available"
_NO_LINK = "No Content Link Available"


def render(context: RenderContext) -> dict[str, bytes]:
    """Return path to file for everything below `lookups/` but what comes with the template."""
    files = {}
    for lookup in context.lookups:
        if lookup.data_path is not None and lookup.type != "kvstore":
            data = context.inputs.data[lookup.data_path]
            name = file_name(context, lookup)
            files[f"lookups/{name}"] = table(data) if name.endswith(".csv") else data
    known = {lookup.name for lookup in context.lookups}
    for name, make in generated_tables(context).items():
        if name not in known:
            files[f"lookups/{GENERATED[name](context)}"] = make(context)
    return files


def table(data: bytes) -> bytes:
    """Return a CSV file with `\\n` line ends and without a byte order mark."""  # noqa: D301 - the backslash is meant
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def file_name(context: RenderContext, lookup: Lookup) -> str:
    """Return the name of a lookup's file in the app."""
    path = (lookup.data_path or "").rpartition("/")[2]
    if context.style is ConfStyle.V4 or not path.endswith(".csv") or lookup.modification_date is None:
        return path
    stem = path.removesuffix(".csv")
    if context.style is ConfStyle.V5 and _FILE_NAME.fullmatch(lookup.name):
        stem = lookup.name
    return f"{stem}_{lookup.modification_date:%Y%m%d}.csv"


def generated_tables(context: RenderContext) -> dict[str, Callable[[RenderContext], bytes]]:
    """Return name to maker of the tables that are made from content: data sources, and what goes or is gone."""
    made: dict[str, Callable[[RenderContext], bytes]] = {"data_sources": _data_sources}
    wanted = context.style is ConfStyle.V6 or (
        context.style is ConfStyle.V5 and context.pack.config.enforce_deprecation_mapping
    )
    if wanted:
        made["deprecation_info"] = _deprecation_info
    return made


def _dated(context: RenderContext, name: str) -> str:
    if context.style is ConfStyle.V4 or context.newest_date is None:
        return f"{name}.csv"
    return f"{name}_{context.newest_date:%Y%m%d}.csv"


GENERATED: dict[str, Callable[[RenderContext], str]] = {
    "data_sources": lambda context: _dated(context, "data_sources"),
    "deprecation_info": lambda context: _dated(context, "deprecation_info"),
}


def _write(context: RenderContext, columns: list[str], rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    native = context.style is ConfStyle.V6
    writer = csv.writer(out, quoting=csv.QUOTE_ALL if native else csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    writer.writerows(sorted(rows) if native else rows)
    return out.getvalue().encode("utf-8", errors="replace")


def _data_sources(context: RenderContext) -> bytes:
    rows = []
    for source in sorted(context.data_sources, key=lambda item: item.name):
        addon = source.supported_ta[0] if source.supported_ta else None
        rows.append(
            [
                source.name,
                source.id,
                source.author,
                source.source,
                source.sourcetype,
                source.separator or "",
                addon.name if addon else "",
                addon.version if addon else "",
                addon.url if addon else "",
                source.description.strip(),
            ]
        )
    return _write(context, _SOURCE_COLUMNS, rows)


def _deprecation_info(context: RenderContext) -> bytes:
    links = _links(context)
    rows = []
    for item, kind, why in _going(context):
        replacements = sorted(why.replacement_content)
        rows.append(
            [
                _content_name(context, item, kind),
                kind.value.title(),
                why.removed_in_version,
                why.reason,
                "\n".join(replacements) or _NO_REPLACEMENT,
                "\n".join(links.get(name, _NO_LINK) for name in replacements) or _NO_LINK,
            ]
        )
    return _write(context, _DEPRECATION_COLUMNS, rows)


_SECTIONS = {
    "detections": Kind.DETECTION,
    "baselines": Kind.BASELINE,
    "stories": Kind.STORY,
    "investigations": Kind.INVESTIGATION,
}


def _going(context: RenderContext) -> Iterator[tuple[ContentObject, Kind, Deprecation]]:
    """Yield what is deprecated, then what is gone, each with what it is (or was) and why."""
    entries = {(entry.section, entry.content): entry.deprecation for entry in context.pack.deprecation_entries}
    sections = {kind: section for section, kind in _SECTIONS.items()}
    live: tuple[ContentObject, ...] = (*context.stories, *context.baselines, *context.detections)
    for item in live:
        why = item.deprecation or entries.get((sections[item.kind], item.name))
        if why is not None and item.status == "deprecated":
            yield item, item.kind, why
    for gone in context.pack.removed:
        known = [kind for section, kind in _SECTIONS.items() if gone.content_kind in {kind.value, section}]
        for kind in known or _SECTIONS.values():
            why = gone.deprecation or entries.get((sections[kind], gone.name))
            if why is not None:
                yield gone, kind, why
                break


def _content_name(context: RenderContext, item: ContentObject, kind: Kind) -> str:
    if kind is Kind.STORY:
        return item.name
    suffix = {Kind.DETECTION: " - Rule", Kind.INVESTIGATION: " - Response Task"}.get(kind, "")
    return f"{context.prefix} - {item.name}{suffix}"


def _links(context: RenderContext) -> dict[str, str]:
    """Return content name to its page: at the configured site, else at that of Splunk's own pack."""
    site = context.pack.config.docs.site_url.rstrip("/")
    if not site:
        if context.style is ConfStyle.V6 and not context.is_escu:
            return {}
        site = _ESCU_SITE
    links = {story.name: f"{site}/stories/{_slug(story.name)}" for story in context.stories}
    for detection in context.detections:
        links[detection.name] = f"{site}/{parent_folder(detection)}/{detection.id}"
    return links


def parent_folder(item: ContentObject) -> str:
    """Return the name of the folder that a file lies in; empty at the pack's root."""
    return item.path.rpartition("/")[0].rpartition("/")[2]


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_")
