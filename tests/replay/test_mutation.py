"""Mutants run over a test's data: what a test notices, what it misses, what a reviewer accepted. All worked out by hand.

The detection of these tests counts failed log-ons of a user, at least three; its tests hold few events, so that it can be said for
each way to break the search whether the result changes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from generator.cli.main import cli, run
from generator.cli.testing import Session, data_store, read_pack
from generator.content.config import AcceptedMutant
from generator.replay.mutation import candidates, is_accepted, is_named, run_mutation
from generator.replay.plan import make_plan
from generator.replay.results import MutationScore, Outcome, Survivor, TestReport
from generator.replay.run import Rules, run_tests

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.content.model import Detection
    from generator.replay.mutation import Mutation

NOW = 1_790_000_000.0
SEARCH = """sourcetype=_json result=failure
| stats count by user
| where count >= 3
| `failed_log_ons_filter`"""


def events(*pairs: tuple[str, str]) -> dict[str, Any]:
    lines = (
        json.dumps({"time": f"2026-09-01T10:00:{number:02}Z", "user": user, "result": result})
        for number, (user, result) in enumerate(pairs)
    )
    return {"sourcetype": "_json", "raw": "\n".join(lines)}


def detection(name: str, search: str, tests: Sequence[dict[str, Any]]) -> dict[str, Any]:
    number = sum(name.encode())
    stem = name.lower().replace(" ", "_").replace("-", "_")
    return {
        "name": name,
        "id": f"00000000-0000-4000-8000-{number:012}",
        "version": 1,
        "creation_date": "2026-01-01",
        "modification_date": "2026-01-01",
        "author": "A",
        "status": "production",
        "type": "Hunting",
        "description": "D.",
        "data_source": [],
        "search": search.replace("failed_log_ons_filter", f"{stem}_filter"),
        "how_to_implement": "H.",
        "known_false_positives": "K.",
        "analytic_story": ["S"],
        "asset_type": "Endpoint",
        "mitre_attack_id": ["T1110"],
        "product": ["Splunk Enterprise"],
        "category": "endpoint",
        "security_domain": "endpoint",
        "tests": [{"test_type": "unit", **test} for test in tests],
    }


def write_pack(root: Path, *detections: dict[str, Any], config: dict[str, Any] | None = None) -> Path:
    app = {"id": "mutated", "title": "Mutated", "label": "M", "prefix": "M", "version": "1.0.0"}
    (root / "contentpack.yml").write_text(yaml.safe_dump({"app": app, **(config or {})}), "utf-8")
    folder = root / "detections" / "endpoint"
    folder.mkdir(parents=True, exist_ok=True)
    for one in detections:
        file = folder / f"{one['name'].lower().replace(' ', '_').replace('-', '_')}.yml"
        file.write_text(yaml.safe_dump(one, sort_keys=False), "utf-8")
    return root


FAILED = [("ann", "failure")] * 3
WEAK = {"name": "fires", "events": [events(*FAILED)]}
"""Notices what finds nothing, and no more: it is content with any row."""

STRONG = {
    "name": "fires",
    "events": [events(*FAILED, ("bob", "failure"), ("bob", "failure"), ("ann", "success"), ("eve", "success"))],
    "expect": {"exactly": 1, "rows": [{"user": "ann", "count": "3"}]},
}
"""Bob has one too few, Ann's success must not count."""


def mutation_of(
    root: Path, *detections: dict[str, Any], accepted: Sequence[AcceptedMutant] = (), jobs: int = 1
) -> Mutation:
    pack = read_pack(write_pack(root, *detections))
    plan = make_plan(pack)
    with Session(root, pack, plan, data_store(root, None), Rules(NOW)) as session:
        runner = session.runner()
        results = run_tests(runner, plan, jobs=1)
        return run_mutation(runner, candidates(plan, results), accepted, jobs=jobs)


def told(score: MutationScore) -> list[str]:
    return [f"{one.kind}: {one.before} -> {one.after}".rstrip() for one in score.survivors]


