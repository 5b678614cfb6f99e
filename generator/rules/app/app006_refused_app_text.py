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
from generator.base.source import SourceFile
from generator.rules.app.files import data_owner, owner_of, parsed, span_in, text_of
from generator.rules.base import Found, Rule
from generator.rules.sec.addresses import addresses
from generator.rules.sec.texts import shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.content.model import ContentObject
    from generator.knowledge.conf import Stanza
    from generator.rules.base import AppContext

# Each pattern begins with a fixed text, which is what makes looking through megabytes cheap.
_PROSE = (".txt", ".md", ".org", ".rst")
_CODE = (".csv", ".py", ".js", ".ts", ".tmpl", ".html")
_PROGRAM_TEXT = (".js", ".html", ".xml", ".conf")
_BINARY = (".png", ".gif", ".jpg", ".jpeg", ".ico", ".gz", ".tgz", ".kmz", ".woff", ".woff2", ".pdf")
_DESTRUCTIVE = (re.compile(r"rm -rf"), re.compile(r"""rm["'][^\S\n]*,[^\S\n]*["']-[rf]{2}["']"""))
_MILDLY = re.compile(r"rm[^\S\n]+-[rf]+")
_NODE = (re.compile(r"cmd node"), re.compile(r"""cmd["'], ?["']node["']"""))
_SCRIPT = re.compile(r"\|[^\S\n]*runshellscript")
_ENDPOINT = (re.compile(r"services/datamodel/acceleration"), re.compile(r"apps/appinstall"))
_WITHDRAWN = re.compile(r"(?<!\w)(?:tscollect|findtypes|input\s*(?:add|remove))(?!\w)")
_QUERY = re.compile(r"<(query|searchString)\b[^>]*>(.*?)</\1>", re.DOTALL)


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the texts that are refused."""
    for path in ctx.app.files:
        lowered = path.lower()
        if lowered.endswith(_BINARY):
            continue
        text = text_of(ctx.app, path)
        content = _Content(ctx, path)
        for start, end, severity in sorted(_refused(lowered, text)):
            word = "refuses" if severity is Severity.ERROR else "warns of"
            found = Found(
                message=f"AppInspect {word} apps with the text `{' '.join(text[start:end].split())}`",
                hint="write it in another way",
                span=span_in(ctx, path, text, start, end),
                severity=severity,
            )
            yield from content.unreported(found, text, start, end)
        yield from _addresses(ctx, path, text, content)


def _refused(lowered: str, text: str) -> Iterator[tuple[int, int, Severity]]:
    if not lowered.endswith(_PROSE + _CODE):
        hard = {match.start(): match.end() for pattern in _DESTRUCTIVE for match in pattern.finditer(text)}
        yield from ((start, end, Severity.ERROR) for start, end in hard.items())
        for match in _MILDLY.finditer(text):
            if match.start() not in hard:
                yield match.start(), match.end(), Severity.WARNING
    patterns = [_SCRIPT] if "runshellscript" in text else []
    if not lowered.endswith(_PROSE):
        patterns.extend(_NODE)
    if lowered.endswith(_PROGRAM_TEXT):
        patterns.extend(_ENDPOINT)
    for pattern in patterns:
        yield from ((match.start(), match.end(), Severity.ERROR) for match in pattern.finditer(text))
    if lowered.endswith(".xml") and _WITHDRAWN.search(text):
        for query in _QUERY.finditer(text):
            for match in _WITHDRAWN.finditer(query[2]):
                offset = query.start(2)
                yield offset + match.start(), offset + match.end(), Severity.ERROR


def _addresses(ctx: AppContext, path: str, text: str, content: _Content) -> Iterator[Found]:
    table = data_owner(ctx.pack, path) is not None
    first: tuple[int, str] | None = None
    distinct: set[str] = set()
    for address, start in addresses(text):
        if address not in distinct and content.owner(text, start) is None:
            distinct.add(address)
            first = first or (start, address)
    if first is not None:
        start, address = first
        more = f" and {len(distinct) - 1} more" if len(distinct) > 1 else ""
        yield Found(
            message=f"AppInspect warns of the IP address `{address}`{more}",
            hint="leave addresses to each site, or write `[.]` for a dot",
            span=span_in(ctx, path, text, start, start + len(address)),
            severity=Severity.INFO if table else Severity.WARNING,
        )


class _Content:
    """Knows which content a stanza was rendered from, and what the rules about content report of it."""

    def __init__(self, ctx: AppContext, path: str) -> None:
        self._ctx = ctx
        self._path = path
        self._stanzas: Sequence[Stanza] | None = None
        self._lines: list[int] = []
        self._source: SourceFile | None = None

    def owner(self, text: str, start: int) -> ContentObject | None:
        """Return the content that a place of the file comes from, None for all that is no content."""
        if not self._path.endswith(".conf"):
            return None
        if self._stanzas is None or self._source is None:
            self._stanzas = parsed(self._ctx.app, self._path).stanzas
            self._lines = [stanza.line for stanza in self._stanzas]
            self._source = SourceFile(self._path, text)
        line, _ = self._source.line_col(start)
        before = bisect_right(self._lines, line)
        return owner_of(self._ctx.pack, self._stanzas[before - 1].name) if before else None

    def unreported(self, found: Found, text: str, start: int, end: int) -> Iterator[Found]:
        """Yield a finding unless the text stands in the content behind it, where another rule reports it."""
        owner = self.owner(text, start)
        words = text[start:end]
        if owner is None or not any(words in value for _, value in shipped_texts(owner.document)):
            yield found


RULE = Rule(code="APP006", name="refused-app-text", severity=Severity.ERROR, since="0.1", check_app=check)
