"""DSH002 invalid-dashboard-json: a dashboard file that is not JSON.

## What it does

Reports the place where the JSON of a dashboard cannot be read, a file that is not UTF-8, and one whose top level is not
an object.

## Why it matters

Dashboard Studio cannot open it, and the app would show an error in place of the dashboard.

## Example

    {
      "title": "AppLocker",
    }

## Use instead

JSON without a comma behind the last entry, comments, or single quotes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.base.source import SourceFile, Span
from generator.rules.base import Found, Rule
from generator.rules.dsh.json_places import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the place at which each dashboard's JSON breaks."""
    for dashboard in ctx.pack.dashboards:
        path = dashboard.json_path
        if not path or ctx.read_file(path) is None:
            continue
        text = read_text(ctx, path)
        if text is None:
            yield Found(message="the file is not UTF-8", hint="save it as UTF-8", span=Span(path))
            continue
        found = _broken(path, text)
        if found is not None:
            yield found


def _broken(path: str, text: str) -> Found | None:
    source = SourceFile(path, text)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        end = min(error.pos + 1, len(text))
        return Found(message=f"the file is not JSON: {reason}", span=source.span(error.pos, end))
    except (ValueError, RecursionError):
        return Found(message="the file is not JSON that can be read: it nests too deeply", span=Span(path))
    if not isinstance(value, dict):
        return Found(message="the JSON of a dashboard is an object, `{...}`", span=source.span(0, 1))
    return None


RULE = Rule(code="DSH002", name="invalid-dashboard-json", severity=Severity.ERROR, since="0.1", check_pack=check)