def only(mutation: Mutation) -> MutationScore:
    assert not mutation.broken
    (score,) = mutation.scores.values()
    return score


def test_a_test_that_wants_any_row_misses_all_that_only_adds_rows(tmp_path: Path) -> None:
    score = only(mutation_of(tmp_path, detection("Failed Log-ons", SEARCH, [WEAK])))

    assert told(score) == [
        "comparison-dropped: result=failure ->",
        "by-field-removed: user ->",
        "stage-removed: where count >= 3 ->",
        "threshold-moved: count >= 3 -> count >= 2",
    ]
    # Besides: negated and changed value, count of another field, negated and moved operator.
    assert (score.killed, score.total) == (5, 9)


def test_whether_the_result_differed_is_told(tmp_path: Path) -> None:
    score = only(mutation_of(tmp_path, detection("Failed Log-ons", SEARCH, [WEAK])))

    differs = {one.kind: one.differs for one in score.survivors}
    # Without `by` the row has no user; all the others give the very same row.
    assert differs == {
        "comparison-dropped": False,
        "by-field-removed": True,
        "stage-removed": False,
        "threshold-moved": False,
    }


def test_a_test_with_look_alikes_and_expected_rows_notices_all(tmp_path: Path) -> None:
    score = only(mutation_of(tmp_path, detection("Failed Log-ons", SEARCH, [STRONG])))

    assert score == MutationScore(9, 9)


def test_what_one_test_misses_another_may_notice(tmp_path: Path) -> None:
    pairs = [("bob", "failure")] * 2 + [("eve", "success")] * 3
    silent = {"name": "silent", "events": [events(*pairs)], "expect": "none"}

    score = only(mutation_of(tmp_path, detection("Failed Log-ons", SEARCH, [WEAK, silent])))

    # Without `by` there are two failures, still too few.
    assert told(score) == ["by-field-removed: user ->"]
    assert (score.killed, score.total) == (8, 9)


def test_the_place_is_that_of_the_file(tmp_path: Path) -> None:
    score = only(mutation_of(tmp_path, detection("Failed Log-ons", SEARCH, [WEAK])))

    lines = (tmp_path / score.survivors[0].path).read_text("utf-8").splitlines()
    for survivor in score.survivors:
        assert lines[survivor.line - 1][survivor.col - 1 :].startswith(survivor.before.split("\n")[0])


def test_only_detections_that_pass_are_looked_at(tmp_path: Path) -> None:
    fails = detection("Fails", SEARCH, [{**WEAK, "expect": {"at_least": 5}}])
    skipped = detection(
        "Skipped", SEARCH, [{"name": "by hand", "test_type": "experimental", "events": [events(*FAILED)]}]
    )

    found = mutation_of(tmp_path, fails, skipped, detection("Passes", SEARCH, [STRONG]))

    assert len(found.scores) == 1
    assert only(found).total == 9


def test_processes_and_one_process_find_the_same(tmp_path: Path) -> None:
    detections = [detection(f"Number {name}", SEARCH, [WEAK]) for name in ("one", "two", "three")]

    found = mutation_of(tmp_path, *detections, jobs=2)

    assert [score.total for score in found.scores.values()] == [9] * 3
    assert found == mutation_of(tmp_path, *detections, jobs=1)


def test_what_a_mutant_writes_is_not_seen_by_the_next(tmp_path: Path) -> None:
    # With what the first mutant wrote still there, each further one would find two rows more.
    search = '| makeresults | eval user="ann" | outputlookup append=t seen.csv | inputlookup seen.csv | where user="ann" | `writes_filter`'
    test = {
        "name": "fires",
        "events": [events(*FAILED)],
        "lookups": {"seen.csv": [{"user": "ann"}]},
        "expect": {"exactly": 2},
    }

    found = mutation_of(tmp_path, detection("Writes", search, [test]))

    score = only(found)
    assert 'stage-removed: where user="ann" ->' in told(score)


