"""The mutants of a search, against lists made by hand, and of every search of the pack and the public corpus: all parse, none is there twice."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.commands import load_commands
from generator.functions.static import static_text
from generator.knowledge.apps import external_macros
from generator.replay.mutants.kinds import DESCRIPTIONS, MutantKind
from generator.replay.mutants.make import mutants, refused
from generator.replay.mutants.values import moved, other_spans
from generator.spl.macros import MacroDefinition, MacroExpander
from generator.spl.parser import parse

ROOT = Path(__file__).parent.parent.parent
COMMANDS = load_commands()
MACROS = {
    ("data", 0): MacroDefinition("data", 'sourcetype="x"'),
    ("both", 1): MacroDefinition("both", 'p="$a$" q="$a$"', ("a",)),
    ("x_filter", 0): MacroDefinition("x_filter", "search *"),
    ("tail", 0): MacroDefinition("tail", "search z=1"),
}
EXPANDER = MacroExpander(lambda name, arity: MACROS.get((name, arity)))


class Case(NamedTuple):
    name: str
    search: str
    expected: list[str]


def read_cases() -> list[Case]:
    cases: list[Case] = []
    for line in Path(__file__).with_name("mutants.test").read_text("utf-8").splitlines():
        if line.startswith("== "):
            cases.append(Case(line[3:], "", []))
        elif line.startswith("search: "):
            cases[-1] = cases[-1]._replace(search=line[8:])
        elif line and not line.startswith("#"):
            cases[-1].expected.append(line)
    return cases


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.name)
def test_mutants_are_those_of_the_list(case: Case) -> None:
    found = mutants(case.search, EXPANDER.expand, COMMANDS)

    lines = [f"{mutant.kind}: {mutant.before} -> {mutant.after}".rstrip() for mutant in found]
    assert sorted(lines) == sorted(case.expected)
    starts = [(mutant.start, mutant.end) for mutant in found]
    assert starts == sorted(starts)
    assert not list(refused(case.search, EXPANDER.expand, COMMANDS))


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.name)
def test_a_mutant_differs_from_the_search_in_one_place(case: Case) -> None:
    for mutant in mutants(case.search, EXPANDER.expand, COMMANDS):
        assert case.search[mutant.start : mutant.end] == mutant.before
        common = next(
            (n for n, (a, b) in enumerate(zip(case.search, mutant.text, strict=False)) if a != b), len(mutant.text)
        )
        # What joined a dropped piece to its neighbours goes with it.
        assert common >= mutant.start - len(" groupby "), mutant
        if mutant.after:
            assert mutant.text == case.search[: mutant.start] + mutant.after + case.search[mutant.end :]


def test_every_kind_is_made_by_a_case_and_described() -> None:
    made = {line.partition(":")[0] for case in read_cases() for line in case.expected}

    assert made == set(MutantKind)
    assert set(DESCRIPTIONS) == set(MutantKind)


def pack_expander(folders: list[Path]) -> MacroExpander:
    known: dict[tuple[str, int], MacroDefinition] = {}
    for macros in external_macros().values():
        for macro in macros:
            if macro.definition is not None:
                known[macro.name, len(macro.arguments)] = MacroDefinition(
                    macro.name, macro.definition, macro.arguments, macro.is_eval
                )
    for folder in folders:
        for path in sorted(folder.glob("*.yml")):
            data = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
            arguments = tuple(data.get("arguments") or ())
            definition = str(data.get("definition", ""))
            known[data["name"], len(arguments)] = MacroDefinition(
                data["name"], definition, arguments, bool(data.get("iseval"))
            )

    def resolve(name: str, arity: int) -> MacroDefinition | None:
        filters = name.endswith("_filter") and not arity
        return known.get((name, arity)) or (MacroDefinition(name, "search *") if filters else None)

    return MacroExpander(resolve, evaluate=lambda text: static_text(text, COMMANDS))


def searches_of(folder: Path) -> list[tuple[str, str]]:
    found = []
    for path in sorted(folder.rglob("*.yml")):
        data = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        if isinstance(data, dict) and isinstance(data.get("search"), str):
            found.append((path.name, data["search"]))
    return found


def check_searches(searches: list[tuple[str, str]], expander: MacroExpander) -> int:
    total = 0
    for name, search in searches:
        found = mutants(search, expander.expand, COMMANDS)
        total += len(found)
        assert len({mutant.text for mutant in found}) == len(found), name
        for mutant in refused(search, expander.expand, COMMANDS):
            pytest.fail(f"{name}: {mutant.kind} does not parse: {mutant.before!r} -> {mutant.after!r}\n{mutant.text}")
        if not parse(expander.expand(search).text, COMMANDS).errors:
            assert found, f"{name}: a search that parses has no mutant"
    return total


def test_mutants_of_the_pack_parse() -> None:
    searches = searches_of(ROOT / "detections")

    assert check_searches(searches, pack_expander([ROOT / "macros"])) > 20 * len(searches)


@pytest.mark.corpus
@pytest.mark.slow
def test_mutants_of_the_public_pack_parse(corpus: Path) -> None:
    pack = corpus / "security_content"
    searches = searches_of(pack / "detections")

    assert check_searches(searches, pack_expander([pack / "macros"])) > 20 * len(searches)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("10m", ["20m", "5m"]),
        ("1d", ["2d", "12h"]),
        ("-1w@w0", ["-2w@w0", "-3d@w0"]),
        ("5h", ["10h", "150m"]),
        ("900", ["1800", "450"]),
        ('"-30d"', ['"-60d"', '"-15d"']),
        ("1mon", ["2mon"]),
        ("3mon", ["6mon", "1mon"]),
        ("0", []),
        ("now", []),
        ("5x", []),
        ("1s", ["2s"]),
    ],
)
def test_spans_double_and_halve(written: str, expected: list[str]) -> None:
    assert list(other_spans(written)) == expected


@given(st.integers(-(10**9), 10**9), st.integers(1, 6), st.integers(-3, 3))
def test_decimals_move_in_their_last_place(digits: int, places: int, steps: int) -> None:
    written = f"{digits / 10**places:.{places}f}"

    number = moved(f'"{written}"', steps)

    assert round(float(number.strip('"')) * 10**places) == digits + steps
    assert len(number.strip('"').partition(".")[2]) == places
