"""The site of whole pages: links lead somewhere, nothing is asked of anybody, and a stranger's text stays text."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cli.main import cli, run
from generator.content.load import Listing, assemble, load_document
from generator.content.model import DataFile
from generator.knowledge.attack import builtin_attack
from generator.render.docs import markup, render_static

if TYPE_CHECKING:
    from generator.content.model import Pack

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    '`</code><b>` https://a.example/"onmouseover=x',
    "{{ 7*7 }}{% raw %}",
    "\u202eabc\x1b[31m",
    "]]></style><link rel=stylesheet href=//evil>",
]
DETECTION = """\
name: NAME
id: 5b1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2a10
version: 1
creation_date: '2026-01-05'
modification_date: '2026-01-05'
author: NAME
status: experimental
type: NAME
description: NAME
data_source: [NAME]
search: 'index=a | lookup NAME x | `NAME`'
how_to_implement: NAME
known_false_positives: NAME
references: [NAME, 'https://ok.example/a?b=1&c=2']
category: endpoint
analytic_story: [NAME, Known]
asset_type: NAME
mitre_attack_id: [T1059.001, NAME]
cve: [NAME]
product: [NAME]
security_domain: NAME
throttling: {fields: [NAME], period: NAME}
finding: {title: NAME, entity: {field: NAME, type: NAME, score: 1}}
drilldown_searches: [{name: NAME, search: NAME, earliest_offset: NAME, latest_offset: NAME}]
tests: [{name: NAME, test_type: NAME, attack_data: [{data: NAME, source: NAME, sourcetype: NAME}], expect: {rows: [{a: NAME}]}}]
"""
STORY = "name: Known\ncreation_date: '2026-01-05'\nusecase: NAME\ncategory: [NAME]\ndescription: NAME\nnarrative: NAME\nreferences: [NAME]\n"
MACRO = "name: NAME\ncreation_date: '2026-01-05'\ndescription: NAME\ndefinition: NAME\narguments: [NAME]\n"


def pack_of(text: str) -> Pack:
    import json

    quoted = json.dumps(text)
    files = {
        "detections/endpoint/a.yml": DETECTION.replace(
            "'index=a | lookup NAME x | `NAME`'", json.dumps(f"index=a | lookup {text} | `{text}`")
        ),
        "stories/a.yml": STORY,
        "macros/a.yml": MACRO,
    }
    loaded = [load_document(path, content.replace("NAME", quoted).encode()) for path, content in files.items()]
    assert all(item.record is not None for item in loaded)
    return assemble(Path("/nowhere"), loaded, Listing(tuple(files), {}))


class Seen(HTMLParser):
    """What a page has: tags with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids |= {value for key, value in attrs if key == "id" and value}

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(page: bytes) -> Seen:
    parser = Seen()
    parser.feed(page.decode("utf-8"))
    return parser


ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "a", "nav", "button", "main", "h1", "h2", "p", "br"),
    *("span", "strong", "table", "thead", "tbody", "tr", "th", "td", "pre", "code", "ul", "li", "script", "div"),
    *("input", "select", "option"),
}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_stays_text(text: str) -> None:
    pages = render_static(pack_of(text), attack=builtin_attack())
    for path, page in pages.items():
        found = seen(page)
        assert {tag for tag, _ in found.tags} <= ALLOWED, path
        assert sum(tag == "script" for tag, _ in found.tags) == 1
        for _, attributes in found.tags:
            assert not any(key.startswith("on") or key == "src" for key in attributes)
            address = attributes.get("href") or ""
            assert ":" not in address or address.startswith(("https://", "http://"))
        assert "\u202e" not in page.decode()
        assert "\x1b" not in page.decode()


@given(st.text(max_size=60))
def test_escaped_text_reads_back_as_itself(value: str) -> None:
    for show in (markup.text, markup.rich, markup.code):
        found = seen(f"<p>{show(value)}</p>".encode("utf-8", "replace"))
        assert {tag for tag, _ in found.tags} <= {"p", "code", "a", "pre"}


def test_every_link_leads_to_a_page_and_a_place(root: Path, tmp_path: Path) -> None:
    assert run(cli, ["docs", "--repo", str(root), "--format", "site", "--out", str(tmp_path)], "contentpack") == 0
    pages = {path.relative_to(tmp_path).as_posix(): seen(path.read_bytes()) for path in tmp_path.rglob("*.html")}
    assert len(pages) > 20
    for path, page in pages.items():
        for tag, attributes in page.tags:
            address = attributes.get("href") or ""
            if tag == "link" or address.startswith(("https://", "http://")):
                assert tag == "a"
                continue
            if tag == "a":
                target, _, place = address.partition("#")
                file = normpath(join(dirname(path), target))
                assert file in pages, (path, address)
                assert not place or place in pages[file].ids, (path, address)


def test_a_page_says_what_the_detection_says(root: Path) -> None:
    from generator.content.load import load_pack

    pack = load_pack(root)
    pages = render_static(pack, attack=builtin_attack())
    assert pages == render_static(pack, attack=builtin_attack())
    for detection in pack.detections:
        text = " ".join(seen(pages[f"detections/{detection.document.stem}.html"]).text.split())
        for wanted in (
            detection.name,
            detection.search,
            detection.how_to_implement,
            detection.id,
            *detection.references,
        ):
            assert " ".join(wanted.replace("`", "").split()) in text.replace("`", "")
    index = seen(pages["index.html"])
    assert sum("data-text" in attributes for _, attributes in index.tags) == len(pack.detections)


def test_names_that_give_one_file_give_two() -> None:
    text = DETECTION.replace("NAME", "Same").replace("type: Same", "type: TTP")
    files = {"detections/endpoint/a.yml": text, "detections/web/a.yml": text}
    loaded = [load_document(path, content.encode()) for path, content in files.items()]
    pages = render_static(assemble(Path("/nowhere"), loaded, Listing(tuple(files), {})), attack=builtin_attack())
    assert {"detections/a.html", "detections/a-2.html"} <= set(pages)


def test_the_columns_of_a_lookup_are_those_of_its_csv_header() -> None:
    files = {
        "lookups/acme.yml": "name: acme\ncreation_date: '2026-01-05'\ndescription: Hosts.\nlookup_type: csv\n",
    }
    loaded = [load_document(path, content.encode()) for path, content in files.items()]
    pack = assemble(
        Path("/nowhere"), loaded, Listing(tuple(files), {"lookups/acme.csv": DataFile(path="lookups/acme.csv", size=9)})
    )
    pages = render_static(pack, attack=builtin_attack(), data={"lookups/acme.csv": b'host,"owner, team"\r\nh,o\r\n'})
    assert b"<code>host</code>, <code>owner, team</code></p>" in pages["lookups.html"]
