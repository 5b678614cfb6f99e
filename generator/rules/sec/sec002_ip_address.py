"""SEC002 ip-address: the address of a machine in a text.

## What it does

Reports IPv4 addresses in the texts that go into the app, each once an object. Not reported, as AppInspect does not either:
loopback addresses, `0.0.0.0`, `255.255.255.255`, the best-known public name servers, networks such as `10.0.0.0/8`, and
addresses written as `192.0.2[.]1`. Version numbers of four parts look the same, and are reported; as information where they stand in the path of a link.

## Why it matters

AppInspect warns of each address: one of the author's own network is nobody's business, and one in a search works at the
author's site alone.

## Example

    search: dest_ip=10.1.2.3

## Use instead

    search: dest_ip IN (`mail_servers`)

with a macro or a lookup that each site fills in; in prose, `203.0.113[.]7`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.sec.addresses import addresses
from generator.rules.sec.texts import ADDRESS, marks, shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_LINK = re.compile(r"https?://[^\s/]+/(?:[^\s]*/)?\Z")


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the first place of each address."""
    document = ctx.item.document
    if ADDRESS not in marks(document):
        return
    seen: set[str] = set()
    for pointer, text in shipped_texts(document):
        for address, start in addresses(text):
            if address not in seen:
                seen.add(address)
                yield Found(
                    message=f"AppInspect warns of the IP address `{address}`",
                    hint="take it from a macro or lookup; in prose, write `[.]` for a dot",
                    pointer=pointer,
                    start=start,
                    end=start + len(address),
                    severity=Severity.INFO if _LINK.search(text, 0, start) else None,
                )


RULE = Rule(code="SEC002", name="ip-address", severity=Severity.WARNING, since="0.1", check_object=check)
