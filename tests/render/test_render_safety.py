"""No value of the content can break out of its place, whatever it is."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_for_rendering import APP, conf, deployment, detection, document, lookup, macro, pack, rendered, story

from generator.base.diagnostics import GeneratorError
from generator.content.model import (
    Baseline,
    ConfStyle,
    DataSource,
    Dialect,
    Drilldown,
    Investigation,
    Kind,
    Risk,
    RiskObject,
    ThreatObject,
    Throttling,
)
from generator.knowledge.conf import parse_conf
from generator.render import confwrite, render_api
from generator.render.inputs import RenderInputs

STYLES = tuple(ConfStyle)
PIECES = [
    "\\", "\n", "\r\n", "\r", "[evil]", "\n[evil]\n", "# ", " ", "\t", "=", "disabled = 0", "{{ 1 }}", "{% raw %}", "```",
    "\x00", "\x1b", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\ufeff", "\ud800", "\U0001f986", "%name%", "%description%",
    "]]>", "<!--", "-->", "<", "&", '"', "'", "ü", "]", "search", "$x$", "`m`",
]  # fmt: skip
NASTY = st.one_of(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.text(max_size=12))


@st.composite
def nasty_packs(draw: Any) -> Any:
    text = lambda: draw(NASTY)  # noqa: E731 - as short as possible, it is used thirty times
    style = draw(st.sampled_from(STYLES))
    dialect = draw(st.sampled_from([Dialect.V4, Dialect.V5, Dialect.NATIVE]))
    inline = deployment(
        inline=True,
        rba_enabled=True,
        notable={"rule_title": text(), "rule_description": text(), "nes_fields": [text()]},
        email={"subject": text(), "to": text(), "message": text()},
        slack={"channel": text(), "message": text()},
        phantom={"cam_workers": text(), "label": text()},
    )
    inline = replace(
        inline,
        scheduling=replace(inline.scheduling, cron_schedule=text(), earliest_time=text(), schedule_window=text()),
    )
    made = detection(
        "x" + text(),
        path="detections/endpoint/x.yml",
        dialect=dialect,
        id=text(),
        author=text(),
        description=text(),
        search=text(),
        how_to_implement=text(),
        known_false_positives=text(),
        status=draw(st.sampled_from(["production", "experimental", "deprecated"])),
        data_source=(text(),),
        analytic_story=(text(),),
        asset_type=text(),
        mitre_attack_id=(text(),),
        product=(text(),),
        security_domain=text(),
        cve=(text(),),
        atomic_guid=(text(),),
        throttling=Throttling(fields=(text(),), period=text()),
        deployment=inline,
        drilldowns=(Drilldown(name=text(), search=text(), earliest_offset=text()),),
        risk=Risk(
            message=text(),
            objects=(RiskObject(field=text(), type=text(), score=3, message=text()),),
            threats=(ThreatObject(field=text(), type=text()),),
        ),
    )
    doc = document("investigations/i.yml", Kind.INVESTIGATION)
    return pack(
        style,
        replace(APP, title=text(), label=text(), prefix=text(), version=text(), description=text(), author_name=text(),
                author_email=text(), author_company=text()),
        detections=(made,),
        macros=(macro("m" + text(), text(), description=text(), arguments=(text(),)),),
        lookups=(
            lookup("l" + text(), type="kvstore", data_path=None, description=text(), fields=(text(),), default_match=text(),
                   collection=text(), match_type=(text(),), case_sensitive_match=text()),
        ),
        stories=(story("s" + text(), author=text(), narrative=text(), description=text(), category=(text(),),
                       references=(text(),)),),
        baselines=(Baseline(document=document("baselines/b.yml", Kind.BASELINE), name="b" + text(), search=text(),
                            description=text(), analytic_story=(text(),), how_to_implement=text()),),
        investigations=(Investigation(document=doc, name="i" + text(), search=text() + "$dest$", description=text(),
                                      how_to_implement=text(), datamodels=(text(),)),),
        data_sources=(DataSource(document=document("data_sources/d.yml", Kind.DATA_SOURCE), name="d" + text(),
                                 source=text(), description=text()),),
    )  # fmt: skip


@given(made=nasty_packs())
@settings(max_examples=150, deadline=None)
def test_every_conf_reads_back_without_a_word_of_its_own(made: Any) -> None:
    files = rendered(made)
    for path, data in files.items():
        if path.endswith(".conf"):
            text = data.decode("utf-8")
            assert text[:32].isascii()
            assert "\r" not in text
            assert len(text.splitlines()) == text.count("\n") + (not text.endswith("\n"))
            found = parse_conf(text, path)
            assert not found.issues
            assert not [stanza.name for stanza in found.stanzas if stanza.name == "evil"]
        elif path.endswith(".xml"):
            ET.fromstring(data)  # noqa: S314 - it was rendered here
        elif path.endswith((".json", ".manifest")):
            json.loads(data)
    search = conf(files, "savedsearches")
    assert all(values.get("disabled") in {"1", "true"} for values in search.values() if "disabled" in values)
    render_api(made, RenderInputs())


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("C:\\Windows\\", "C:\\Windows\\"),
        ("a \\\nb \\", "a \\\nb \\"),
        ("a\\\n\n\nb", "a\\\n\n\nb"),
        ("one\n[two]\nsearch = 3\n# four", "one\n[two]\nsearch = 3\n# four"),
        ("\n\n  text  \n\n", "text"),
        ("a\u2028b\x0bc\x00d", "a b c d"),
        ("half \ud83d pair", "half   pair"),
        ("{{ 7 * 7 }} {% include 'x' %}", "{{ 7 * 7 }} {% include 'x' %}"),
    ],
)
def test_a_text_comes_back_as_any_reader_gets_it(style: ConfStyle, written: str, read: str) -> None:
    made = pack(style, detections=(detection(description=written, search=written),))
    found = conf(rendered(made), "savedsearches")["HERON - Grey Heron - Rule"]
    assert found["description"] == read
    assert found["search"] == read
    assert found["is_visible"] in {"0", "false"}


def test_a_name_cannot_close_its_header() -> None:
    made = pack(detections=(detection("a]\n[b] c", path="detections/a.yml"),))
    assert "HERON - a) (b) c - Rule" in conf(rendered(made), "savedsearches")


def test_a_file_that_would_not_read_back_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confwrite, "render_parts", lambda *_, **__: ["[s]\n", "key = other\n"])
    with pytest.raises(GeneratorError, match=r"default/x\.conf: the value of `key` in stanza `s`"):
        confwrite.write_conf("default/x.conf", APP, [confwrite.Stanza("s", [("key", "value")])], template="x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[s]\nkey = value\n[t]\n", "opens a stanza of its own"),
        ("[s]\nkey = value\nmore = 1\n", "other keys: more"),
        ("[t]\n", "stanza `s` cannot be read back"),
    ],
)
def test_each_way_of_not_reading_back_is_told(monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    monkeypatch.setattr(confwrite, "render_parts", lambda *_, **__: [text])
    with pytest.raises(GeneratorError, match=message):
        confwrite.write_conf("x.conf", APP, [confwrite.Stanza("s", [("key", "value")])], template="x")
