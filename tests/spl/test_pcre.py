"""Patterns of Splunk (PCRE) against what PCRE's documentation says of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Engine
from generator.engine.patterns import PatternError as RunningError
from generator.engine.patterns import compile_pattern as compile_running
from generator.engine.scan import compile_scanner
from generator.spl.pcre import PatternError, compile_pattern, pattern_error, variable_look_behind

# Pattern, a text that it matches, and what it finds there (pcre2pattern and pcre2syntax).
MATCHES = [
    (r"(?<user>\w+)@", "to joe@example", "joe@"),
    (r"(?P<user>\w+)@", "to joe@example", "joe@"),
    (r"\x{202E}x", "a\u202ex", "\u202ex"),
    (r"\x41\x{42}", "AB", "AB"),
    (r"\Q[a.b]\E+", "[a.b]]", "[a.b]]"),
    (r"\Qa.b", "axb a.b", "a.b"),
    (r"(?<q>['\"]).*?\k<q>", "say 'x'", "'x'"),
    (r"(?<q>['\"]).*?\k{q}", "say 'x'", "'x'"),
    (r"(?<q>['\"]).*?\k'q'", "say 'x'", "'x'"),
    (r"(a)(b)\g{-1}", "abb", "abb"),
    (r"(a)(b)\g1", "aba", "aba"),
    (r"\e\[0m", "\x1b[0m", "\x1b[0m"),
    (r"\N+", "a\nb", "a"),
    (r"[[:alpha:]]+", "1ab2", "ab"),
    (r"[\w\\]+", "a\\b", "a\\b"),
    (r"a++b", "aab", "aab"),
    (r"(?>a|ab)c", "ac", "ac"),
    (r"x\Ky", "xy", "y"),
    (r"(?i)ABC", "abc", "abc"),
    (r"(?|(a)|(b))\1", "bb", "bb"),
]

ERRORS = [
    (r"a(b", 3, "missing )"),
    (r"[ab", 3, "character set"),
    (r"*a", 0, "nothing to repeat"),
    (r"(?<a>x)(?<a>y)", 10, "two groups are called `a`"),
    (r"\x{41}(", 7, "missing )"),
    (r"(?<1a>x)", None, "group name"),
]


@pytest.mark.parametrize(("pattern", "text", "found"), MATCHES)
def test_pattern_means_what_it_means_to_pcre(pattern: str, text: str, found: str) -> None:
    compiled = compile_pattern(pattern)
    assert not isinstance(compiled, PatternError), compiled
    match = compiled.search(text)
    assert match is not None
    assert match.group() == found
    assert pattern_error(pattern) is None


@pytest.mark.parametrize(("pattern", "at", "message"), ERRORS)
def test_error_says_what_and_where(pattern: str, at: int | None, message: str) -> None:
    found = pattern_error(pattern)
    assert found is not None
    assert message in found.message
    if at is not None and found.at is not None:
        assert abs(found.at - at) <= 1


def test_classes_are_those_of_ascii() -> None:
    compiled = compile_pattern(r"\w+")
    assert not isinstance(compiled, PatternError)
    assert compiled.search("é") is None


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"(?<=a+)b", (0, 7)),
        (r"x(?<!a?)b", (1, 8)),
        (r"(?<=\w{2,3})b", (0, 12)),
        (r"(?<=a{2,})b", (0, 10)),
        (r"(?<=ab|c)d", None),
        (r"(?<=\w{2})d", None),
        (r"(?<=\+)d", None),
        (r"(?<=[*+])d", None),
        (r"(?<=(?:ab)(?i)c)d", None),
        (r"\(?<=a+b", None),
        (r"[(?<=a+]b", None),
        (r"\Q(?<=a+)\E", None),
    ],
)
def test_look_behind_without_a_fixed_length_is_found(pattern: str, found: tuple[int, int] | None) -> None:
    assert variable_look_behind(pattern) == found


@given(st.text(alphabet=r"ab1\\()[]{}?<>=!|*+^$.,:-QEkgxeNRK'", max_size=30))
def test_any_text_compiles_or_is_an_error_inside_of_it(pattern: str) -> None:
    found = compile_pattern(pattern)
    if isinstance(found, PatternError):
        assert found.at is None or 0 <= found.at <= len(pattern)
    behind = variable_look_behind(pattern)
    assert behind is None or 0 <= behind[0] < behind[1] <= len(pattern)


# `re` warns of these (its documentation: "Support of nested sets and set operations ... may be added"); to PCRE each is an
# ordinary class (pcre2pattern, "Square brackets and character classes").
ORDINARY = [
    (r"[[ab]+", "x[ab"), (r"[^[ab]+$", "xyz"), (r"[][[]+", "a[]"), (r"[a&&b]+", "x&a"), (r"[a||b]+", "x|b"), (r"[a~~b]+", "x~"),
    (r"[\]&&]+", "x]&"), (r"[^]||]", "x"), (r"[!--]+", "x-!"), (r"[[:alpha:]]+", "1ab"), (r"[^[:alpha:]]+", "a1"),
    (r"[_[:digit:]]+", "a_1"), (r"(a)(?(1)b|c)", "ab"),
]  # fmt: skip
CLASSES = st.lists(
    st.sampled_from(["[", "[^", "]", "--", "&&", "||", "~~", "-", "a", "z", r"\]", r"\[", r"\d", "[:alpha:]", "(?(", "1", "+1", "\u0661",
                     "1_0", ")", "(", "(?<n>", "(?i)", "(?x)", "#", " ", "*", "+", "{2}", "{,3}", "|", "\\Q", "\\E", "\0", "é"]),
    max_size=12,
).map("".join)  # fmt: skip


@pytest.mark.parametrize(("pattern", "text"), ORDINARY)
def test_what_the_standard_library_warns_of_is_an_ordinary_class(pattern: str, text: str) -> None:
    assert pattern_error(pattern) is None
    assert Engine(now=0).search(f'regex a="{pattern}"', input=[{"a": text}]).rows == [{"a": text}]


@settings(max_examples=500, deadline=None)
@given(CLASSES)
def test_no_pattern_gives_a_python_warning(pattern: str) -> None:
    error = pattern_error(pattern)
    for compiled in (compile_running, compile_scanner):
        try:
            compiled(pattern)
        except RunningError:
            assert error is not None or isinstance(compile_pattern(pattern), PatternError)
