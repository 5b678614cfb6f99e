"""A dashboard's JSON file as text and value, and where its top-level keys are written."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.base.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Dashboard
    from generator.rules.base import PackContext

_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_BOM = "\ufeff"


class Board(NamedTuple):
    """A dashboard with its JSON file. `value` is what the file holds."""

    dashboard: Dashboard
    source: SourceFile
    value: Any


def boards(ctx: PackContext) -> Iterator[Board]:
    """Yield the dashboards whose JSON file is there and parses."""
    for dashboard in ctx.pack.dashboards:
        text = read_text(ctx, dashboard.json_path)
        if text is None:
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        yield Board(dashboard, SourceFile(dashboard.json_path, text), value)


def read_text(ctx: PackContext, path: str) -> str | None:
    """Return the text of a JSON file without a byte order mark; None when it is missing or not UTF-8."""
    content = ctx.read_file(path) if path else None
    if content is None:
        return None
    try:
        return content.decode().removeprefix(_BOM)
    except UnicodeDecodeError:
        return None


def find_key(text: str, key: str) -> tuple[int, int]:
    """Return the offsets of a top-level key (with its quotes); those of the opening bracket when it is not there."""
    depth = 0
    opening = (0, 0)
    for match in _STRUCTURE.finditer(text):
        word = match.group()
        if word in "{[":
            depth += 1
            opening = match.span() if depth == 1 else opening
        elif word in "}]":
            depth -= 1
        elif depth == 1 and word == f'"{key}"' and text[match.end() :].lstrip().startswith(":"):
            return match.span()
    return opening
