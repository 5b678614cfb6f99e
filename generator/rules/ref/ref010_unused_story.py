"""REF010 unused-story: a story that nothing belongs to.

## What it does

Reports stories that no detection, baseline, investigation or playbook names. Deprecated stories are left out.

## Why it matters

Enterprise Security shows an empty story. Either its detections name it otherwise, or it is left over.

## Example

    stories/zz_story.yml, and no `analytic_story` with its name

## Use instead

Name the story in the detections that belong to it, deprecate it, or delete it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.base import Found, Rule
from generator.rules.unread import may_be_named, unread_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the stories that nothing names."""
    pack = ctx.pack
    used = {
        name
        for group in (pack.detections, pack.baselines, pack.investigations, pack.playbooks)
        for item in group
        for name in item.analytic_story
    }
    unread = unread_texts(pack)
    for story in pack.stories:
        if story.name in used or story.status == "deprecated" or "/deprecated/" in story.path:
            continue
        if may_be_named(story.name, unread):
            continue
        yield Found(
            message=f"no detection belongs to the story `{story.name}`",
            hint="name it under `analytic_story` of its detections, or delete it",
            document=story.document,
            pointer=("name",),
        )


RULE = Rule(code="REF010", name="unused-story", severity=Severity.WARNING, since="0.1", check_pack=check)
