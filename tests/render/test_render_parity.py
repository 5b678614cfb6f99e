"""The shared corpus: every (file, stanza, key, value) that the older tools built from the same packs.

Known differences, all on purpose: names of the two generated tables carry the newest content date instead of the day of
the build, and a v4 detection's `data_sources` (a misspelling that contentctl 4 ignores) is read as `data_source`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from generator.content.load import load_pack
from generator.knowledge.attack import builtin_attack
from generator.knowledge.conf import parse_conf
from generator.render import read_inputs, render_app

if TYPE_CHECKING:
    from pathlib import Path

CLOCK = {("app.conf", "install", "build"), ("content-version.conf", "content-version", "build")}
ALLOWED = {
    "security_content": {("savedsearches.conf", "action.correlationsearch.annotations"): 2},
    "v5/pack": {("transforms.conf", "filename"): 2},
    "v5/features": {("transforms.conf", "filename"): 2},
    "ng/pack": {("transforms.conf", "filename"): 2},
}


def same(one: str, other: str) -> bool:
    if one[:1] in {"[", "{"}:
        try:
            return bool(json.loads(one) == json.loads(other))
        except ValueError:
            pass
    return re.sub(r"\s+", " ", one.strip()) == re.sub(r"\s+", " ", other.strip())


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize(
    ("pack", "golden"),
    [
        ("security_content", "golden_v4/app/default"),
        ("v5/pack", "v5/golden/default"),
        ("v5/features", "v5/features_golden/acme_content-pack/default"),
        ("ng/pack", "ng/golden/default"),
    ],
)
def test_every_key_and_value_is_that_of_the_older_tool(corpus: Path, pack: str, golden: str) -> None:
    loaded = load_pack(corpus / pack)
    tree = render_app(loaded, read_inputs(corpus / pack, loaded), attack=builtin_attack())
    different: dict[tuple[str, str], int] = {}
    for file in sorted((corpus / golden).glob("*.conf")):
        wanted = parse_conf(file.read_text(encoding="utf-8"), file.name).values()
        made = parse_conf(tree.text(f"default/{file.name}"), file.name).values()
        for stanza, values in wanted.items():
            for key, value in values.items():
                mine = made.get(stanza, {}).get(key)
                if (file.name, stanza, key) not in CLOCK and (mine is None or not same(value, mine)):
                    different[file.name, key] = different.get((file.name, key), 0) + 1
    assert different == ALLOWED[pack]
