"""SEC007 bundled-node: a text that looks like a call of Splunk's own Node.js.

## What it does

Reports `cmd node`, and `cmd` and `node` quoted side by side, in the texts that go into the app.

## Why it matters

AppInspect takes the text for a call of the Node.js that came with older Splunk versions, and Splunk Cloud refuses the app;
also where it says that an attacker opened `cmd` and ran `node`.

## Example

    description: Finds cmd node.exe chains.

## Use instead

    description: Finds node.exe that cmd.exe started.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.sec.texts import NODE, marks, shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_CALL = re.compile(r"""cmd node|["']cmd["'], ?["']node["']""")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield each place of the call."""
    document = ctx.item.document
    if NODE not in marks(document):
        return
    for pointer, text in shipped_texts(document):
        for match in _CALL.finditer(text):
            yield Found(
                message=f"AppInspect refuses apps with the text `{match[0]}`",
                hint="write it in another way",
                pointer=pointer,
                start=match.start(),
                end=match.end(),
            )


RULE = Rule(code="SEC007", name="bundled-node", severity=Severity.ERROR, since="0.1", check_object=check)
