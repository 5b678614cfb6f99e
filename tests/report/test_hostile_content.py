"""What content says can never act: not on a terminal, not on GitHub's runner, not in XML or JSON."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.base.diagnostics import Diagnostic, Edit, Fix, Note, Severity
from generator.base.source import Span
from generator.report import FORMATS, render
from generator.report.findings import Report
from generator.report.full import excerpt
from generator.report.visible import display_width, visible

HOSTILE = [
    "\x1b]0;owned\x07\x1b[2J",
    "\u202egnp.exe",
    "a\n::error file=x::forged",
    "a\r\n::add-mask::secret\r",
    "##[add-mask]secret",
    "###[error]x",
    "##vso[task.complete]x",
    "%0A::warning::x",
    "]]></failure><failure/>",
    '"/><testcase name="',
    "\x00\x0b\ufffe\uffff",
    "\ud800 lone",
    "\x9b31m",
    "[click](https://evil.example) {0} {1}",
    "::error::at the start",
    "</script>\u2028",
]

text = st.text() | st.sampled_from(HOSTILE) | st.builds("{}{}".format, st.text(), st.sampled_from(HOSTILE))
spans = st.builds(Span, text, st.integers(1, 4), st.integers(1, 50), st.integers(1, 5), st.integers(1, 60)).filter(
    lambda span: (span.end_line, span.end_col) >= (span.line, span.col)
)
diagnostics = st.builds(
    Diagnostic,
    code=st.sampled_from(["SPL001", "APP-some-check"]),
    name=st.just("some-name"),
    severity=st.sampled_from(Severity),
    message=text,
    span=spans,
    hint=st.none() | text,
    object=st.none() | text,
    notes=st.lists(st.builds(Note, text, st.none() | spans), max_size=2).map(tuple),
    fix=st.none() | st.builds(lambda new, path: Fix("fix", (Edit(path, 0, 1, new),)), text, text),
)
reports = st.builds(
    lambda found, content: Report(diagnostics=tuple(found), files=1, text_of=lambda _: content),
    st.lists(diagnostics, max_size=3),
    text,
)


@pytest.mark.parametrize("format_name", FORMATS)
@given(report=reports)
def test_output_is_inert_on_terminals_and_runners(format_name: str, report: Report) -> None:
    rendered = render(format_name, report)
    rendered.encode("utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", rendered)
    assert (
        not re.search(r"##(vso|teamcity)?\[", rendered) or format_name == "github"
    )  # there each line is one `::` command to its end
    if format_name != "github":
        assert not [line for line in rendered.split("\n") if line.lstrip().startswith("::")]


@given(report=reports)
def test_workflow_commands_are_one_line_each_and_keep_their_properties(report: Report) -> None:
    lines = render("github", report).split("\n")[:-1]
    assert len(lines) == len(report.diagnostics)
    for line in lines:
        match = re.fullmatch(r"::(error|warning|notice) ([^\r\n]*?)::([^\r\n]*)", line)
        assert match
        keys = [pair.partition("=")[0] for pair in match[2].split(",")]
        assert keys in (
            ["file", "line", "col", "title"],
            ["file", "line", "col", "endColumn", "title"],
            ["file", "line", "endLine", "title"],
        )
        assert ":" not in match[2]


@given(report=reports)
def test_xml_is_well_formed_with_a_case_a_finding(report: Report) -> None:
    root = ET.fromstring(render("junit", report).encode("utf-8"))  # noqa: S314 - our own output
    failures = sum(diagnostic.severity is Severity.ERROR for diagnostic in report.diagnostics)
    assert len(root.findall(".//failure")) == failures == int(root.attrib["failures"])
    assert len(root.findall(".//testcase")) == int(root.attrib["tests"]) == len(report.diagnostics) + (not failures)


@given(report=reports)
def test_json_holds_the_findings_as_they_are(report: Report) -> None:
    data = json.loads(render("json", report))
    assert list(data) == ["version", "diagnostics", "summary"]
    for entry, diagnostic in zip(data["diagnostics"], report.diagnostics, strict=True):
        assert list(entry) == [
            "code", "name", "severity", "message", "hint", "path", "line", "col", "end_line", "end_col", "object",
        ]  # fmt: skip
        assert entry["message"] == re.sub("[\ud800-\udfff]", "\ufffd", diagnostic.message)
        assert (entry["line"], entry["end_col"]) == (diagnostic.span.line, diagnostic.span.end_col)


@given(report=reports)
def test_sarif_uris_are_relative_references_and_fingerprints_differ(report: Report) -> None:
    run = json.loads(render("sarif", report))["runs"][0]
    fingerprints = [result["partialFingerprints"]["contentpack/v1"] for result in run["results"]]
    assert len(set(fingerprints)) == len(report.diagnostics)
    for result in run["results"]:
        location = result["locations"][0]["physicalLocation"]
        assert re.fullmatch(r"[A-Za-z0-9/._~%-]*", location["artifactLocation"]["uri"])
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_fingerprint_survives_lines_added_above() -> None:
    def fingerprint(line: int) -> str:
        found = Diagnostic("SPL001", "syntax", Severity.ERROR, f"unbalanced, see {line}", Span("a.yml", line))
        rendered = render("sarif", Report(diagnostics=(found,)))
        return json.loads(rendered)["runs"][0]["results"][0]["partialFingerprints"]["contentpack/v1"]

    assert fingerprint(3) == fingerprint(30)


@given(line=st.text().map(lambda value: value.replace("\n", "")), data=st.data(), width=st.integers(20, 200))
def test_excerpt_fits_and_the_carets_stand_under_the_place(line: str, data: st.DataObject, width: int) -> None:
    start = data.draw(st.integers(0, len(line) + 2))
    end = data.draw(st.integers(start, len(line) + 5))
    shown, mark = excerpt(line, start, end, width)
    assert display_width(shown) <= width + 8  # one escaped character may stick out
    assert mark.strip(" ") == "^" * len(mark.strip(" "))
    assert mark.endswith("^")
    assert shown == visible(shown)


@pytest.mark.parametrize(
    ("line", "word", "width"),
    [
        ("x " * 1500 + "| stat count " + "y " * 1500, "stat", 80),
        ("| stat count " + "y " * 1500, "stat", 80),
        ("x " * 1500 + "| stat", "stat", 40),
        ("日" * 500 + "stat" + "本" * 500, "stat", 60),
        ("\t" * 50 + "stat", "stat", 40),
        ("\x1b[31m" * 100 + "stat" + "\x1b[0m", "stat", 50),
    ],
)
def test_long_line_is_windowed_around_the_place(line: str, word: str, width: int) -> None:
    start = line.index(word)
    shown, mark = excerpt(line, start, start + len(word), width)
    assert display_width(shown) <= width
    column = len(mark) - len(mark.lstrip())
    # Read the shown text by cells: the word stands exactly above the carets.
    cells = [character for character in shown for _ in range(display_width(character))]
    assert "".join(cells[column : column + len(word)]) == word
    assert shown.startswith("…") is (start > width)


@given(length=st.integers(0, 400), data=st.data(), width=st.integers(20, 200))
def test_plain_lines_are_cut_like_others(length: int, data: st.DataObject, width: int) -> None:
    line = "".join(chr(97 + position % 26) for position in range(length))
    start = data.draw(st.integers(0, length))
    end = data.draw(st.integers(start, length + 2))
    shown, mark = excerpt(line, start, end, width)
    wide, _ = excerpt(line.replace("a", "ä"), start, end, width)
    assert shown == wide.replace("ä", "a")
    column = len(mark) - len(mark.lstrip())
    if start < length:
        assert shown[column] == line[start]


def test_mark_longer_than_the_window_ends_with_it() -> None:
    shown, mark = excerpt("a" * 5000, 1000, 4000, 60)
    assert display_width(shown) <= 60
    assert len(mark) <= 60
    assert shown.startswith("…")
    assert shown.endswith("…")


@pytest.mark.parametrize("path", [":", "::error::x"])
@pytest.mark.parametrize("format_name", ["full", "concise"])
def test_path_cannot_begin_a_command_of_the_runner(format_name: str, path: str) -> None:
    finding = Diagnostic("SPL001", "some-name", Severity.ERROR, "wrong", Span(path, 1, 1, 1, 1))
    assert not render(format_name, Report(diagnostics=(finding,), files=1)).startswith("::")
