"""The built-in add-ons: sample events of a sourcetype, and fields that each must have (null: must not have).

A folder is named after the sourcetype, with `_` for `:`. `sample.log` is written by hand; `about.yml` names sourcetype,
source and where the truth comes from; `expected.jsonl` has a line an event, in the order of the sample.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from generator import Engine
from generator.knowledge.settings import Settings, builtin_folders

NOW = 1_700_000_000
FOLDERS = sorted(file.parent for file in Path(__file__).parent.glob("*/about.yml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_events_have_the_fields_of_their_add_on(folder: Path) -> None:
    about = yaml.safe_load((folder / "about.yml").read_text(encoding="utf-8"))
    expected = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    engine = Engine(now=NOW)
    loaded = engine.load((folder / "sample.log").read_bytes(), about["sourcetype"], about["source"], "h1")
    assert loaded == len(expected)
    table = engine.store.events()
    found = [dict(row) for row in engine.search("search index=*").rows]
    order = sorted(range(table.length), key=lambda row: _position(folder, str(table.column("_raw")[row])))
    for event, wanted in zip((found[row] for row in order), expected, strict=True):
        assert {name: event.get(name) for name in wanted} == wanted
    assert engine.extraction.warnings == []


def _position(folder: Path, raw: str) -> int:
    return (folder / "sample.log").read_text(encoding="utf-8").index(raw)


def test_every_rule_of_the_built_in_add_ons_works() -> None:
    """Each sourcetype's transforms and lookups exist, its expressions compile, and so do all event types."""
    engine = Engine(now=NOW)
    props = Settings().stanzas("props")
    for stanza in props:
        if stanza == "default" or ("*" in stanza and not stanza.startswith("source::")):
            continue
        source = stanza.removeprefix("source::").replace("...", "Xml") if stanza.startswith("source::") else "s"
        engine.load(b"some text", "XmlWinEventLog" if source != "s" else stanza, source)
    assert engine.search("search index=*").rows
    assert engine.extraction.warnings == []


def test_every_built_in_tag_is_about_something_that_exists() -> None:
    settings = Settings()
    eventtypes = {eventtype.name for eventtype in settings.eventtypes}
    assert set(settings.tags["eventtype"]) <= eventtypes
    assert all((folder / "default").is_dir() for folder in builtin_folders())
