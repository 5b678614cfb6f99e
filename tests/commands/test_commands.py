"""Runs the blocks of every `.test` file, and makes sure that every command has one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from casefile import Case, read_cases, show_tree, write_expected

from generator import Engine
from generator.base.diagnostics import UnsupportedSpl
from generator.base.source import SourceFile
from generator.commands import command_modules, load_commands
from generator.commands.known import ALIASES, KNOWN
from generator.engine.errors import SearchError
from generator.engine.table import from_rows
from generator.spl.ast import BrokenCommand, GenericCommand, MacroCommand, PlaceholderCommand, UnknownCommand
from generator.spl.fields import FieldState
from generator.spl.parser import parse
from generator.spl.printer import to_spl
from generator.spl.tokens import tokenize
from generator.spl.walk import equal

if TYPE_CHECKING:
    from generator.spl.ast import Pipeline

FOLDER = Path(__file__).parent
CASES = [case for path in sorted(FOLDER.glob("*.test")) for case in read_cases(path)]
TABLE = load_commands()
NOW = 1_700_000_000.0
"""The clock of searches in these tests: 2023-11-14 22:13:20 UTC, a Tuesday."""


@dataclass
class PlainFlow:
    """A flow environment that knows one lookup and one dataset."""

    reads: list[tuple[str, bool, FieldState]] = field(default_factory=list)

    def run(self, pipeline: Pipeline, state: FieldState) -> FieldState:
        for command in pipeline.commands:
            spec = TABLE.get(command.name)
            opaque = GenericCommand | UnknownCommand | BrokenCommand | MacroCommand | PlaceholderCommand
            if spec is None or spec.flow is None or isinstance(command, opaque):
                state = state.opened()
            else:
                state = spec.flow(command, state, self)
        return state

    def use(self, name: str, start: int, end: int, state: FieldState, *, optional: bool = False) -> None:
        assert 0 <= start < end
        self.reads.append((name, optional, state))

    def subsearch(self, pipeline: Pipeline) -> FieldState:
        return self.run(pipeline, FieldState())

    def continue_with(self, pipeline: Pipeline, state: FieldState) -> FieldState:
        return self.run(pipeline, state)

    def datamodel_fields(self, model: str, dataset: str | None) -> frozenset[str] | None:
        return frozenset({"url", "status", "user"}) if (model, dataset) in {("Web", "Web"), ("Web", None)} else None

    def lookup_fields(self, name: str) -> frozenset[str] | None:
        return frozenset({"user", "dept", "boss"}) if name == "people" else None


def _parse(case: Case) -> str:
    result = parse(case.text, TABLE)
    assert not result.errors, _errors(case.text)
    printed = to_spl(result.tree)
    again = parse(printed, TABLE)
    assert not again.errors, printed
    assert equal(again.tree, result.tree), printed
    assert to_spl(again.tree) == printed
    assert "".join(token.text for token in tokenize(case.text)) == case.text
    return show_tree(result.tree)


def _errors(text: str) -> str:
    source = SourceFile("", text)
    lines = []
    for error in parse(text, TABLE).errors:
        assert 0 <= error.start <= error.end <= len(text)
        line, col = source.line_col(error.start)
        lines.append(f"{line}:{col} {error.kind} {error.message}")
        if error.hint:
            lines.append(f"  help: {error.hint}")
    return "\n".join(lines)


def _flow(text: str) -> str:
    state = FieldState()
    first, _, rest = text.partition("\n")
    if first.startswith("given:"):
        state, text = FieldState(frozenset(first.removeprefix("given:").split()), open=False), rest
    result = parse(text, TABLE)
    assert not result.errors, result.errors
    env = PlainFlow()
    state = env.run(result.tree, state)
    lines = [" ".join(["open:" if state.open else "closed:", *sorted(state.names), *sorted(state.patterns)])]
    if env.reads:
        lines.append(" ".join(["reads:", *dict.fromkeys(name + "?" * optional for name, optional, _ in env.reads)]))
    if missing := [name for name, _, seen in env.reads if not seen.may_have(name)]:
        lines.append(" ".join(["missing:", *dict.fromkeys(missing)]))
    return "\n".join(lines)


def engine_of(case: Case, folder: Path) -> Engine:
    """Return an engine with the files of a case as an app, and its stored events loaded."""
    for name, text in case.files:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    engine = Engine(apps=[folder] if case.files else [], now=NOW)
    if case.stored:
        engine.store.add(from_rows(case.stored))
    return engine


def _search(case: Case, folder: Path) -> str:
    given = None if case.text.lstrip().startswith("|") else case.events
    result = engine_of(case, folder).search(case.text, input=given)
    rows = [json.dumps(row, ensure_ascii=False) for row in result.rows]
    return "\n".join(rows) if rows else "no rows"


def _fails(case: Case, folder: Path) -> str:
    given = None if case.text.lstrip().startswith("|") else case.events
    with pytest.raises((SearchError, UnsupportedSpl)) as stopped:
        engine_of(case, folder).search(case.text, input=given)
    return str(stopped.value)


@pytest.fixture(scope="module")
def rewritten(*, update: bool) -> dict[Path, dict[int, str]]:
    found: dict[Path, dict[int, str]] = {}
    yield found
    if update:
        for path, blocks in found.items():
            write_expected(path, blocks)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_block_gives_what_it_says(
    case: Case, rewritten: dict[Path, dict[int, str]], tmp_path: Path, *, update: bool
) -> None:
    run = {
        "parse": lambda: _parse(case),
        "error": lambda: _errors(case.text),
        "flow": lambda: _flow(case.text),
        "search": lambda: _search(case, tmp_path),
        "fails": lambda: _fails(case, tmp_path),
    }
    found = run[case.kind]()
    if update:
        rewritten.setdefault(case.path, {})[case.line] = found
    else:
        assert found == case.expected


@pytest.mark.parametrize("name", sorted(command_modules()))
def test_command_module_has_its_test_file_and_documents_itself(name: str) -> None:
    spec = TABLE.get(name)
    assert spec is not None
    assert spec.name == name
    assert spec.parse is not None
    assert spec.summary
    assert spec.syntax
    assert spec.source
    assert name in KNOWN
    assert spec.kind == KNOWN[name][0]
    kinds = {case.kind for case in CASES if case.path.stem == name}
    assert {"parse", "flow"} <= kinds, f"tests/commands/{name}.test needs at least a parse and a flow block"


@pytest.mark.parametrize("name", sorted(name for name in command_modules() if TABLE.get(name).run is not None))
def test_command_that_runs_has_a_search_in_its_test_file(name: str) -> None:
    assert any(case.path.stem == name and case.kind == "search" for case in CASES)


def test_every_test_file_belongs_to_a_command() -> None:
    assert {case.path.stem for case in CASES} <= set(command_modules())


def test_aliases_are_those_of_the_specs() -> None:
    declared = {alias: name for name in command_modules() for alias in TABLE.get(name).aliases}
    assert {alias: name for alias, name in ALIASES.items() if name in command_modules()} == declared
    assert all(TABLE.get(alias).name == name for alias, name in ALIASES.items())
    assert not set(ALIASES) & set(KNOWN)


def test_command_without_a_module_keeps_its_arguments_as_text() -> None:
    tree = parse("| curl uri=x | frobnicate k=4 x", TABLE.with_commands(["frobnicate"])).tree
    assert [(type(command).__name__, command.text) for command in tree.commands] == [
        ("GenericCommand", "uri=x"),
        ("GenericCommand", "k=4 x"),
    ]


def test_pack_can_declare_commands_of_its_apps() -> None:
    table = TABLE.with_commands(["Frobnicate"])
    assert parse("| frobnicate x", TABLE).errors[0].kind == "unknown-command"
    assert not parse("| frobnicate x", table).errors
