"""The mutants of a search, against lists made by hand, and of every search of the pack and the public corpus: all parse, none is there twice."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Engine
from generator.commands import load_commands
from generator.content.schema import load_schema
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


def test_the_kinds_of_acceptances_are_those_of_mutants() -> None:
    entry = load_schema("config.contentpack")["properties"]["mutation"]["properties"]["accepted"]["items"]

    assert entry["properties"]["kind"]["enum"] == [str(kind) for kind in MutantKind]


# --- any search ------------------------------------------------------------------------------------------------------

IDENTITY = [
    line
    for line in (ROOT / "tests" / "spl" / "identity.spl").read_text("utf-8").splitlines()
    if line[:1] not in {"", "#"}
]
SIMPLE_CONDITIONS = [
    "a=1",
    "b>2.5",
    '"x"=c',
    "isnull(d)",
    'match(e, "^f$")',
    'like(g, "%h%")',
    "i IN (1, 2)",
    "len(j)>3",
    "(k+1)*2<=l",
    "NOT m=1",
    "!isnum(n)",
    "if(a=1, b, c)=2",
    'p LIKE "q%"',
    "r NOT IN (1)",
    "`data`",
]
CONDITIONS = st.recursive(
    st.sampled_from(SIMPLE_CONDITIONS),
    lambda inner: st.one_of(
        st.builds("{} AND {}".format, inner, inner),
        st.builds("({}) OR ({})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("( {} ) XOR {}".format, inner, inner),
        st.builds("```c``` {}".format, inner),
    ),
    max_leaves=8,
)
SIMPLE_TERMS = [
    "a=1",
    "b>2.5",
    'c="*x"',
    "d IN (1, 2, 3)",
    "e NOT IN (f)",
    "NOT g=*",
    "word",
    '"two words"',
    "h!=*i*",
    "`data`",
    "`both(x)`",
    "[search j=1]",
    "TERM(k)",
    'l="m\\\\"',
    "earliest=-1h",
    "x::y",
]
TERMS = st.recursive(
    st.sampled_from(SIMPLE_TERMS),
    lambda inner: st.one_of(
        st.builds("{} {}".format, inner, inner),
        st.builds("{} AND {}".format, inner, inner),
        st.builds("{} OR {}".format, inner, inner),
        st.builds("({})".format, inner),
        st.builds("NOT ({})".format, inner),
    ),
    max_leaves=8,
)


def check_any(search: str) -> None:
    if parse(EXPANDER.expand(search).text, COMMANDS).errors:
        return
    for mutant in refused(search, EXPANDER.expand, COMMANDS):
        pytest.fail(f"{mutant.kind} does not parse: {search}\n{mutant.text}")
    for mutant in mutants(search, EXPANDER.expand, COMMANDS):
        assert search[mutant.start : mutant.end] == mutant.before
        assert mutant.text != search
        # A call of a macro is never touched.
        assert mutant.text.count("`data`") == search.count("`data`") or "`data`" in mutant.before


@pytest.mark.parametrize("search", IDENTITY)
def test_every_shape_of_every_command_can_be_broken(search: str) -> None:
    check_any(search)


def test_words_that_begin_like_a_command_stay_words() -> None:
    found = mutants("x head 5", EXPANDER.expand, COMMANDS)

    assert "search head 5" in {mutant.text for mutant in found}


@given(CONDITIONS, CONDITIONS)
@settings(max_examples=200, deadline=None)
def test_any_condition_can_be_broken(first: str, second: str) -> None:
    check_any(f"`data` | where {first} | eval t=if({second}, 1, 0) | where t=1")


@given(TERMS, TERMS)
@settings(max_examples=200, deadline=None)
def test_any_terms_can_be_broken(first: str, second: str) -> None:
    check_any(f"index=i {first} | search {second} | tstats count where {first} by a")


@given(st.sampled_from(IDENTITY), st.text(max_size=30), st.integers(0, 200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_taken(search: str, put: str, at: int) -> None:
    check_any(search[:at] + put + search[at:])


# --- what a mutant means ---------------------------------------------------------------------------------------------

ENGINE = Engine(now=1_700_000_000)
ROWS = [
    {"n": str(n), "a": str(a), "b": b}
    for n, (a, b) in enumerate((a, b) for a in range(4) for b in ("x", "xy", "yx", "z"))
]
"""Every combination of a few values, so that comparisons tell them apart."""

MONOTONE = st.recursive(
    st.sampled_from(["a=1", "a>1", "a<=2", 'b="x"', 'b="z"', "a IN (0, 2, 3)", 'b IN ("xy", "yx")']),
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("( {} )".format, inner),
    ),
    max_leaves=8,
)
"""Conditions without NOT: asking for less of it can only find more. They say the same to `search` and to `where`."""

WEAKER = {MutantKind.COMPARISON_DROPPED, MutantKind.AND_BRANCH_DROPPED, MutantKind.STAGE_REMOVED}
STRONGER = {MutantKind.OR_BRANCH_DROPPED, MutantKind.LIST_VALUE_DROPPED}


def rows_found(search: str) -> set[str]:
    return {str(row["n"]) for row in ENGINE.search(search, input=ROWS).rows}


@given(MONOTONE, st.sampled_from(["search", "where"]))
@settings(max_examples=150, deadline=None)
def test_what_is_dropped_finds_more_or_less_as_its_kind_says(condition: str, command: str) -> None:
    search = f"search * | {command} {condition}"
    before = rows_found(search)

    assert before == rows_found(f"search * | {'where' if command == 'search' else 'search'} {condition}")
    for mutant in mutants(search, EXPANDER.expand, COMMANDS):
        found = rows_found(mutant.text)
        if mutant.kind in WEAKER:
            assert found >= before, mutant
        elif mutant.kind in STRONGER:
            assert found <= before, mutant
        elif mutant.kind is MutantKind.NEGATED and condition == mutant.before:
            assert found == {row["n"] for row in ROWS} - before, mutant