def test_baselines_have_a_score_as_well(tmp_path: Path) -> None:
    search = "sourcetype=_json result=failure | stats count by user | where count >= 3"
    made = detection("Learns", search, [WEAK])
    for key in ("type", "analytic_story", "asset_type", "mitre_attack_id", "category"):
        del made[key]
    (tmp_path / "baselines").mkdir()
    (tmp_path / "baselines" / "learns.yml").write_text(yaml.safe_dump(made, sort_keys=False), "utf-8")
    score = only(mutation_of(tmp_path))
    assert [one.path for one in score.survivors] == ["baselines/learns.yml"] * len(score.survivors)
    assert "comparison-dropped: result=failure ->" in told(score)


# --- acceptances -----------------------------------------------------------------------------------------------------

SURVIVOR = Survivor("wildcard-added", 'a  IN\n("x")', "b", "detections/endpoint/some_name.yml", 1, 1)


def named(name: str = "Some Name") -> Detection:
    from generator.content.model import Detection, Dialect, Document, Kind

    document = Document("detections/endpoint/some_name.yml", "", {}, Kind.DETECTION, Dialect.NATIVE)
    return Detection(document=document, name=name, id="0000-1")


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        (AcceptedMutant(detection="Some Name", reason="r"), True),
        (AcceptedMutant(detection="some name", reason="r"), True),
        (AcceptedMutant(detection="0000-1", reason="r"), True),
        (AcceptedMutant(detection="detections/endpoint/*", reason="r"), True),
        (AcceptedMutant(detection="Some*", reason="r"), True),
        (AcceptedMutant(detection="Other", reason="r"), False),
        (AcceptedMutant(detection="Some Name", kind="wildcard-added", reason="r"), True),
        (AcceptedMutant(detection="Some Name", kind="negated", reason="r"), False),
        (AcceptedMutant(detection="Some Name", before='a IN ("x")', reason="r"), True),
        (AcceptedMutant(detection="Some Name", before="a", reason="r"), False),
        (AcceptedMutant(detection="Some Name", after="b", reason="r"), True),
        (AcceptedMutant(detection="Some Name", after="", reason="r"), False),
    ],
)
def test_an_acceptance_fits_by_all_that_it_says(entry: AcceptedMutant, *, fits: bool) -> None:
    assert is_accepted(entry, named(), SURVIVOR) is fits


def test_a_removed_piece_is_meant_by_an_empty_after() -> None:
    removed = replace(SURVIVOR, after="")

    assert is_accepted(AcceptedMutant(detection="*", after="", reason="r"), named(), removed)
    assert is_named(AcceptedMutant(detection="*", reason="r"), named())


def test_what_was_accepted_is_told_apart_and_what_fits_nothing_is_told(tmp_path: Path) -> None:
    accepted = (
        AcceptedMutant(detection="Failed Log-ons", kind="stage-removed", reason="seen elsewhere"),
        AcceptedMutant(detection="Failed Log-ons", kind="negated", reason="gone"),
        AcceptedMutant(detection="Not Here", reason="another run's"),
    )

    found = mutation_of(tmp_path, detection("Failed Log-ons", SEARCH, [WEAK]), accepted=accepted)

    score = only(found)
    assert [one.accepted for one in score.survivors] == ["", "", "seen elsewhere", ""]
    assert (score.accepted, score.explained) == (1, 6)
    assert found.unused == (accepted[1],)


def test_what_was_noticed_or_accepted_is_held_against_the_minimum() -> None:
    nothing = TestReport((), minimum=100.0)
    weak = TestReport((), mutation={"a": MutationScore(0, 0), "b": MutationScore(1, 4)}, minimum=25.1)

    assert (nothing.explained, nothing.is_too_weak, nothing.succeeded) == (100.0, False, True)
    assert (weak.explained, weak.is_too_weak, weak.succeeded) == (25.0, True, False)
    assert replace(weak, minimum=25.0).succeeded
    assert replace(weak, minimum=None).succeeded


# --- the command -----------------------------------------------------------------------------------------------------


