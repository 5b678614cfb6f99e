"""What a change touches, beyond the branches of `test_pull_requests.py`: one edit of the test pack each, and who it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pullrequests import CALLERS, Repository, base_files, change

from generator.rules.run import validate

if TYPE_CHECKING:
    from pathlib import Path

    from generator.analysis.dependencies import ChangeSet

ONE, TWO = "detections/endpoint/acme_tool_01.yml", "detections/endpoint/acme_tool_02.yml"


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "pack")
    repository.folder.mkdir()
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.write(dict(base_files()))
    return repository


def touched(repository: Repository) -> ChangeSet:
    checked = validate(repository.folder, changed_since="HEAD", jobs=1)
    assert checked.change is not None
    return checked.change


def names(found: ChangeSet) -> set[str]:
    return {item.name for item in found.touched}


def test_macros_inside_macros_reach_through(made: Repository) -> None:
    made.write({"macros/acme_inner.yml": base_files()["macros/acme_network.yml"].replace("acme_network", "acme_inner")})
    change(made, "macros/acme_process.yml", ("action=started'", "action=started `acme_inner`'"))
    made.commit("base")
    change(made, "macros/acme_inner.yml", ("action=connected", "action=begun"))
    assert names(touched(made)) == {"acme_inner", "acme_process", *(f"Acme Tool {n:02}" for n in range(1, CALLERS + 1))}


def test_a_macro_that_goes_touches_its_callers(made: Repository) -> None:
    made.commit("base")
    made.write({"macros/acme_network.yml": None})
    found = touched(made)
    assert names(found) == {"Acme Tool 13", "Acme Tool 14"}
    checked = validate(made.folder, changed_since="HEAD", jobs=1)
    assert {d.span.path for d in checked.diagnostics if d.code == "MAC001"} == {item.path for item in found.touched}


def test_a_filter_macro_that_comes_touches_its_detection(made: Repository) -> None:
    made.commit("base")
    text = base_files()["macros/acme_network.yml"].replace("acme_network", "acme_tool_01_filter")
    made.write({"macros/acme_tool_01_filter.yml": text})
    assert names(touched(made)) == {"acme_tool_01_filter", "Acme Tool 01"}


def test_a_second_file_of_the_same_name_touches_the_first(made: Repository) -> None:
    made.commit("base")
    made.write({"detections/endpoint/acme_copy.yml": base_files()[ONE]})
    found = touched(made)
    assert {item.path for item in found.touched} >= {ONE, "detections/endpoint/acme_copy.yml"}


@pytest.mark.parametrize(
    "reference",
    ["data: attack_data/shared/events/a.log", "folder: attack_data/shared/events", "app: ./attack_data/shared"],
)
def test_a_test_depends_on_the_files_and_folders_it_names(made: Repository, reference: str) -> None:
    change(made, ONE, ("  test_type: unit\n", f"  test_type: unit\n  x_{reference}\n"))
    made.write({"attack_data/shared/events/a.log": "x\n"})
    made.commit("base")
    made.write({"attack_data/shared/events/a.log": "y\n"})
    found = touched(made)
    assert names(found) == {"Acme Tool 01"}
    assert found.touched[0].tested


def test_a_raised_app_version_touches_nothing(made: Repository) -> None:
    made.commit("base")
    change(made, "contentpack.yml", ("version: 1.0.0", "version: 1.0.1"))
    found = touched(made)
    assert (names(found), found.everything, found.app) == (set(), "", ("contentpack.yml",))


@pytest.mark.parametrize("path", ["templates/conf/x.j2", "generator/x.py"])
def test_the_tool_touches_everything(made: Repository, path: str) -> None:
    made.write({path: "x\n"})
    made.commit("base")
    made.write({path: "y\n"})
    found = touched(made)
    assert found.everything.startswith(path)
    assert len(found.touched) == len(base_files()) - 2 - 1 - 14  # configuration, README, table, events


def test_files_of_the_app_template_and_others_are_told_apart(made: Repository) -> None:
    made.commit("base")
    made.write({"app_template/static/appIcon.png": b"x", "LICENSE": "x\n"})
    found = touched(made)
    assert (found.app, found.other, names(found)) == (("app_template/static/appIcon.png",), ("LICENSE",), set())


def test_a_broken_file_still_touches_who_used_it(made: Repository) -> None:
    made.commit("base")
    made.write({"macros/acme_network.yml": "name: [\n"})
    assert names(touched(made)) == {"Acme Tool 13", "Acme Tool 14"}


def test_a_schedule_of_its_own_is_not_touched_by_the_default(made: Repository) -> None:
    text = base_files()["schedules/default_eventbaseddetection.yml"].replace("Default EventBasedDetection", "Nightly")
    made.write({"schedules/nightly.yml": text})
    change(made, ONE, ("status: production", "status: production\nschedule: Nightly"))
    made.commit("base")
    change(made, "schedules/nightly.yml", ("-70m@m", "-80m@m"))
    assert names(touched(made)) == {"Nightly", "Acme Tool 01"}
    change(made, "schedules/nightly.yml", ("-80m@m", "-70m@m"))
    change(made, "schedules/default_eventbaseddetection.yml", ("-70m@m", "-80m@m"))
    assert "Acme Tool 01" not in names(touched(made))
    assert "Acme Tool 02" in names(touched(made))


def test_a_shallow_clone_is_said_and_everything_reported(made: Repository, tmp_path: Path) -> None:
    first = made.commit("base")
    change(made, TWO, ("| stats count", "| stast count"))
    made.commit("second")
    clone = Repository(tmp_path / "clone")
    clone.folder.mkdir()
    clone.git("clone", "--quiet", "--depth=1", made.folder.as_uri(), ".")
    checked = validate(clone.folder, changed_since=first, jobs=1)
    assert checked.change is None
    assert checked.note.endswith("the clone is shallow; everything is reported")
    assert "SPL003" in {d.code for d in checked.diagnostics}
