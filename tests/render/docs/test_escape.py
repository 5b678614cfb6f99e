"""Escaping: the cases, and that no text at all gets through as markup."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from generator.render.docs import escape

CASES = yaml.safe_load((Path(__file__).parent / "escape_cases.yml").read_text("utf-8"))

OWN_LIQUID = re.compile(r'\{\{ "(\{[{%])" \}\}')
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]")

pieces = st.sampled_from(
    ["`", "``", "```", "{{", "{%", "%}", "}}", "{:", "<", ">", "&", "&lt;", "|", "](", "[a](javascript:x)", "---", "\n", "\n\n",
     "    ", "# ", "* ", "1. ", "**", "_", "\\", "\t", "$$", "~~~", "a", "b c", "{: onload=x}", "[x](https://example.com)",
     '"', "'", "é", "\u202e", "{% endraw %}", "![x](https://example.com)", "raw", "=", ":", "-"]
)  # fmt: skip
hostile = st.lists(pieces | st.text(max_size=5), max_size=25).map("".join)


def unliquid(text: str) -> str:
    return OWN_LIQUID.sub(r"\1", text)


def fold(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['as']}-{case['why']}")
def test_text_becomes_what_the_case_says(case: dict[str, Any]) -> None:
    assert getattr(escape, case["as"])(case["text"]) == case["gives"]


def assert_inert(result: str) -> None:
    assert not re.search(r"\{[{%]", OWN_LIQUID.sub("", result)), "Liquid would run"
    assert "{:" not in result, "kramdown attribute list"
    assert "<" not in result, "HTML"
    assert "|" not in result, "table"
    assert "```" not in result, "fence"
    assert "~~" not in result, "fence"
    for target in re.findall(r"\]\(([^)]*)", result):
        assert target.startswith(("https://", "http://"))
    assert "![" not in result, "image"
    assert not re.search(r"(?m)^\s*(#|>|=|---|\t| {6})", result), "block"


@given(hostile)
@example("`a`{: onclick=x}")
@example("[a](https://x) `](javascript:`")
@example("`~~~`")
def test_no_text_becomes_markup_in_prose(text: str) -> None:
    result = escape.prose(text)
    assert_inert(result)
    assert fold(html.unescape(unliquid(result))) == fold(CONTROL.sub("", text))


@given(hostile)
def test_no_text_becomes_markup_in_one_line(text: str) -> None:
    for result in (escape.inline(text), escape.plain(text)):
        assert_inert(result)
        assert "\n" not in result
        assert fold(html.unescape(unliquid(result))) == fold(CONTROL.sub("", text))


@given(hostile)
def test_front_matter_text_stays_one_scalar(text: str) -> None:
    loaded = yaml.safe_load(f"key: {escape.yaml_text(text)}\nnext: 1\n")
    assert set(loaded) == {"key", "next"}
    assert fold(html.unescape(loaded["key"])) == fold(CONTROL.sub("", text))


@given(hostile)
@example("```\n```")
@example("| a\n````\n| b")
def test_a_search_stays_inside_its_block(text: str) -> None:
    first, *content, last = escape.fenced(text).split("\n")
    assert first == last
    assert not any(re.fullmatch(rf" {{0,3}}`{{{len(first)},}}\s*", line) for line in content)
    body = "\n".join(content)
    assert not re.search(r"\{[{%]", OWN_LIQUID.sub("", body))
    assert re.sub(r"\s+", "", unliquid(body)) == re.sub(r"\s+", "", CONTROL.sub("", text))


@given(hostile)
def test_a_name_stays_in_its_folder(text: str) -> None:
    for result in (escape.slug(text), escape.segment(text)):
        assert result
        assert "/" not in result
        assert "\\" not in result
        assert ".." not in result
        assert not result.startswith(".")


@given(hostile)
def test_a_link_goes_to_the_web_or_the_site(text: str) -> None:
    target = escape.url(text)
    if target is not None:
        assert not re.search(r"[\s|<>{}\\]", target)
        assert re.match(r"https?://|mailto:|(?!//)[/.#\w][^:]*\Z", target, re.IGNORECASE)


def test_a_text_of_ten_megabytes_is_cut_and_says_so() -> None:
    result = escape.prose("word `code` <b> " * 700_000)
    assert len(result) < 3 * escape.PROSE_LIMIT
    assert result.endswith("(cut here: the text has 11,200,000 characters)*")


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "`" * 50_000, "**" * 50_000, "[a](" * 20_000, "_ " * 50_000, "{{" * 50_000]
)
def test_repeated_openers_take_no_time(text: str) -> None:
    assert_inert(escape.prose(text))


def test_a_path_is_literal_in_front_matter() -> None:
    path = f"/stories/{escape.slug('Web Fraud - Its A _ B')}/"
    assert yaml.safe_load(escape.yaml_path(path)) == path
    assert "&" not in escape.yaml_path(path)
