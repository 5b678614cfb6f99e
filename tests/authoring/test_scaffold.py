"""New packs and detections: valid, tested, and never over what is there."""

from __future__ import annotations

import datetime
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.authoring.native import TYPES
from generator.authoring.scaffold.new_detection import Wanted, categories, new_detection
from generator.authoring.scaffold.new_pack import PackNames, new_pack
from generator.base.diagnostics import ConfigError
from generator.base.files import write_files
from generator.cli.main import cli, run
from generator.content.load import load_document, load_pack
from generator.knowledge.attack import builtin_attack
from generator.rules.run import validate

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = datetime.datetime.now(tz=datetime.UTC).date()
NAMES = PackNames("acme", "Acme Detections", "ACME", "Acme SOC", "soc@acme.example")


def ids(first: int = 1) -> Callable[[], uuid.UUID]:
    numbers = iter(range(first, first + 1000))
    return lambda: uuid.UUID(int=(4 << 76) | (8 << 60) | next(numbers), version=4)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    write_files(tmp_path, new_pack(NAMES, today=TODAY, new_id=ids()))
    return tmp_path


def test_a_new_pack_has_no_finding_and_its_tests_pass(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(pack, today=TODAY).diagnostics == ()
    assert run(cli, ["test", "--repo", str(pack)], "contentpack") == 0
    assert "2 passed" in "".join(capsys.readouterr())


def test_a_new_pack_and_a_new_detection_are_laid_out_as_fmt_does(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, ["new", "Sudo to Root", "--repo", str(pack)], "contentpack") == 0
    assert run(cli, ["fmt", "--check", "--repo", str(pack)], "contentpack") == 0
    assert "0 files would be formatted" in "".join(capsys.readouterr())


def test_a_new_pack_builds(pack: Path, tmp_path: Path) -> None:
    assert run(cli, ["build-app", "--repo", str(pack), "--out", str(tmp_path / "out")], "contentpack") == 0
    assert (tmp_path / "out" / "acme-0.1.0.tar.gz").is_file()


def test_the_workflow_passes_actionlint(pack: Path) -> None:
    actionlint = Path(sys.executable).with_name("actionlint")
    if not actionlint.is_file():
        pytest.skip("actionlint is installed on Linux only")
    done = subprocess.run(
        [actionlint, pack / ".github/workflows/contentpack.yml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "pull_request_target" not in (pack / ".github/workflows/contentpack.yml").read_text(encoding="utf-8")


def test_the_same_names_day_and_ids_give_the_same_files() -> None:
    assert new_pack(NAMES, today=TODAY, new_id=ids()) == new_pack(NAMES, today=TODAY, new_id=ids())


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and text.isprintable()))
def test_any_printable_name_is_the_same_text_in_yaml(text: str) -> None:
    files = new_pack(PackNames("acme", text, "ACME", text, "a@b.example"), today=TODAY, new_id=ids())
    loaded = yaml.safe_load(files["contentpack.yml"])
    assert (loaded["app"]["title"].strip(), loaded["app"]["author_name"].strip()) == (text.strip(), text.strip())


@pytest.mark.parametrize(
    "names",
    [
        PackNames("1a", "T", "P", "A", "E"),
        PackNames("acme", "a\nb", "P", "A", "E"),
        PackNames("acme", " ", "P", "A", "E"),
    ],
)
def test_names_that_cannot_be_are_refused(names: PackNames) -> None:
    with pytest.raises(ConfigError):
        new_pack(names, today=TODAY, new_id=ids())


def test_init_writes_over_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    assert run(cli, ["init", str(tmp_path), "--app-id", "acme"], "contentpack") == 0
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine"
    assert "1 that were there left as they are" in capsys.readouterr().err
    assert run(cli, ["init", str(tmp_path), "--app-id", "other"], "contentpack") == 0
    assert yaml.safe_load((tmp_path / "contentpack.yml").read_text(encoding="utf-8"))["app"]["id"] == "acme"


def test_what_init_says_to_run_next_can_be_pasted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my pack"
    assert run(cli, ["init", str(folder)], "contentpack") == 0
    assert f"contentpack validate --repo '{folder}';" in capsys.readouterr().err


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("category", categories())
@pytest.mark.parametrize("source", ["", "Linux Secure Log"])
def test_a_new_detection_has_no_error_at_once(pack: Path, kind: str, category: str, source: str) -> None:
    wanted = Wanted(
        f"Acme {kind} - v1.0", type=kind, category=category, data_source=source, techniques=("T1110",), story="Acme"
    )
    files = new_detection(load_pack(pack), wanted, today=TODAY, new_id=ids(500))
    assert set(files) == {f"detections/{category}/acme_{kind.lower()}___v1_0.yml", "stories/acme.yml"}
    write_files(pack, {path: text.encode() for path, text in files.items()})
    found = validate(pack, paths=tuple(files), today=TODAY, cache=False).diagnostics
    assert {d.code for d in found} <= ({"PRF003"} if not source else set())


def test_the_search_begins_as_others_of_its_data_source_do(pack: Path) -> None:
    made = new_detection(load_pack(pack), Wanted("Acme One", data_source="Linux Secure Log"), today=TODAY, new_id=ids())
    (path,) = made
    document = load_document(path, made[path].encode()).document
    assert document is not None
    assert document.data["search"].splitlines()[0] == "`linux_secure_log`"
    assert document.data["analytic_story"] == ["Guessed Passwords"], "the pack's only story"
    (pack / "detections/endpoint/ssh_login_after_repeated_failures.yml").unlink()
    made = new_detection(load_pack(pack), Wanted("Acme One", data_source="Linux Secure Log"), today=TODAY, new_id=ids())
    assert 'sourcetype="linux_secure" source="/var/log/secure"' in made[path]


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        (Wanted(""), "1 to 67 characters"),
        (Wanted("x" * 68), "1 to 67 characters"),
        (Wanted("../../etc"), None),
        (Wanted("a\\b"), "cannot be the name"),
        (Wanted("a[b]"), "cannot be the name"),
        (Wanted("---"), "cannot be the name"),
        (Wanted("A", type="TTTP"), "did you mean `TTP`?"),
        (Wanted("A", category="endpont"), "did you mean `endpoint`?"),
        (Wanted("A", data_source="Linux Secure Logs"), "did you mean `Linux Secure Log`?"),
        (Wanted("A", techniques=("T9999",)), "ATT&CK has no technique"),
        (Wanted("SSH login after repeated failures"), "already: detections/endpoint"),
    ],
)
def test_what_cannot_be_a_detection_is_refused(pack: Path, wanted: Wanted, word: str | None) -> None:
    loaded = load_pack(pack)
    if word is None:
        (path, *_) = new_detection(loaded, wanted, today=TODAY, new_id=ids())
        assert path == "detections/endpoint/______etc.yml", "a name never leads out of its folder"
        return
    with pytest.raises(ConfigError, match="(?s)" + word.replace("?", r"\?")):
        new_detection(loaded, wanted, today=TODAY, new_id=ids(), known_techniques=builtin_attack().techniques)


def test_new_on_the_command_line(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["new", "Acme Two", "--repo", str(pack), "--type", "Anomaly", "--technique", "T1110.001"]
    assert run(cli, arguments, "contentpack") == 0
    assert "detections/endpoint/acme_two.yml" in capsys.readouterr().out
    assert run(cli, arguments, "contentpack") == 2
    assert "already" in capsys.readouterr().err
    assert run(cli, ["new", "--repo", str(pack)], "contentpack") == 2
    assert "give the detection's name" in capsys.readouterr().err
