"""The HTML page of a test run: what stands on it, that content can do nothing on it, and that it asks no other host for anything."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.replay.results import (
    Mismatch,
    MutationScore,
    NoiseFinding,
    NoiseRun,
    Outcome,
    StageCount,
    Survivor,
    TestReport,
    TestResult,
)
from generator.report.testrun import html
from generator.report.testrun.html import render
from generator.report.testrun.scores import percent

VOID = {"meta", "input", "rect", "br", "link", "img"}
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>{{ 7*7 }}{% raw %}\u202e\x1b[31m\x00"


class Page(HTMLParser):
    """A page as its elements with attributes and texts; notes what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def of(self, tag: str, kind: str = "") -> list[dict[str, str]]:
        return [
            attrs
            for name, attrs in self.elements
            if name == tag and (kind in attrs.get("class", "").split() or not kind)
        ]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def result(outcome: Outcome = Outcome.PASS, name: str = "Alpha", **more: object) -> TestResult:
    values: dict[str, object] = {
        "detection": name,
        "detection_id": f"id-{name}",
        "path": f"detections/{name}.yml",
        "test": f"{name} fires",
        "outcome": outcome,
        "rows": 1,
        "events": 12_345,
        "seconds": 0.0421,
        "line": 98,
        "search": '`x` a="1" | stats count by b | where count > 3 ```why```',
        "stages": (
            StageCount("search", 'search a="1"', 12_345, 40, 0.002),
            StageCount("where", "where count > 3", 40, 0),
        ),
        "fields": ("b", "count"),
        "sample": ({"b": ["p", "q"], "count": "4"},),
        "raw": ("one raw event",),
    }
    return TestResult(**(values | more))  # type: ignore[arg-type]


def test_failures_come_first_and_only_they_are_open() -> None:
    report = TestReport(
        (
            result(Outcome.PASS, "Alpha"),
            result(Outcome.SKIPPED, "Beta"),
            result(Outcome.UNSUPPORTED, "Gamma"),
            result(Outcome.ERROR, "Delta"),
            result(Outcome.PASS, "Eps"),
            result(Outcome.FAIL, "Eps"),
        )
    )

    page = Page(render(report))

    cards = page.of("details", "card")
    assert [card["data-text"].split()[0] for card in cards] == ["eps", "delta", "gamma", "alpha"]
    assert ["open" in card for card in cards] == [True, True, False, False]
    assert cards[0]["data-outcomes"] == "fail pass"
    assert not page.wrong
    assert not page.open


def test_what_was_not_run_is_listed_by_reason() -> None:
    skipped = [result(Outcome.SKIPPED, f"Beta{n}", reason=f"data not present: {n}.log") for n in range(3)]
    by_hand = result(Outcome.SKIPPED, "Gamma", reason="tested by hand: needs a lab")

    page = Page(render(TestReport((by_hand, *skipped))))

    assert "Not run data not present 3 detection test reason Beta0 Beta0 fires data not present: 0.log" in page.text
    assert page.text.index("data not present") < page.text.index("tested by hand")
    assert not page.of("details", "card")
    assert [attrs["data-text"].split()[0] for attrs in page.of("tr") if "data-text" in attrs] == [
        "beta0", "beta1", "beta2", "gamma"
    ]  # fmt: skip


def test_a_failed_test_shows_all_that_explains_it() -> None:
    failed = result(
        Outcome.FAIL,
        rows=0,
        reason="found nothing",
        why=("none of the 40 rows fits", "  nearest: count wanted > 3, got 2"),
        mismatches=(Mismatch("number of rows", "at least 1", "0"),),
        messages=("WARN: something was left out",),
    )

    page = Page(render(TestReport((failed,), title="My pack", seconds=75.24)))

    for shown in (
        "My pack",
        "1 test of 1 search · embedded backend · 75.2 s",
        "found nothing",
        "number of rows expected at least 1 got 0",
        "none of the 40 rows fits nearest: count wanted > 3, got 2",
        "WARN: something was left out",
        "12,345",
        "(all rows dropped here)",
        "one raw event",
        "line 98 · 0 rows · 12,345 events · 42 ms",
    ):
        assert shown in page.text, shown
    # The search is laid out, one stage a line.
    assert "| stats count by b\n| where count > 3" in "".join(page.texts)


