"""`rest`: reads an endpoint of Splunk's own REST interface."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from generator.base.frozen import dataclass
from generator.commands.flow import begins
from generator.commands.shapes import Pair, print_pairs, read_pair
from generator.spl.ast import Command, MacroCall, Name
from generator.spl.printer import join_words, print_value
from generator.spl.syntax import CommandKind, CommandSpec

if TYPE_CHECKING:
    from generator.engine.env import Env
    from generator.engine.table import Table
    from generator.spl.reader import ArgReader


_NAMESPACE = re.compile(r"(?:services|servicesNS/[^/]+/[^/]+)/")
_ENDPOINTS = {
    "saved/searches": "savedsearches",
    "saved/eventtypes": "eventtypes",
    "admin/macros": "macros",
    "data/macros": "macros",
    "data/props/extractions": "props",
    "data/transforms/lookups": "transforms",
    "data/transforms/extractions": "transforms",
    "configs/conf-savedsearches": "savedsearches",
    "configs/conf-macros": "macros",
    "configs/conf-eventtypes": "eventtypes",
    "configs/conf-tags": "tags",
    "configs/conf-props": "props",
    "configs/conf-transforms": "transforms",
    "configs/conf-analyticstories": "analyticstories",
    "configs/conf-collections": "collections",
}
"""Paths behind the namespace, and the conf file that holds what they list."""


@dataclass(frozen=True, slots=True)
class Rest(Command):
    """`uri` is the endpoint's path. Options (`count`, `timeout`, `splunk_server`, ...) and the endpoint's own arguments."""

    uri: Name | MacroCall
    pairs: tuple[Pair, ...]

    def arguments(self) -> str:
        """Print path and arguments."""
        return join_words(print_value(self.uri), print_pairs(self.pairs))


def parse(args: ArgReader) -> Rest:
    """Read the path and arguments, in any order."""
    uri: Name | MacroCall | None = None
    pairs: list[Pair] = []
    while not args.at_end():
        pair = read_pair(args)
        if pair is not None:
            pairs.append(pair)
            continue
        if uri is not None:
            break
        value = args.value()
        if not isinstance(value, Name | MacroCall):
            break
        uri = value
    if uri is None:
        raise args.expected("the path of an endpoint, such as `/services/server/info`")
    return Rest(*args.head, uri, tuple(pairs))


def run(node: Rest, table: Table, env: Env) -> Table:  # noqa: ARG001 - it generates: what was before is gone
    """Return what the given apps define, one row an entity; other endpoints of splunkd are not there."""
    from generator.engine.table import from_rows

    if isinstance(node.uri, MacroCall):
        raise env.no_macro("rest", node.uri)
    path = node.uri.text.partition("?")[0].strip("/")
    endpoint = _NAMESPACE.sub("", path)
    matched = next(
        ((conf, rest) for begin, conf in _ENDPOINTS.items() if (rest := _below(endpoint, begin)) is not None), None
    )
    if matched is None:
        raise env.unsupported(f"the endpoint `{node.uri.text}` of `rest`", node.uri)
    conf, entity = matched
    given = {pair.key.text: pair.value.text for pair in node.pairs if isinstance(pair.value, Name)}
    rows = [
        {"title": stanza, **{key: setting.value for key, setting in settings.items()}}
        for stanza, settings in env.knowledge.stanzas(conf).items()
        if stanza != "default" and entity in {"", stanza}
    ]
    if "search" in given:
        key, _, value = given["search"].partition("=")
        wanted = value.strip('"') if value else None
        rows = [row for row in rows if (row.get(key) == wanted if wanted is not None else key in row["title"])]
    count = int(given["count"]) if given.get("count", "").isdecimal() else 0
    return from_rows(rows[:count] if count else rows)


def _below(endpoint: str, begin: str) -> str | None:
    """Return the entity that follows the path of a collection, "" for the collection itself, None for another path."""
    if endpoint == begin:
        return ""
    return unquote(endpoint[len(begin) + 1 :]) if endpoint.startswith(f"{begin}/") else None


SPEC = CommandSpec(
    name="rest",
    kind=CommandKind.GENERATING,
    summary="Reads a REST endpoint of splunkd.",
    syntax="rest <path> [count=<int>] [strict=<bool>] [splunk_server=<name>] [splunk_server_group=<name>]... [timeout=<int>] "
    "[<argument>=<value>]...",
    parse=parse,
    flow=begins,
    run=run,
    source="Search Reference: rest",
)
