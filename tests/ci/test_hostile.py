"""A fork's hostile content: nothing in any report, log or file of a run executes, forges or breaks out."""

from __future__ import annotations

import html.parser
import json
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pullrequests import HOSTILE

from generator.ci import diff_html, diff_json, diff_markdown, diff_text, markdown
from generator.ci.diffmodel import AppDiff, FileDiff, KeyChange, StanzaChange, TableChange, VersionLag, What
from generator.commands import load_commands

if TYPE_CHECKING:
    from conftest import Actions

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
KNOWN_COMMAND = re.compile(r"::(error|warning|notice) (file=|title=contentpack::)")

hostile = st.text() | st.just(HOSTILE) | st.sampled_from(["```", "`", "</details>", "\n\n# x", "<!--", "-->", "</style>", "]]>", "|a|", "@all"])  # fmt: skip


class Elements(html.parser.HTMLParser):
    """Collects the elements and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_comment(self, data: str) -> None:
        self.found.add(f"<!--{data}")


ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "section", "div", "details", "summary", "strong"),
    *("span", "code", "dl", "dt", "dd", "del", "ins", "table", "tr", "td", "b", "ul", "li"),
}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "open", "colspan"}


def outside_code(text: str) -> str:
    """Return Markdown without its code blocks and spans: what is left may act."""
    kept, fence = [], ""
    for line in text.split("\n"):
        ticks = re.match(r"`{3,}", line)
        if not fence and ticks and "`" not in line[ticks.end() :]:
            fence = ticks[0]
        elif fence:
            if re.fullmatch(rf"{fence}`*", line):
                fence = ""
        else:
            kept.append(line)
    assert not fence, "a block is left open"
    rest = re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", "\n".join(kept))
    return re.sub(r"<code>[^<]*</code>", "", rest)


def assert_tame(text: str) -> None:
    """Check that Markdown holds no markup but ours outside of code."""
    rest = outside_code(text)
    assert set(re.findall(r"<[^>]*>", rest)) <= {
        "<details>", "<details open>", "</details>", "<summary>", "</summary>", "<br>", "<!-- contentpack: pull request -->"
    }, rest  # fmt: skip
    assert "@" not in rest
    assert "javascript:" not in rest
    assert not re.search(r"!\[", rest)
    links = re.findall(r"\]\(([^)]*)\)", rest)
    assert all(link.startswith("https://github.com/acme/detections/blob/") for link in links), links
    assert not CONTROL.search(text.replace("\n", ""))


def test_nothing_acts_in_the_log(actions: Actions) -> None:
    ran = actions.run("hostile")
    assert ran.code == 1
    for line in ran.out.splitlines():
        assert not CONTROL.search(line), repr(line[:200])
        if COMMAND.search(line):
            assert KNOWN_COMMAND.match(line), line[:200]
    assert not CONTROL.search(ran.err.replace("\n", ""))
    assert len(ran.annotations) <= 30
    assert all(len(line) < 20_000 for line in ran.annotations)


def test_nothing_acts_in_summary_and_comment(actions: Actions) -> None:
    ran = actions.run("hostile")
    for text, limit in ((ran.summary, 1024 * 1024), (ran.read("comment.md"), 65_536)):
        assert_tame(text)
        assert len(text.encode()) <= limit
        rest = outside_code(text)
        assert rest.count("<details") == rest.count("</details>")


def test_nothing_acts_in_the_page(actions: Actions) -> None:
    page = actions.run("hostile").read("diff.html")
    elements = Elements(page)
    assert elements.found <= ELEMENTS
    assert elements.attributes <= ATTRIBUTES
    assert "default-src 'none'" in page
    assert len(page) < 5_000_000


def test_files_are_what_they_say(actions: Actions) -> None:
    ran = actions.run("hostile")
    json.loads(ran.read("report.json"))
    json.loads(ran.read("diff.json"))
    ET.fromstring(ran.read("junit.xml"))  # noqa: S314 - our own output
    assert not (actions.tmp / "pwned").exists()
    values = re.findall(r"^(\w+)<<(contentpack-[0-9a-f]{32})\n(.*)\n\2$", ran.outputs, re.MULTILINE)
    assert [name for name, _, _ in values] == ["failed", "errors", "touched", "tests", "changes", "out", "package"]
    assert {name: value for name, _, value in values}["failed"] == "true"


def test_no_file_outside_is_read(actions: Actions) -> None:
    ran = actions.run("hostile")
    everything = "".join(file.read_text("utf-8") for file in ran.folder.iterdir() if file.is_file())
    assert "root:x:0:0" not in everything
    (finding,) = (each for each in ran.report["findings"] if each["span"]["path"] == "macros/link.yml")
    assert "symbolic link" in finding["message"]


def test_event_values_are_not_trusted(actions: Actions) -> None:
    work = actions.checkout("data", depth=50)
    for sha in ("--upload-pack=touch /tmp/pwned", "main; id", "HEAD\n", "$(id)", 7, None, ["x"], "0" * 40):
        actions.event({"pull_request": {"base": {"sha": sha}, "head": {"sha": sha}}})
        ran = actions.contentpack(work)
        assert ran.report["basis"]["commit"] is None, sha
    actions.event({}, GITHUB_BASE_REF="--output=/tmp/pwned")
    assert "git would not take" in actions.contentpack(work).report["basis"]["said"]


def a_diff(text: str) -> AppDiff:
    keys = (
        KeyChange(text, text, f"{text}x"),
        KeyChange("search", f"| {text}", f"x | {text}", spl=True),
        KeyChange("k", None, text),
    )
    stanzas = tuple(
        StanzaChange(file, text, what, keys, text, text, enabled=True)
        for what in What
        for file in ("default/savedsearches.conf", "default/macros.conf", f"default/{text}.conf")
    )
    return AppDiff(
        text,
        text,
        text,
        text,
        text,
        stanzas,
        (TableChange(text, text, What.CHANGED, (text,), (text, "b"), ((text, text),), ((text,),), 1, 1),),
        (FileDiff(text, What.NEW, None, 3),),
        gained={text: text},
        lost={text: text},
        lags=(VersionLag(text, text, "detection", 1),),
        notes=(text,),
    )


@given(hostile)
@example(":")
def test_every_format_holds_any_text(text: str) -> None:
    made, commands = a_diff(text), load_commands()
    plain = diff_text.render(made, commands)
    assert not CONTROL.search(plain.replace("\n", ""))
    assert not COMMAND.search(plain)
    assert_tame(diff_markdown.render(made, commands))
    elements = Elements(diff_html.render(made, commands))
    assert elements.found <= ELEMENTS
    assert elements.attributes <= ATTRIBUTES
    json.loads(diff_json.render(made))


@given(st.text())
def test_a_code_span_is_one_span(text: str) -> None:
    shown = markdown.code(text)
    assert "\n" not in shown
    assert shown == "(empty)" or not outside_code(shown).strip()


@given(st.lists(st.text(), max_size=5))
def test_a_block_closes_where_it_should(lines: list[str]) -> None:
    assert outside_code(markdown.block(lines, "diff") + "\nafter") == "after"


@given(st.lists(st.text(max_size=300), max_size=30), st.integers(300, 3000))
def test_what_is_fitted_fits(blocks: list[str], limit: int) -> None:
    fitted = markdown.fitted(blocks, limit, "{count} more")
    assert len(fitted.encode("utf-8", "replace")) <= limit + 1


@pytest.mark.parametrize("branch", ["hostile", "flood"])
def test_a_small_comment_says_what_is_missing(branch: str, actions: Actions) -> None:
    text = actions.run(branch).read("comment.md")
    assert len(text) <= 65_536
    assert_tame(text)
