"""APP008 broken-json: a JSON file of the app that cannot be read.

## What it does

Reads every `.json` file of the app, and the app.manifest: UTF-8 without a byte order mark, and well-formed.

## Why it matters

AppInspect refuses the app, and breaks off at a file that is not UTF-8.

## Example

    {"name": "overview",}

## Use instead

    {"name": "overview"}
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.app.files import place
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the files that are no JSON."""
    for path, data in ctx.app:
        if not path.lower().endswith((".json", ".manifest")):
            continue
        try:
            json.loads(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            yield Found(message=f"`{path}` is not UTF-8", hint="save it as UTF-8", span=place(ctx, path, line))
        except json.JSONDecodeError as error:
            where = place(ctx, path, error.lineno, error.colno)
            yield Found(message=f"`{path}` is no JSON: {error.msg}", hint="correct it", span=where)
        except RecursionError:
            yield Found(message=f"`{path}` nests too deeply", hint="make it flatter", span=place(ctx, path))


RULE = Rule(code="APP008", name="broken-json", severity=Severity.ERROR, since="0.1", check_app=check)
