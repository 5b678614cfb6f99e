"""TST002 missing-attack-data: a test over a file that is not there.

## What it does

Reports event files of tests that are paths (not web addresses) and that the pack does not have. Paths start at the
pack's root, or in its `attack_data/`. Folders that no listing enters (`build`, `dist`, hidden ones, ...) are not looked at.

## Why it matters

The test cannot run. A file that only its author has, or that was not committed, breaks the tests for everyone else.

## Example

    attack_data:
    - data: attack_data/renamed_tol.log

## Use instead

    attack_data:
    - data: attack_data/renamed_tool.log
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity, closest
from generator.content.load import SKIPPED_FOLDERS
from generator.rules.base import Found, Rule
from generator.rules.tst.events import event_files, is_url, leads_outside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Pack, Tested
    from generator.rules.base import PackContext

_FOLDER = "attack_data/"


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the event files that the pack lacks."""
    items: tuple[Tested, ...] = (*ctx.pack.detections, *ctx.pack.baselines)
    for item in items:
        for file in event_files(item):
            path = file.data.replace("\\", "/").removeprefix("./")
            if not path or is_url(path) or leads_outside(path) or _is_there(ctx.pack, path):
                continue
            yield Found(
                message=f"the pack has no file `{file.data}`",
                hint=_hint(ctx.pack, path),
                document=item.document,
                pointer=(*file.pointer, "data"),
            )


def _is_there(pack: Pack, path: str) -> bool:
    parts = path.split("/")
    if parts[0] in SKIPPED_FOLDERS or any(part.startswith(".") for part in parts):
        return True
    return path in pack.files or _FOLDER + path in pack.files


def _hint(pack: Pack, path: str) -> str:
    name = path.rpartition("/")[2]
    same = sorted(other for other in pack.files if other.rpartition("/")[2] == name)
    near = same or closest(path, pack.files)
    return f"did you mean `{near[0]}`?" if near else "add the file, or give its web address"


RULE = Rule(code="TST002", name="missing-attack-data", severity=Severity.ERROR, since="0.1", check_pack=check)
