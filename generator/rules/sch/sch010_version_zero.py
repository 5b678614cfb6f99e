"""SCH010 version-zero: content whose version is 0.

## What it does

Reports `version: 0` in the dialects that allow it (v3 to v5).

## Why it matters

Enterprise Security counts versions from 1 and compares them to offer updates. A detection at 0 is taken for one that was
never released.

## Example

    version: 0

## Use instead

    version: 1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the object at version 0."""
    version = ctx.item.document.data.get("version")
    # In the native dialect the schema itself wants at least 1.
    if version == 0 and type(version) is int and ctx.item.document.dialect is not Dialect.NATIVE:
        yield Found(message="the version is 0", hint="begin with version 1", pointer=("version",))


RULE = Rule(code="SCH010", name="version-zero", severity=Severity.WARNING, since="0.1", check_object=check)
