"""PLB001 playbook-file-missing: a SOAR playbook without its program.

## What it does

A playbook is several files of the same name: the `.yml` that describes it, and the `.json` and `.py` that SOAR exported.
Reports descriptions that lack one of the two.

## Why it matters

Nobody can import the playbook. Playbooks are never part of the app, so this is a warning in the v4 dialect; the newer
tools refuse it.

## Example

    playbooks/block_address.yml and playbooks/block_address.json, and no playbooks/block_address.py

## Use instead

Export the playbook from SOAR and keep all of its files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Dialect
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import PackContext

_NEWER = {Dialect.V5, Dialect.NATIVE}


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the files that are missing."""
    for playbook in ctx.pack.playbooks:
        stem = playbook.path.rpartition(".")[0]
        for suffix in (".json", ".py"):
            path = stem + suffix
            if path not in ctx.pack.files:
                yield Found(
                    message=f"the playbook needs the file `{path}`, which does not exist",
                    hint="export the playbook from SOAR and keep all of its files",
                    document=playbook.document,
                    pointer=("name",),
                    severity=Severity.ERROR if playbook.document.dialect in _NEWER else None,
                )


RULE = Rule(code="PLB001", name="playbook-file-missing", severity=Severity.WARNING, since="0.1", check_pack=check)
