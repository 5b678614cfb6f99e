r"""props.conf becomes the settings in force for an event, and these become typed rules.

Which stanzas apply (props.conf.spec): `[default]`, the sourcetype's, each `[host::...]` and each `[source::...]` that fits,
the later over the earlier, attribute by attribute. In `source::`, `host::` and `(?::){0}` names `...` stands for any
text, `*` for any without a path separator, `|` and parentheses are alternatives. Of several stanzas of one kind the
higher `priority` wins (100 for a literal name, 0 for a pattern unless set), then the name that is first in ASCII order.
Sourcetypes are found ignoring case, since replays write them in either; the stanza in the very case lies above.

Left out on purpose: `rule::` and `delayedrule::` stanzas, forwarder settings, segmentation, annotations.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.frozen import dataclass
from generator.knowledge.conf import is_true

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.knowledge.conf import ConfStanzas

_SOURCETYPE_PATTERN = "(?::){0}"
_LITERAL_PRIORITY = 100
_WILD = re.compile(r"\.\.\.|\*|[.|()]|[^.*|()]+")
_WORD = r'"[^"]+"|\'[^\']+\'|[^\s,"\']+'
_ALIAS = re.compile(rf"({_WORD})\s+(ASNEW|AS)\s+({_WORD})", re.IGNORECASE)
_TOKEN = re.compile(_WORD)
_IN_FIELD = re.compile(r"\s+in\s+([A-Za-z_][\w.:-]*)\s*\Z")


@dataclass(frozen=True, slots=True)
class Alias:
    """`FIELDALIAS`: `target` gets the value of `source`; `new`: only where it has none (ASNEW)."""

    source: str
    target: str
    new: bool


@dataclass(frozen=True, slots=True)
class AutoLookup:
    """`LOOKUP`: (column, field) pairs to match and to give out; `outputs` empty = all columns that are no input."""

    table: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    new: bool


@dataclass(frozen=True, slots=True)
class InlineExtract:
    """`EXTRACT`: a regular expression with named groups on a field."""

    name: str
    regex: str
    field: str


@dataclass(frozen=True, slots=True)
class SearchRules:
    """What happens to an event of some sourcetype at search time, each list in the order in which it runs."""

    extracts: tuple[InlineExtract, ...]
    reports: tuple[str, ...]
    kv_mode: str
    auto_kv_json: bool
    aliases: tuple[Alias, ...]
    evals: tuple[tuple[str, str], ...]
    lookups: tuple[AutoLookup, ...]


@dataclass(frozen=True, slots=True)
class IndexRules:
    """How bytes of some sourcetype become events. Lengths in characters; `truncate` 0 = no limit."""

    line_breaker: str
    should_linemerge: bool
    break_only_before: str
    break_only_before_date: bool
    must_break_after: str
    must_not_break_before: str
    must_not_break_after: str
    max_events: int
    truncate: int
    time_prefix: str
    time_format: str
    max_lookahead: int
    tz: str
    datetime_config: str
    indexed_extractions: str
    header_regex: str
    field_delimiter: str
    field_names: tuple[str, ...]
    timestamp_fields: tuple[str, ...]
    header_line: int
    preamble_regex: str
    charset: str
    transforms: tuple[str, ...]
    sedcmds: tuple[str, ...]
    kv_mode: str


class Props:
    """All stanzas of props.conf, ready to be asked for an event's settings."""

    def __init__(self, stanzas: ConfStanzas) -> None:
        self._default: dict[str, str] = {}
        self._sourcetypes: dict[str, dict[str, str]] = {}
        self._folded: dict[str, list[str]] = {}
        self._patterns: dict[str, list[tuple[str, re.Pattern[str] | None, int, dict[str, str]]]] = {
            "sourcetype": [], "host": [], "source": [],
        }  # fmt: skip
        self._known: dict[tuple[str, str, str], dict[str, str]] = {}
        for name, settings in stanzas.items():
            values = {key: setting.value for key, setting in settings.items()}
            if name == "default":
                self._default.update(values)
            elif name.startswith("source::"):
                self._add("source", name[8:], values)
            elif name.startswith("host::"):
                self._add("host", name[6:], values)
            elif name.startswith(_SOURCETYPE_PATTERN):
                self._add("sourcetype", name[len(_SOURCETYPE_PATTERN) :], values)
            elif not name.startswith(("rule::", "delayedrule::")):
                self._sourcetypes[name] = values
                self._folded.setdefault(name.lower(), []).append(name)

    def _add(self, kind: str, pattern: str, values: dict[str, str]) -> None:
        literal = not any(char in pattern for char in "*|()") and "..." not in pattern
        priority = whole(values.get("priority", ""), _LITERAL_PRIORITY if literal else 0)
        compiled = None if literal else stanza_pattern(pattern, ignore_case=kind != "source")
        self._patterns[kind].append((pattern, compiled, priority, values))

    def settings(self, sourcetype: str, source: str, host: str) -> Mapping[str, str]:
        """Return the attributes in force for events of a sourcetype, source and host."""
        key = (sourcetype, source, host)
        found = self._known.get(key)
        if found is None:
            found = dict(self._default)
            for values in self._fitting("sourcetype", sourcetype):
                found.update(values)
            found.update(self._of_sourcetype(sourcetype))
            for kind, value in (("host", host), ("source", source)):
                for values in self._fitting(kind, value):
                    found.update(values)
            if len(self._known) < 10_000:
                self._known[key] = found
        return found

    def host_stanzas(self, host: str) -> tuple[int, ...]:
        """Return which `host::` stanzas fit a host: events that differ only in this need rules of their own."""
        return tuple(
            place for place, (name, pattern, _, _) in enumerate(self._patterns["host"])
            if (name.lower() == host.lower() if pattern is None else pattern.fullmatch(host))
        )  # fmt: skip

    def renamed(self, sourcetype: str) -> str:
        """Return the sourcetype that searches see (`rename`)."""
        found = self._of_sourcetype(sourcetype).get("rename", "")
        for values in self._fitting("sourcetype", sourcetype):
            found = found or values.get("rename", "")
        return found.strip() or sourcetype

    def knows(self, sourcetype: str) -> bool:
        """Whether some stanza is about this sourcetype."""
        return bool(self._of_sourcetype(sourcetype)) or any(True for _ in self._fitting("sourcetype", sourcetype))

    def _of_sourcetype(self, sourcetype: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name in sorted(self._folded.get(sourcetype.lower(), ()), key=lambda name: name == sourcetype):
            found.update(self._sourcetypes[name])
        return found

    def _fitting(self, kind: str, value: str) -> Iterable[dict[str, str]]:
        """Yield the settings of the stanzas that fit, the weakest first."""
        folded = value.lower()
        fitting = [
            (priority, name, values)
            for name, pattern, priority, values in self._patterns[kind]
            if (
                (name == value or (kind != "source" and name.lower() == folded))
                if pattern is None
                else pattern.fullmatch(value) is not None
            )
        ]
        fitting.sort(key=lambda item: item[1], reverse=True)
        fitting.sort(key=lambda item: item[0])
        return [values for _, _, values in fitting]


def stanza_pattern(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    """Compile the pattern of a `source::` or `host::` stanza. A pattern that is no regular expression is taken literally."""
    signs = {"...": ".*", "*": r"[^/\\]*", ".": r"\.", "|": "|", "(": "(?:", ")": ")"}
    text = "".join(signs.get(part, re.escape(part)) for part in _WILD.findall(pattern))
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    try:
        return re.compile(text, flags)
    except re.error:
        return re.compile(re.escape(pattern), flags)


def search_rules(settings: Mapping[str, str]) -> SearchRules:
    """Return the search-time rules in settings; within a kind they run in ASCII order of their names."""
    extracts, reports, aliases, evals, lookups = [], [], [], [], []
    for key in sorted(settings):
        kind, dash, name = key.partition("-")
        value = settings[key]
        if not dash or not value.strip():
            continue
        if kind == "EXTRACT":
            place = _IN_FIELD.search(value)
            regex = value[: place.start()] if place else value
            extracts.append(InlineExtract(name, regex, place.group(1) if place else "_raw"))
        elif kind == "REPORT":
            reports.extend(_names(value))
        elif kind == "FIELDALIAS":
            aliases.extend(aliases_of(value))
        elif kind == "EVAL":
            evals.append((name, value))
        elif kind == "LOOKUP":
            lookup = lookup_of(value)
            if lookup is not None:
                lookups.append(lookup)
    return SearchRules(
        tuple(extracts),
        tuple(reports),
        settings.get("KV_MODE", "auto").strip().lower() or "auto",
        is_true(settings.get("AUTO_KV_JSON", "true")),
        tuple(aliases),
        tuple(evals),
        tuple(lookups),
    )


def aliases_of(text: str) -> list[Alias]:
    """Read the value of a FIELDALIAS: one or several `a AS b`, `a ASNEW b`."""
    return [
        Alias(_bare(source), _bare(target), word.upper() == "ASNEW") for source, word, target in _ALIAS.findall(text)
    ]


def lookup_of(text: str) -> AutoLookup | None:
    """Read the value of a LOOKUP: a table, what to match, OUTPUT or OUTPUTNEW and what to give out; None when nothing is matched."""
    tokens = [_bare(token) for token in _TOKEN.findall(text)]
    if len(tokens) < 2:
        return None
    split = next((place for place, token in enumerate(tokens) if token.upper() in {"OUTPUT", "OUTPUTNEW"}), len(tokens))
    inputs = _pairs(tokens[1:split])
    outputs = _pairs(tokens[split + 1 :])
    if not inputs:
        return None
    return AutoLookup(tokens[0], inputs, outputs, split < len(tokens) and tokens[split].upper() == "OUTPUTNEW")


def index_rules(settings: Mapping[str, str]) -> IndexRules:
    """Return the index-time rules in settings."""

    def flag(key: str, *, default: bool) -> bool:
        return is_true(settings[key]) if key in settings else default

    transforms: list[str] = []
    sedcmds: list[str] = []
    for key in sorted(settings):
        if key.startswith("TRANSFORMS-"):
            transforms.extend(_names(settings[key]))
        elif key.startswith("SEDCMD-"):
            sedcmds.append(settings[key])
    return IndexRules(
        line_breaker=settings.get("LINE_BREAKER") or r"([\r\n]+)",
        should_linemerge=flag("SHOULD_LINEMERGE", default=True),
        break_only_before=settings.get("BREAK_ONLY_BEFORE", ""),
        break_only_before_date=flag("BREAK_ONLY_BEFORE_DATE", default=True),
        must_break_after=settings.get("MUST_BREAK_AFTER", ""),
        must_not_break_before=settings.get("MUST_NOT_BREAK_BEFORE", ""),
        must_not_break_after=settings.get("MUST_NOT_BREAK_AFTER", ""),
        max_events=whole(settings.get("MAX_EVENTS", ""), 256),
        truncate=max(0, whole(settings.get("TRUNCATE", ""), 10_000)),
        time_prefix=settings.get("TIME_PREFIX", ""),
        time_format=settings.get("TIME_FORMAT", ""),
        max_lookahead=whole(settings.get("MAX_TIMESTAMP_LOOKAHEAD", ""), 128),
        tz=settings.get("TZ", "").strip(),
        datetime_config=settings.get("DATETIME_CONFIG", "").strip(),
        indexed_extractions=settings.get("INDEXED_EXTRACTIONS", "").strip().lower(),
        header_regex=settings.get("FIELD_HEADER_REGEX", ""),
        field_delimiter=settings.get("FIELD_DELIMITER", "").strip(),
        field_names=tuple(_names(settings.get("FIELD_NAMES", ""))),
        timestamp_fields=tuple(_names(settings.get("TIMESTAMP_FIELDS", ""))),
        header_line=whole(settings.get("HEADER_FIELD_LINE_NUMBER", ""), 0),
        preamble_regex=settings.get("PREAMBLE_REGEX", ""),
        charset=settings.get("CHARSET", "").strip(),
        transforms=tuple(transforms),
        sedcmds=tuple(sedcmds),
        kv_mode=settings.get("KV_MODE", "auto").strip().lower(),
    )


def whole(text: str, default: int) -> int:
    """Return a whole number of a setting, or the default where it is none."""
    try:
        return int(text.strip())
    except ValueError:
        return default


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _pairs(tokens: list[str]) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    place = 0
    while place < len(tokens):
        name = tokens[place]
        if place + 2 < len(tokens) and tokens[place + 1].upper() == "AS":
            pairs.append((name, tokens[place + 2]))
            place += 3
        else:
            pairs.append((name, name))
            place += 1
    return tuple(pairs)


def _bare(token: str) -> str:
    return token[1:-1] if len(token) > 1 and token[0] in "\"'" and token[-1] == token[0] else token
