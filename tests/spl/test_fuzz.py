"""Random text and damaged searches never crash or hang the parser, and what parses keeps its invariants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_spl import IDENTITY, TABLE, check_invariants

from generator.functions.check import check_calls
from generator.spl.format import format_spl
from generator.spl.macros import MacroDefinition, MacroExpander
from generator.spl.parser import parse
from generator.spl.printer import to_spl
from generator.spl.tokens import tokenize
from generator.spl.walk import walk

if TYPE_CHECKING:
    import random

PIECES = [
    *'"\'`|[](),=!<>.+-*/%$\\ \n\t{}:@#', "```", "<<FIELD>>", "$t$", "%x%", "AND ", "OR ", "NOT ", "IN (", "by ", "as ", "where ",
    "from ", "a", "b.c", "1", "0x1f", "é", "\u201c", "\x00", "\u2028", "stats ", "eval ", "count", "sum(", "eval(", "CASE(", "limit=",
    "| tstats count from datamodel=M ", "| search ", "| eval x=", "| stats count ", "[search ", "`m(", "span=1h ",
]  # fmt: skip


def check_text(text: str) -> None:
    result = parse(text, TABLE)
    for error in result.errors:
        assert 0 <= error.start <= error.end <= len(text)
        assert error.message
    for node in walk(result.tree):
        assert 0 <= node.start <= node.end <= len(text)
    to_spl(result.tree)
    check_calls(result.tree)
    assert "".join(token.text for token in tokenize(text)) == text
    laid = format_spl(text, TABLE)
    if result.errors:
        assert laid == text
    else:
        check_invariants(text)


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text(text: str) -> None:
    check_text(text)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=600, deadline=None)
@example("fields - _* | sort' 0 a, b desc")
@example("fields ,- _*")
@example('regex x! ="a"')
@example(f"```{'a long comment ' * 7}``` index=a")
@example("fields, -, _*")
@example("fields - -, _*")
def test_text_of_language_pieces(text: str) -> None:
    check_text(text)


@given(st.sampled_from(IDENTITY), st.lists(st.sampled_from(IDENTITY), max_size=2), st.randoms(use_true_random=False))
@settings(max_examples=600, deadline=None)
def test_damaged_searches(first: str, others: list[str], chance: random.Random) -> None:
    text = " | ".join([first, *(other.removeprefix("| ") for other in others)])
    for _ in range(chance.randint(0, 3)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.randint(0, 4))
        text = text[:at] + chance.choice(["", chance.choice(PIECES)]) + text[end:]
    check_text(text)


@given(
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.lists(st.sampled_from([*PIECES, "$a$", "`m`", "`n(x)`"]), max_size=10).map("".join),
)
@settings(max_examples=500, deadline=None)
def test_expansion_of_any_macro(text: str, body: str) -> None:
    macros = {
        ("m", 0): MacroDefinition("m", body, source="m"),
        ("n", 1): MacroDefinition("n", body, ("a",), source="n"),
    }
    text = f"`m` {text} `n(q, r)` `n(q)`"
    expansion = MacroExpander(lambda name, count: macros.get((name, count)), lambda _: (0, 1)).expand(text, "text")
    lengths = {"text": len(text), "m": len(body), "n": len(body)}
    for offset in range(len(expansion.text) + 1):
        origin = expansion.origin(offset)
        assert 0 <= origin.offset <= lengths[str(origin.source)]
    list(expansion.uses)
    list(expansion.errors)