def test_a_noise_run_shows_what_is_new_first() -> None:
    findings = (
        NoiseFinding("Alpha", "a", "detections/a.yml", Outcome.PASS, "a nightly job", rows=2),
        NoiseFinding("Beta", "b", "detections/b.yml", Outcome.FAIL, rows=1, sample=({"user": HOSTILE},)),
    )

    page = Page(render(TestReport((), title="Pack", noise=NoiseRun(40, 1_200, findings, ("Gamma",)))))

    assert "40 detections over 1,200 benign events: 1 noisy, 1 known" in page.text
    assert page.text.index("noise Beta") < page.text.index("known noise Alpha")
    assert "a nightly job" in page.text
    assert "Known noise of Gamma did not come" in page.text
    assert "No test was run" not in page.text
    assert len(page.of("script")) == 1
    assert not page.wrong


def test_the_mutation_score_names_what_no_test_would_see() -> None:
    survivors = (
        Survivor("threshold-moved", "count > 3", "count > 2", "detections/Alpha.yml", 21, 11),
        Survivor(
            "comparison-dropped", 'a="1"', "", "detections/Alpha.yml", 20, 5, accepted="the index holds nothing else"
        ),
    )
    report = TestReport((result(),), mutation={"id-Alpha": MutationScore(298, 300, survivors)})

    page = Page(render(report))

    for shown in (
        "99 %",
        "298 of 300 broken searches",
        "1 accepted",
        "1 unseen",
        "count > 2",
        "21:11",
        "the index holds nothing else",
        "removed",
    ):
        assert shown in page.text, shown
    assert page.of("details", "card")[0]["data-unseen"] == "1"


def test_a_detection_with_more_that_nobody_sees_stands_above() -> None:
    survivor = Survivor("negated", "a", "b", "p", 1, 1)
    report = TestReport(
        (result(name="Alpha"), result(name="Beta")),
        mutation={"id-Alpha": MutationScore(2, 2), "id-Beta": MutationScore(1, 2, (survivor,))},
    )

    cards = Page(render(report)).of("details", "card")

    assert [card["data-text"].split()[0] for card in cards] == ["beta", "alpha"]


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(1, 3, "33 %"), (299, 300, "99 %"), (3, 3, "100 %"), (0, 0, "100 %")]
)
def test_a_hundred_per_cent_means_all(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole) == shown


def hostile_report(text: str) -> TestReport:
    row = {text: text, "several": [text, text]}
    test = TestResult(
        detection=text, detection_id=text, path=text, test=text, outcome=Outcome.FAIL, reason=text, search=text, rows=1,
        stages=(StageCount(text, text, 1, 0),), mismatches=(Mismatch(text, text, text),), why=(text,),
        fields=(text, "several"), sample=(row,), raw=(text,), messages=(text,),
    )  # fmt: skip
    survivor = Survivor(text, text, text, text, 1, 1, accepted=text)
    return TestReport((test,), backend=text, title=text, mutation={text: MutationScore(0, 1, (survivor,))})


