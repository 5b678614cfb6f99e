r"""transforms.conf becomes typed field transforms and lookup definitions.

Sources: transforms.conf.spec. Left out on purpose: `external_cmd`, geo and script lookups (they need a Splunk), `WRITE_META`
(what is written there is found at search time), metric schemas.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.knowledge.conf import is_true
from generator.knowledge.props import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.knowledge.conf import ConfStanzas

MAX_MATCHES = 100
"""Rows that a lookup without time gives at most (`max_matches`)."""

MAX_NESTED = 8
"""Levels of `[[name]]` in regular expressions that are followed."""

_MODULAR = re.compile(r"\[\[([\w.-]+)(?::([\w.-]*))?\]\]")
_GROUP_NAME = re.compile(r"(?<!\\)\(\?P?<(\w*)>")
_MATCH_TYPE = re.compile(r"(WILDCARD|CIDR|EXACT)\s*\(([^)]*)\)", re.IGNORECASE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r"}
_LISTED = re.compile(r'"([^"]*)"|([^,"\s][^,"]*)')
_CLEAN = re.compile(r"[^A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class Transform:
    """One field transform. Either `regex` (with `format`) or `delims` (with `fields`) is given.

    `ingest_eval` are the expressions of an index-time transform that works without a pattern.
    """

    name: str
    regex: str
    format: str
    source_key: str
    dest_key: str
    delims: tuple[str, ...]
    fields: tuple[str, ...]
    mv_add: bool
    clean_keys: bool
    keep_empty: bool
    repeat_match: bool
    write_meta: bool = False
    ingest_eval: str = ""


@dataclass(frozen=True, slots=True)
class LookupDefinition:
    """One lookup. `kind` is `csv`, `kvstore` or `other`; `match_types` is column to `WILDCARD` or `CIDR`."""

    name: str
    kind: str
    filename: str
    collection: str
    fields: tuple[str, ...]
    match_types: tuple[tuple[str, str], ...]
    case_sensitive: bool
    min_matches: int
    max_matches: int
    default_match: str
    time_field: str
    time_format: str
    max_offset: float
    min_offset: float


class Transforms:
    """All stanzas of transforms.conf."""

    def __init__(self, stanzas: ConfStanzas) -> None:
        self._values = {
            name: {key: setting.value for key, setting in settings.items()} for name, settings in stanzas.items()
        }
        self._default = self._values.get("default", {})

    def transform(self, name: str) -> Transform | None:
        """Return a field transform, or None when there is none of that name."""
        values = self._values.get(name)
        if values is None:
            return None
        merged = {**self._default, **values}
        if "[[" in merged.get("REGEX", ""):
            merged["REGEX"] = self._expanded(merged["REGEX"], MAX_NESTED)
        return transform_of(name, merged)

    def _expanded(self, regex: str, depth: int) -> str:
        """Put the REGEX of other stanzas into the place of `[[name]]` and `[[name:prefix]]`; the prefix names their groups."""

        def inserted(match: re.Match[str]) -> str:
            inner = self._values.get(match[1], {}).get("REGEX", "")
            if not inner or not depth:
                return match[0]
            prefix = match[2] or ""
            inner = _GROUP_NAME.sub(lambda group: f"(?<{prefix}{group[1]}>" if prefix or group[1] else "(", inner)
            return f"(?:{self._expanded(inner, depth - 1)})"

        return _MODULAR.sub(inserted, regex)

    def lookups(self) -> Mapping[str, LookupDefinition]:
        """Return name to lookup, of all stanzas that define one."""
        found = {}
        for name, values in self._values.items():
            definition = lookup_definition(name, values)
            if definition is not None:
                found[name] = definition
        return found


def transform_of(name: str, values: Mapping[str, str]) -> Transform:
    """Return the typed view of a stanza."""

    def flag(key: str, *, default: bool) -> bool:
        return is_true(values[key]) if key in values else default

    fields = tuple((quoted or plain).strip() for quoted, plain in _LISTED.findall(values.get("FIELDS", "")))
    return Transform(
        name=name,
        regex=values.get("REGEX", ""),
        format=values.get("FORMAT", ""),
        source_key=values.get("SOURCE_KEY", "_raw").strip() or "_raw",
        dest_key=values.get("DEST_KEY", "").strip(),
        delims=delims_of(values.get("DELIMS", "")),
        fields=fields,
        mv_add=flag("MV_ADD", default=False),
        clean_keys=flag("CLEAN_KEYS", default=True),
        keep_empty=flag("KEEP_EMPTY_VALS", default=False),
        repeat_match=flag("REPEAT_MATCH", default=False),
        write_meta=flag("WRITE_META", default=False),
        ingest_eval=values.get("INGEST_EVAL", "").strip(),
    )


def delims_of(text: str) -> tuple[str, ...]:
    r"""Read DELIMS: one or two quoted sets of characters; `\t` is a tab."""
    found = _QUOTED.findall(text) or ([text.strip()] if text.strip() else [])
    return tuple(re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), one) for one in found[:2])


def lookup_definition(name: str, values: Mapping[str, str]) -> LookupDefinition | None:
    """Return the lookup that a stanza defines, or None when it defines none."""
    filename = values.get("filename", "").strip()
    collection = values.get("collection", "").strip()
    external = values.get("external_type", "").strip().lower()
    if filename:
        kind = "csv"
    elif external == "kvstore" or collection:
        kind = "kvstore"
    elif external or "external_cmd" in values:
        kind = "other"
    else:
        return None
    time_field = values.get("time_field", "").strip()
    default = values.get("default_match", "").strip().strip('"')
    return LookupDefinition(
        name=name,
        kind=kind,
        filename=filename,
        collection=collection,
        fields=tuple(field.strip().strip('"') for field in values.get("fields_list", "").split(",") if field.strip()),
        match_types=tuple(
            (column.strip(), how.upper())
            for how, columns in _MATCH_TYPE.findall(values.get("match_type", ""))
            for column in columns.split(",")
            if how.upper() != "EXACT"
        ),
        case_sensitive=is_true(values.get("case_sensitive_match", "true")),
        min_matches=max(0, whole(values.get("min_matches", ""), 0)),
        max_matches=max(1, whole(values.get("max_matches", ""), 1 if time_field else MAX_MATCHES)),
        default_match=default,
        time_field=time_field,
        time_format=values.get("time_format", "").strip(),
        max_offset=float(whole(values.get("max_offset_secs", ""), 2_000_000_000)),
        min_offset=float(whole(values.get("min_offset_secs", ""), 0)),
    )


def clean_key(name: str) -> str:
    """Return a field name as CLEAN_KEYS makes it: other characters than letters, digits and `_` become `_`, those at the start that are no letter go."""
    cleaned = _CLEAN.sub("_", name)
    return cleaned.lstrip("_0123456789") or cleaned
