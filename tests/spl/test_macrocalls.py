"""Where macros may be called. Truth: Splunk's "Use search macros in searches": a name between backticks, with arguments in parentheses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.spl.macrocalls import called_names
from generator.spl.macros import MacroDefinition, MacroExpander


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("`a` | stats count", {"a"}),
        ('`a(1)` `b("x`y", 2)`', {"a", "b"}),
        ('| eval x="`quoted`" ```a comment with `another` ```', {"quoted", "another"}),
        ("` spaced ` `with-dash` `with:colon(x)`", {"spaced", "with-dash", "with:colon"}),
        ("no call", set()),
    ],
)
def test_every_called_name_is_among_them(text: str, names: set[str]) -> None:
    assert names <= called_names(text)


@given(
    st.lists(st.from_regex(r"[A-Za-z_][\w-]{0,8}", fullmatch=True), max_size=5),
    st.sampled_from(["", " | head 1 ", ' "x" ']),
)
def test_what_an_expansion_calls_is_among_them(names: list[str], between: str) -> None:
    asked: set[str] = set()

    def resolve(name: str, arity: int) -> MacroDefinition:
        assert arity == 0
        asked.add(name)
        return MacroDefinition(name, "search *")

    text = between.join(f"`{name}`" for name in names)
    MacroExpander(resolve).expand(text)
    assert asked == set(names)
    assert asked <= called_names(text)
