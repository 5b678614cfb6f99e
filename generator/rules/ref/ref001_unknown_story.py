"""REF001 unknown-story: content that belongs to a story which does not exist.

## What it does

Reports names under `analytic_story` (of detections, baselines, investigations and playbooks) that no file in `stories/`
has.

## Why it matters

Enterprise Security shows detections by story. With a misspelt name the detection is missing from the story that it was
written for, and the app names a story that nobody can open.

## Example

    analytic_story:
    - Ransomwear

## Use instead

The exact `name` of a story, upper and lower case included; the help names the nearest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Kind
from generator.rules.base import Rule
from generator.rules.ref.names import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import Found, ObjectContext


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield the stories that are named and do not exist."""
    yield from unknown(ctx, Kind.STORY)


RULE = Rule(
    code="REF001",
    name="unknown-story",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection", "baseline", "investigation", "playbook"),
    check_object=check,
)
