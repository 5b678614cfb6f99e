"""APP006 refused-app-text: a text in the rendered app for which AppInspect refuses it.

## What it does

Looks through the files of the app for what SEC001, SEC007, SEC011 and SEC002 look for in content: `rm -rf`, `cmd node`,
withdrawn commands and addresses, and the addresses of machines (a warning, once a file). What content holds is reported
there; here remain the app template, tables, boards, and texts that only come together when they are rendered.

## Why it matters

Splunk Cloud refuses the app for a single word in a table or board.

## Example

    lookups/commands.csv: cmd node.exe,suspicious

## Use instead

Write it in another way, such as `cmd*node.exe` in a table with wildcards.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.app.files import data_owner, owner_of, parsed, span_in, text_of
from generator.rules.base import Found, Rule
from generator.rules.sec.addresses import addresses_in_bytes
from generator.rules.sec.texts import shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.base.source import Span
    from generator.content.model import ContentObject
    from generator.rules.base import AppContext

_PROSE = (".txt", ".md", ".org", ".rst")
_CODE = (".csv", ".py", ".js", ".ts", ".tmpl", ".html")
_PROGRAM_TEXT = (".js", ".html", ".xml", ".conf")
_BINARY = (".png", ".gif", ".jpg", ".jpeg", ".ico", ".gz", ".tgz", ".kmz", ".woff", ".woff2", ".pdf")


# Patterns over bytes that begin with a fixed text: what makes looking through megabytes cheap.
_BLANK = (
    rb"(?:[^\S\n]|[\x1c-\x1f]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)"
)
"""One character of white space in UTF-8, but for line feeds."""


_REMOVE = re.compile(rb"rm(?:" + _BLANK + rb"+-[rf]+|[\"']" + _BLANK + rb"*," + _BLANK + rb"*[\"']-[rf]{2}[\"'])")
_REMOVE_ALL = b"rm -rf"
_QUOTES = (b"'", b'"')
_NODE = re.compile(rb"""cmd(?: node|["'], ?["']node["'])""")
_SCRIPT = re.compile(rb"\|" + _BLANK + rb"*runshellscript")
_ENDPOINT = re.compile(rb"services/datamodel/acceleration|apps/appinstall")
_WITHDRAWN = re.compile(rb"(?<!\w)(?:tscollect|findtypes|input\s*(?:add|remove))(?!\w)")
_QUERY = re.compile(rb"<(query|searchString)\b[^>]*>(.*?)</\1>", re.DOTALL)


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the texts that are refused."""
    for path, data in ctx.app:
        lowered = path.lower()
        if lowered.endswith(_BINARY):
            continue
        content = _Content(ctx, path)
        for start, end, severity in sorted(_refused(lowered, data)):
            word = "refuses" if severity is Severity.ERROR else "warns of"
            found = Found(
                message=f"AppInspect {word} apps with the text `{b' '.join(data[start:end].split()).decode()}`",
                hint="write it in another way",
                span=content.span(start, end),
                severity=severity,
            )
            yield from content.unreported(found, start, end)
        yield from _addresses(ctx, path, content)


def _refused(lowered: str, data: bytes) -> Iterator[tuple[int, int, Severity]]:
    if not lowered.endswith(_PROSE + _CODE):
        for match in _REMOVE.finditer(data):
            start, end = match.span()
            if data.startswith(_REMOVE_ALL, start):
                yield start, start + len(_REMOVE_ALL), Severity.ERROR
            else:
                yield start, end, Severity.ERROR if data[end - 1 : end] in _QUOTES else Severity.WARNING
    patterns = [_SCRIPT] if b"runshellscript" in data else []
    if not lowered.endswith(_PROSE):
        patterns.append(_NODE)
    if lowered.endswith(_PROGRAM_TEXT) and (b"/acceleration" in data or b"/appinstall" in data):
        patterns.append(_ENDPOINT)
    for pattern in patterns:
        yield from ((match.start(), match.end(), Severity.ERROR) for match in pattern.finditer(data))
    if lowered.endswith(".xml") and _WITHDRAWN.search(data):
        for query in _QUERY.finditer(data):
            for match in _WITHDRAWN.finditer(query[2]):
                offset = query.start(2)
                yield offset + match.start(), offset + match.end(), Severity.ERROR


def _addresses(ctx: AppContext, path: str, content: _Content) -> Iterator[Found]:
    table = data_owner(ctx.pack, path) is not None
    first: tuple[int, str] | None = None
    distinct: set[str] = set()
    for address, start in addresses_in_bytes(ctx.app.files[path]):
        if address not in distinct and content.owner(start) is None:
            distinct.add(address)
            first = first or (start, address)
    if first is not None:
        start, address = first
        more = f" and {len(distinct) - 1} more" if len(distinct) > 1 else ""
        yield Found(
            message=f"AppInspect warns of the IP address `{address}`{more}",
            hint="leave addresses to each site, or write `[.]` for a dot",
            span=content.span(start, start + len(address)),
            severity=Severity.INFO if table else Severity.WARNING,
        )


class _Content:
    """A file of the app, by byte offsets: which content a stanza was rendered from, and what is reported of that."""

    def __init__(self, ctx: AppContext, path: str) -> None:
        self._ctx = ctx
        self._path = path
        self._data = ctx.app.files[path]
        self._known = (0, 1)  # an offset and its line: places are asked for in their order, more or less

    def owner(self, start: int) -> ContentObject | None:
        """Return the content that a place of the file comes from, None for all that is no content."""
        if not self._path.endswith(".conf"):
            return None
        stanzas = parsed(self._ctx, self._path).stanzas
        offset, line = self._known if self._known[0] <= start else (0, 1)
        line += self._data.count(b"\n", offset, start)
        self._known = (start, line)
        before = bisect_right(stanzas, line, key=lambda stanza: stanza.line)
        return owner_of(self._ctx.pack, stanzas[before - 1].name) if before else None

    def span(self, start: int, end: int) -> Span:
        """Return the place that a person knows a range of the file by."""
        data = self._data
        begin, stop = (len(data[:offset].decode("utf-8", errors="replace")) for offset in (start, end))
        return span_in(self._ctx, self._path, text_of(self._ctx.app, self._path), begin, stop)

    def unreported(self, found: Found, start: int, end: int) -> Iterator[Found]:
        """Yield a finding unless the text stands in the content behind it, where another rule reports it."""
        owner = self.owner(start)
        words = self._data[start:end].decode()
        if owner is None or not any(words in value for _, value in shipped_texts(owner.document)):
            yield found


RULE = Rule(code="APP006", name="refused-app-text", severity=Severity.ERROR, since="0.1", check_app=check)