def contentpack(capfd: pytest.CaptureFixture[str], root: Path, *args: str) -> tuple[int, str, str]:
    code = run(cli, ["test", "--repo", str(root), *args], "contentpack")
    out, err = capfd.readouterr()
    return code, out, err


def test_the_command_says_what_no_test_would_notice(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_pack(tmp_path, detection("Failed Log-ons", SEARCH, [WEAK]))
    files = {name: tmp_path / f"report.{name}" for name in ("json", "markdown", "html")}

    code, out, err = contentpack(
        capfd, tmp_path, "--mutate", *(part for name, file in files.items() for part in (f"--{name}", str(file)))
    )

    assert (code, err) == (0, "")
    assert "unseen Failed Log-ons  55 %: 5 of 9 broken searches noticed, 4 unseen" in out
    assert "threshold-moved      count >= 3 -> count >= 2" in out
    assert "~ the result is another one" in out
    assert "mutation score 55 %: 5 of 9 broken searches noticed, 4 unseen\n1 passed" in out
    document = json.loads(files["json"].read_text("utf-8"))
    assert document["summary"]["mutation"] == {"killed": 5, "accepted": 0, "total": 9}
    assert {"kind": "threshold-moved", "before": "count >= 3", "after": "count >= 2"}.items() <= document["mutation"][
        0
    ]["survivors"][-1].items()
    assert "**Mutation score 55 %" in files["markdown"].read_text("utf-8")
    assert "count &gt;= 2" in files["html"].read_text("utf-8")


@pytest.mark.parametrize(
    ("config", "options", "expected"),
    [
        ({}, (), 0),
        ({}, ("--min-score", "55"), 0),
        ({}, ("--min-score", "56"), 1),
        ({"minimum": 100}, (), 1),
        ({"minimum": 100}, ("--min-score", "10"), 0),
        ({"minimum": 100, "accepted": [{"detection": "Failed*", "reason": "r"}]}, (), 0),
        ({"minimum": 67, "accepted": [{"detection": "*", "kind": "stage-removed", "reason": "r"}]}, (), 1),
    ],
)
def test_a_minimum_fails_the_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], config: dict[str, Any], options: tuple[str, ...], expected: int
) -> None:
    write_pack(tmp_path, detection("Failed Log-ons", SEARCH, [WEAK]), config={"mutation": config} if config else None)

    code, out, err = contentpack(capfd, tmp_path, "--mutate", *options)

    assert (code, err) == (expected, "")
    assert (" % are asked for" in out) == bool(expected)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--min-score", "50"), "--min-score needs --mutate"),
        (("--mutate", "--noise", "some.log"), "--mutate needs tests, not --noise"),
    ],
)
def test_what_does_not_go_together_is_a_mistake(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], options: tuple[str, ...], told: str
) -> None:
    write_pack(tmp_path, detection("Failed Log-ons", SEARCH, [WEAK]))

    code, _, err = contentpack(capfd, tmp_path, *options)

    assert code == 2
    assert told in err


def test_an_acceptance_that_fits_nothing_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    entry = {"detection": "Failed Log-ons", "kind": "negated", "before": "count >= 3", "reason": "r"}
    write_pack(tmp_path, detection("Failed Log-ons", SEARCH, [WEAK]), config={"mutation": {"accepted": [entry]}})

    code, _, err = contentpack(capfd, tmp_path, "--mutate")

    assert code == 0
    assert err == (
        "warning: `mutation.accepted` of 'Failed Log-ons' (negated `count >= 3`) fits nothing that tests miss any more; "
        "remove it\n"
    )


def test_outcomes_are_those_of_the_run_without_mutants(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_pack(tmp_path, detection("Failed Log-ons", SEARCH, [{**WEAK, "expect": {"at_least": 5}}]))

    code, out, _ = contentpack(capfd, tmp_path, "--mutate", "--min-score", "100")

    assert code == 1
    assert Outcome.FAIL.value.upper() in out
    assert "mutation score" not in out
