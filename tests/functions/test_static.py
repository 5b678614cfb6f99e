from __future__ import annotations

import pytest

from generator.commands import load_commands
from generator.functions.static import static_text
from generator.spl.macros import MacroDefinition, MacroExpander
from generator.spl.parser import parse_expression, parse_terms


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('"index=a"', "index=a"),
        ('if("x"="x","yes","no")', "yes"),
        ('case("a"="b","1",true(),"2")', "2"),
        ('"index=" . lower("MAIN")', "index=main"),
        ('if(isnull(null()) AND NOT 1=2,"a","b")', "a"),
        ('if("b" IN ("a","b"),coalesce(null,"in"),"out")', "in"),
        ("1+2", None),
        ('strftime(now(),"%F")', None),
        ('if(field=1,"a","b")', None),
        ('"a', None),
        ("", None),
    ],
)
def test_text_is_known_where_it_depends_on_nothing(expression: str, text: str | None) -> None:
    assert static_text(expression, load_commands()) == text


def test_computed_macro_is_expanded_and_points_to_its_definition() -> None:
    macro = MacroDefinition("env", 'if("$e$"="prod","index=main","index=test")', ("e",), iseval=True, source="env")
    expander = MacroExpander(lambda *_: macro, evaluate=lambda text: static_text(text, load_commands()))
    expansion = expander.expand("`env(prod)` a=1", "text")
    assert expansion.text == "index=main a=1"
    assert expansion.origin(6)[:2] == ("env", 0)
    assert expansion.origin(12)[:2] == ("text", 13)


def test_parts_of_searches_parse_alone() -> None:
    assert parse_expression("'a|b'=1 OR len(c)>2", load_commands()).errors == ()
    assert [error.kind for error in parse_expression("if(a", load_commands()).errors] == ["unbalanced-paren"]
    assert parse_terms("sourcetype=a (b OR c)", load_commands()).errors == ()
    assert [error.kind for error in parse_terms(" ", load_commands()).errors] == ["expected"]
    assert [error.kind for error in parse_terms("a | head 1", load_commands()).errors] == ["unexpected"]
