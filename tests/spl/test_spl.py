"""The language's fixtures: identity lines, broken searches, macro expansion, layout; and the corpus where it is present."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.commands import load_commands
from generator.spl.format import format_spl
from generator.spl.macros import MacroDefinition, MacroExpander
from generator.spl.parser import parse
from generator.spl.printer import to_spl
from generator.spl.tokens import tokenize
from generator.spl.walk import equal

FOLDER = Path(__file__).parent
TABLE = load_commands()
IDENTITY = [
    line
    for line in (FOLDER / "identity.spl").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
ERRORS = yaml.safe_load((FOLDER / "errors.yml").read_text(encoding="utf-8"))
MACROS = yaml.safe_load((FOLDER / "macros.yml").read_text(encoding="utf-8"))
LAYOUTS = sorted((FOLDER / "format").glob("*.spl"))


def check_invariants(text: str) -> None:
    """What must hold of every text that parses: tokens join, printing gives an equal tree, layout keeps it and is stable."""
    result = parse(text, TABLE)
    assert not result.errors, (text, result.errors)
    assert "".join(token.text for token in tokenize(text)) == text
    printed = to_spl(result.tree)
    again = parse(printed, TABLE)
    assert not again.errors, printed
    assert equal(result.tree, again.tree), printed
    assert to_spl(again.tree) == printed
    laid = format_spl(text, TABLE)
    assert equal(parse(laid, TABLE).tree, result.tree), laid
    assert format_spl(laid, TABLE) == laid


@pytest.mark.parametrize("line", IDENTITY)
def test_line_prints_as_itself(line: str) -> None:
    result = parse(line, TABLE)
    assert not result.errors
    assert _folded(to_spl(result.tree)) == _folded(line)
    check_invariants(line)


def _folded(text: str) -> str:
    """Blanks around operators and after commas are the printer's choice inside expressions."""
    return text.replace(" ", "")


@pytest.mark.parametrize("case", ERRORS, ids=[case["name"] for case in ERRORS])
def test_broken_search_is_explained(case: dict[str, Any]) -> None:
    errors = parse(case["text"], TABLE).errors
    assert [f"{error.start}:{error.end} {error.kind}" for error in errors] == case["errors"]
    if "help" in case:
        assert [error.hint for error in errors] == case["help"]
    for error in errors:
        assert error.message[0].islower() or error.message[0] == "`"
        assert not error.message.endswith(".")
    assert format_spl(case["text"], TABLE) == case["text"] or not errors


@pytest.mark.parametrize("case", MACROS, ids=[case["name"] for case in MACROS])
def test_macros_are_expanded(case: dict[str, Any]) -> None:
    macros: dict[tuple[str, int], MacroDefinition] = {}
    for key, given in case["macros"].items():
        name, args = key.partition("(")[0], tuple(given.get("args", ()))
        macros[name, len(args)] = MacroDefinition(
            name, given["definition"], args, iseval=given.get("iseval", False), source=name
        )

    def arities(name: str) -> tuple[int, ...]:
        return tuple(count for known, count in macros if known == name)

    expansion = MacroExpander(lambda name, count: macros.get((name, count)), arities).expand(case["text"], "text")
    assert expansion.text == case["expanded"]
    for part, expected in case.get("origins", {}).items():
        origin = expansion.origin(expansion.text.index(part))
        calls = "".join(f" <- {site.name}@{site.start}" for site in origin.chain)
        assert f"{origin.source}:{origin.offset}{calls}" == expected
    if "uses" in case:
        assert [use.site.name for use in expansion.uses] == case["uses"]
    found = [
        f"{at.source} {at.error.start}:{at.error.end} {at.error.kind} {at.error.message}" for at in expansion.errors
    ]
    assert found == case.get("errors", [])


def test_macro_that_doubles_at_every_level_is_cut() -> None:
    def resolve(name: str, count: int) -> MacroDefinition | None:
        level = int(name[1:])
        return (
            MacroDefinition(name, "xxxxxxxxxx" if level == 0 else f"`m{level - 1}` `m{level - 1}`", source=name)
            if count == 0
            else None
        )

    expansion = MacroExpander(resolve, max_length=10_000).expand("`m25`")
    assert len(expansion.text) < 20_000
    assert any(at.error.kind == "macro-size" for at in expansion.errors)


def test_calls_of_a_macro_that_doubles_at_every_level_are_few() -> None:
    # Nothing is expanded to nothing 2 ** 28 times; only the calls would be too many to list.
    def resolve(name: str, _: int) -> MacroDefinition | None:
        level = int(name[1:])
        return MacroDefinition(name, "" if level == 0 else f"`m{level - 1}``m{level - 1}`", source=name)

    assert len(list(MacroExpander(resolve).expand("`m28`").uses)) < 100


def test_macros_in_macros_without_end_are_refused() -> None:
    expansion = MacroExpander(lambda name, _: MacroDefinition(name, f"`{name}x`")).expand("`m`")
    assert [at.error.kind for at in expansion.errors] == ["macro-depth"]


@pytest.mark.parametrize("path", LAYOUTS, ids=[path.stem for path in LAYOUTS])
def test_layout(path: Path, *, update: bool) -> None:
    given, mark, expected = path.read_text(encoding="utf-8").partition("\n# output\n\n")
    laid = format_spl(given if not mark else given + "\n", TABLE)
    if update and mark:
        path.write_text(f"{given}{mark}{laid}", encoding="utf-8")
        return
    assert laid == (expected if mark else given)
    assert format_spl(laid, TABLE) == laid


@pytest.mark.parametrize("text", ["(" * 500, "a=1 OR " * 3000 + "b", "[" * 300, "| eval x=" + "(" * 400 + "1", "| eval x=" + "-" * 400 + "1",
                                  "| eval x=" + "f(" * 400, "| stats " + "sum(" * 400, "NOT " * 500 + "a", "search [search " * 200])  # fmt: skip
def test_deep_and_long_searches_are_refused_or_read(text: str) -> None:
    result = parse(text, TABLE)
    to_spl(result.tree)
    assert all(
        error.kind in {"too-deep", "unbalanced-paren", "unbalanced-bracket", "expected"} for error in result.errors
    )


def test_long_chains_of_operators_need_no_stack() -> None:
    text = "where " + " OR ".join(f'a="{number}"' for number in range(3000)) + " | eval x=" + "+".join("y" * 2000)
    check_invariants(text)


@pytest.mark.corpus
@pytest.mark.slow
def test_corpus_searches_parse_print_and_format(corpus: Path) -> None:
    seen = broken = 0
    for pack in ("security_content", "v5/features", "docs_pages/pack"):
        for folder in ("detections", "baselines", "investigations", "macros"):
            for path in sorted((corpus / pack / folder).rglob("*.yml")):
                data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
                drilldowns = [item["search"] for item in data.get("drilldown_searches") or []]
                for text in filter(None, [data.get("search"), data.get("definition"), *drilldowns]):
                    seen += 1
                    if parse(str(text), TABLE).errors:
                        broken += 1
                    else:
                        check_invariants(str(text))
    assert seen > 2000
    assert broken <= seen * 0.005
