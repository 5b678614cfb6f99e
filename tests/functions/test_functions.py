"""Runs the calls of every `tests/functions/<theme>.test`, and makes sure that every function that runs has one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from functionfile import CallCase, read_calls

from generator import Engine
from generator.commands import load_commands
from generator.functions import EVAL, THEMES
from generator.functions.check import kind_of
from generator.functions.signature import Kind
from generator.spl.ast import Expr
from generator.spl.parser import parse_expression

FOLDER = Path(__file__).parent
CASES = [case for path in sorted(FOLDER.glob("*.test")) for case in read_calls(path)]
NOW = 1_700_000_000


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine with an app that has one lookup table."""
    app = tmp_path_factory.mktemp("app")
    (app / "lookups").mkdir()
    (app / "default").mkdir()
    (app / "default" / "app.conf").write_text("[id]\nname = tables\nversion = 1.0.0\n", encoding="utf-8")
    table = "user,group,desk\nbob,dev,3\nbob,ops,7\nann,ops,\n"
    (app / "lookups" / "users.csv").write_text(table, encoding="utf-8")
    return Engine(apps=[app], now=NOW)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_call_gives_what_it_says(case: CallCase, engine: Engine) -> None:
    expression = case.expression
    node = parse_expression(expression, load_commands()).node
    assert isinstance(node, Expr), expression
    if kind_of(node) is Kind.BOOL:
        expression = f'case({expression}, "true", NOT ({expression}), "false")'
    expected = case.expected
    if isinstance(expected, bool):
        expected = "true" if expected else "false"
    rows = engine.search(f"eval result={expression} | table result", input=[case.given or {"none": "1"}]).rows
    assert rows == [{} if expected is None else {"result": expected}]


def _running() -> list[tuple[str, str]]:
    return [
        (theme.__name__.rpartition(".")[2], signature.name)
        for theme in THEMES
        for signature in theme.SIGNATURES
        if signature.call is not None or signature.build is not None
    ]


@pytest.mark.parametrize(("theme", "name"), _running())
def test_function_that_runs_is_called_in_its_test_file(theme: str, name: str) -> None:
    called = re.compile(rf"(?<![\w]){name}\(")
    assert any(case.path.stem == theme and called.search(case.expression) for case in CASES)


def test_every_test_file_belongs_to_a_theme() -> None:
    themes = {theme.__name__.rpartition(".")[2] for theme in THEMES}
    assert {path.stem for path in FOLDER.glob("*.test")} <= themes
    assert EVAL
