"""A stranger's text becomes HTML that shows it: escaped for its place, with links only where they lead to the web.

What authors mean by backticks, empty lines and web addresses is kept; any other markup in a text is shown as it stands.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from generator.base.hidden import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_UNSEEN: Final = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{HIDDEN}]")
_PARTS: Final = re.compile(r"`([^`\n]+)`|(https?://[^\s<>\"'`\\^{}|]+[^\s<>\"'`\\^{}|.,;:!?)\]])")
_WEB: Final = re.compile(r"https?://[^\s\"'<>\\^`{}|]+")


def text(value: str) -> str:
    """Return a text for an element or an attribute; characters that would hide or turn what follows are replaced."""
    return escape(_UNSEEN.sub("\ufffd", value), quote=True)


def rich(value: str) -> str:
    """Return a text on one line, with code and web addresses marked up."""
    made: list[str] = []
    position = 0
    for match in _PARTS.finditer(value):
        made.append(text(value[position : match.start()]))
        made.append(f"<code>{text(match[1])}</code>" if match[1] is not None else link(match[2], match[2]))
        position = match.end()
    made.append(text(value[position:]))
    return "".join(made)


def paragraphs(value: str) -> str:
    """Return a text of several paragraphs."""
    blocks = [block for block in re.split(r"\n\s*\n", value.replace("\r\n", "\n")) if block.strip()]
    return "\n".join(f"<p>{'<br>'.join(rich(line) for line in block.strip().splitlines())}</p>" for block in blocks)


def code(value: str) -> str:
    """Return SPL as a block."""
    shown = "\n".join(text(line) for line in value.strip().split("\n"))
    return f"<pre><code>{shown}</code></pre>"


def link(label: str, target: str) -> str:
    """Return a link to the web; only the label where the target is none."""
    if _WEB.fullmatch(target) is None:
        return text(label)
    return f'<a rel="noreferrer nofollow" href="{text(target)}">{text(label)}</a>'


def own(label: str, target: str) -> str:
    """Return a link within the site; `target` is a path that this package made."""
    return f'<a href="{text(target)}">{text(label)}</a>'


def section(title: str, body: str) -> str:
    """Return a part of a page, nothing when there is nothing in it."""
    return f"<h2>{text(title)}</h2>\n{body}" if body else ""


def bullets(items: Iterable[str]) -> str:
    """Return a list of HTML items."""
    shown = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{shown}</ul>" if shown else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of HTML cells, nothing without rows."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    titles = "".join(f"<th>{text(title)}</th>" for title in head)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>\n{body}</tbody></table>" if body else ""


def pairs(rows: Iterable[tuple[str, str]]) -> str:
    """Return a table of names and HTML values; empty values are left out."""
    body = "".join(f"<tr><th>{text(name)}</th><td>{value}</td></tr>\n" for name, value in rows if value)
    return f"<table><tbody>\n{body}</tbody></table>" if body else ""