def elements(page: Page) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements with the names of their attributes, without the coloured pieces of a search."""
    return [(tag, tuple(sorted(attrs))) for tag, attrs in page.elements if tag != "span"]


@given(st.one_of(st.just(HOSTILE), st.text(max_size=60), st.text(alphabet="<>\"'&`|[]{}%= a/-!", max_size=60)))
@settings(max_examples=60, deadline=None)
def test_content_can_do_nothing_on_the_page(text: str) -> None:
    page_text = render(hostile_report(f"a {text} z"))
    page = Page(page_text)

    assert elements(page) == elements(Page(render(hostile_report("harmless"))))
    assert not page.wrong
    assert not page.open
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0e-\x1f]", page_text)


def test_hostile_content_is_shown_as_text() -> None:
    page = Page(render(hostile_report(HOSTILE)))

    assert "<img src=x onerror=alert(1)>" in page.text
    assert "{{ 7*7 }}{% raw %}" in page.text
    assert r"\u202e\x1b[31m\x00" in page.text
    assert len(page.of("script")) == 1


def test_the_page_asks_no_other_host_for_anything() -> None:
    page = render(TestReport((result(),)))
    parsed = Page(page)

    policy = next(
        attrs["content"] for attrs in parsed.of("meta") if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        content = re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert content is not None
        digest = base64.b64encode(hashlib.sha256(content.group(1).encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not [attrs for _, attrs in parsed.elements if "src" in attrs or "style" in attrs]
    assert not [attrs for _, attrs in parsed.elements if any(name.startswith("on") for name in attrs)]
    assert [attrs["href"] for _, attrs in parsed.elements if "href" in attrs] == ["#results"]
    assert not re.search(r"url\(|@import|https?:", page.replace("one raw event", ""))


def test_what_only_javascript_offers_is_hidden_without_it() -> None:
    page = Page(render(TestReport((result(),))))

    assert "hidden" in next(attrs for attrs in page.of("button") if attrs.get("id") == "theme")
    assert "hidden" in next(attrs for attrs in page.of("div") if attrs.get("id") == "controls")


def test_every_control_and_picture_has_a_name() -> None:
    report = TestReport((result(), result(Outcome.FAIL, "Beta")), mutation={"id-Alpha": MutationScore(1, 1)})
    page = Page(render(report))

    labels = {attrs.get("for") for attrs in page.of("label")}
    assert "filter" in labels
    for attrs in page.of("svg"):
        assert attrs.get("aria-hidden") == "true" or attrs.get("aria-label")
    for attrs in page.of("div", "scroll"):
        assert attrs.get("tabindex") == "0"
        assert attrs.get("aria-label")
    for attrs in page.of("th"):
        assert attrs.get("scope") == "col"
    assert page.of("html")[0]["lang"] == "en"
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


STYLE = (Path(__file__).parent.parent.parent / "templates" / "report" / "page.css").read_text("utf-8")
LIGHT, DARK, CHOSEN_DARK = (
    dict(re.findall(r"--([\w-]+): ([^;]+);", block)) for block in re.findall(r"\{([^{}]*--bg:[^{}]*)\}", STYLE)
)
ON = {
    "ink": ("bg", "card", "soft", "code", "pass-soft", "fail-soft", "error-soft"),
    "dim": ("bg", "card", "soft", "fail-soft"),
    "accent": ("card", "code"),
    "string": ("code",),
    "word": ("code",),
    "comment": ("code",),
    "error": ("card", "soft", "error-soft"),
    **{name: (f"{name}-soft",) for name in ("pass", "fail", "unsupported", "skipped")},
}
"""Which colours stand on which."""


def luminance(color: str) -> float:
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(colors: dict[str, str]) -> None:
    # WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1.
    for text, grounds in ON.items():
        for ground in grounds:
            light, dark = sorted((luminance(colors[text]), luminance(colors[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{text} on {ground}"


def test_dark_is_the_same_whoever_chose_it() -> None:
    assert DARK == CHOSEN_DARK


def test_long_texts_and_long_lists_are_cut_and_say_so() -> None:
    test = result(
        rows=900,
        sample=tuple({"b": "x" * 5_000} for _ in range(50)),
        raw=tuple("e" * 9_000 for _ in range(30)),
        search="search " + "a=1 " * 20_000,
    )

    page = render(TestReport((test,)))

    assert len(page) < 200_000
    for said in ("880 more rows", "12,335 more events", "more characters"):
        assert said in page


def test_a_page_that_would_be_too_large_loses_details_of_passing_tests_first(monkeypatch: pytest.MonkeyPatch) -> None:
    tests = (*(result(name=f"Pass{number}") for number in range(30)), result(Outcome.FAIL, "Beta"))
    whole = len(render(TestReport(tests)).encode())
    monkeypatch.setattr(html, "MAX_BYTES", whole - 1)

    page = render(TestReport(tests))

    assert len(page.encode()) < whole
    assert "Details of some tests were left out" in page
    assert page.count("one raw event") == 1
    monkeypatch.setattr(html, "MAX_BYTES", 1)
    assert "one raw event" not in render(TestReport(tests))


def test_equal_reports_give_equal_pages_and_an_empty_one_says_so() -> None:
    report = TestReport((result(), result(Outcome.FAIL, "Beta")))

    assert render(report) == render(replace(report))
    assert "No test was run." in render(TestReport(()))
