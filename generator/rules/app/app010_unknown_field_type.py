"""APP010 unknown-field-type: a KV store collection with a type that does not exist.

## What it does

Reports `field.<name>` settings in collections.conf whose value is none of `number`, `bool`, `string`, `time`.

## Why it matters

Splunk stores the field as it likes, and AppInspect refuses the app.

## Example

    [known_hosts]
    field.first_seen = date

## Use instead

    [known_hosts]
    field.first_seen = time
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, did_you_mean
from generator.rules.app.files import conf, place
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext

_TYPES = ("number", "bool", "string", "time")


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the types that do not exist."""
    file = conf(ctx, "collections")
    for stanza in file.stanzas if file is not None else ():
        for setting in stanza.settings:
            if setting.key.startswith("field.") and setting.value not in _TYPES:
                yield Found(
                    message=f"[{stanza.name}]: `{setting.value}` is no type of field",
                    hint=did_you_mean(setting.value, _TYPES) or "one of number, bool, string, time",
                    span=place(ctx, "default/collections.conf", setting.line),
                )


RULE = Rule(code="APP010", name="unknown-field-type", severity=Severity.ERROR, since="0.1", check_app=check)
