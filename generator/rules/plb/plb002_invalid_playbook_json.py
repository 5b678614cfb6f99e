"""PLB002 invalid-playbook-json: a playbook's JSON file that is not JSON.

## What it does

Reports the place where the `.json` file of a playbook cannot be read.

## Why it matters

SOAR cannot import it.

## Example

    { "coa": { "data": [ }

## Use instead

The file as SOAR exported it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.base.source import SourceFile, Span
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the place at which each playbook's JSON breaks."""
    for playbook in ctx.pack.playbooks:
        path = playbook.path.rpartition(".")[0] + ".json"
        content = ctx.read_file(path)
        if content is None:
            continue
        try:
            json.loads(content.decode("utf-8-sig"))
        except json.JSONDecodeError as error:
            source = SourceFile(path, error.doc)
            yield Found(
                message=f"the file is not JSON: {error.msg[:1].lower()}{error.msg[1:]}",
                span=source.span(error.pos, min(error.pos + 1, len(error.doc))),
            )
        except UnicodeDecodeError:
            yield Found(message="the file is not UTF-8", hint="save it as UTF-8", span=Span(path))
        except RecursionError:
            yield Found(message="the file is not JSON that can be read: it nests too deeply", span=Span(path))


RULE = Rule(code="PLB002", name="invalid-playbook-json", severity=Severity.WARNING, since="0.1", check_pack=check)
