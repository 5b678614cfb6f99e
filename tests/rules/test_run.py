"""However a run is made (one process or several, with a cache or without), it finds the same; a bad cache harms nothing."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING

import pytest

from generator.rules import check
from generator.rules.cache import code_fingerprint
from generator.rules.run import validate
from tests.bench.synthetic import write_pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.base.diagnostics import Diagnostic
    from generator.content.model import ContentObject

DETECTIONS = 80


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack that is large enough for several processes, with findings of the loader, of searches and of the pack."""
    monkeypatch.setenv("CONTENTPACK_CACHE", str(tmp_path / "cache"))
    folder = write_pack(tmp_path / "pack", DETECTIONS)
    for number, file in enumerate(detections(folder)):
        text = file.read_text(encoding="utf-8")
        if number % 5 == 0:
            text = text.replace("| `security_content_ctime(lastTime)`", "| statz count | `no_such_macro`")
        if number % 7 == 0:
            text = text.replace("Made Up Story", "Made Up Storey")
        if number % 11 == 0:
            text = text.replace("author:", "autor:")
        if number % 13 == 0:
            text = text.replace("version: 1", "version: [1")
        file.write_text(text, encoding="utf-8")
    return folder


def detections(folder: Path) -> list[Path]:
    return sorted(folder.glob("detections/**/*.yml"))


def findings(folder: Path, *, jobs: int = 1, cache: bool = False) -> tuple[Diagnostic, ...]:
    return validate(folder, jobs=jobs, cache=cache).diagnostics


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the objects that were checked, not taken from the cache (with one process)."""
    paths: list[str] = []
    original = check._check_object

    def noted(*arguments: object) -> check.CheckedObject:
        result = original(*arguments)  # type: ignore[arg-type]  # handed through
        paths.append(result.path)
        return result

    monkeypatch.setattr(check, "_check_object", noted)
    return paths


def cache_files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").iterdir())


def test_the_pack_has_findings_of_every_source(pack: Path) -> None:
    codes = {finding.code for finding in findings(pack)}
    assert len(codes) >= 5, codes


@pytest.mark.parametrize("jobs", [2, 3])
def test_several_processes_find_what_one_finds(pack: Path, jobs: int) -> None:
    alone = findings(pack)
    assert findings(pack, jobs=jobs) == alone


def test_a_run_from_the_cache_finds_the_same_and_checks_nothing(pack: Path, checked: list[str]) -> None:
    expected = findings(pack)
    checked.clear()
    assert findings(pack, cache=True) == expected
    assert checked
    checked.clear()
    assert findings(pack, cache=True) == expected
    assert checked == []


def test_a_run_of_several_processes_fills_the_same_cache(pack: Path, checked: list[str]) -> None:
    expected = findings(pack)
    assert findings(pack, jobs=2, cache=True) == expected
    checked.clear()
    assert findings(pack, cache=True) == expected
    assert checked == []


def test_one_changed_detection_is_checked_alone(pack: Path, checked: list[str]) -> None:
    findings(pack, cache=True)
    file = detections(pack)[1]
    file.write_text(file.read_text(encoding="utf-8").replace("| where", "| wheer"), encoding="utf-8")
    checked.clear()
    after = findings(pack, cache=True)
    assert checked == [file.relative_to(pack).as_posix()]
    assert after == findings(pack)


def test_a_changed_macro_checks_its_users_again(pack: Path) -> None:
    before = findings(pack, cache=True)
    macro = pack / "macros" / "security_content_ctime.yml"
    text = macro.read_text(encoding="utf-8")
    changed = text.replace("definition: ", "definition: convertt ", 1)
    assert changed != text
    macro.write_text(changed, encoding="utf-8")
    after = findings(pack, cache=True)
    assert after != before
    assert after == findings(pack)


def test_a_changed_data_source_checks_what_may_ask_about_it(pack: Path) -> None:
    findings(pack, cache=True)
    source = next((pack / "data_sources").glob("*.yml"))
    source.write_text(source.read_text(encoding="utf-8").replace("Made Up Source", "Other Source"), encoding="utf-8")
    after = findings(pack, cache=True)
    assert any(finding.code == "REF002" for finding in after)
    assert after == findings(pack)


def test_a_renamed_file_is_another_file(pack: Path) -> None:
    findings(pack, cache=True)
    file = detections(pack)[2]
    file.rename(file.with_name("another_name.yml"))
    after = findings(pack, cache=True)
    assert after == findings(pack)
    assert any(finding.span.path.endswith("another_name.yml") for finding in after)


def test_a_removed_file_leaves_nothing_behind(pack: Path) -> None:
    findings(pack, cache=True)
    file = detections(pack)[0]
    file.unlink()
    after = findings(pack, cache=True)
    assert after == findings(pack)
    assert not any(finding.span.path == file.relative_to(pack).as_posix() for finding in after)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:10],
        lambda data: data[: len(data) // 2],
        lambda data: data[:16] + b"\x80\x05\x00garbage",
        lambda data: data[:-40] + bytes(40),
        lambda data: bytes(len(data)),
    ],
    ids=["empty", "cut in the fingerprint", "cut", "garbage", "zeros at the end", "zeros"],
)
def test_a_damaged_cache_is_made_anew(pack: Path, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    expected = findings(pack, cache=True)
    for file in cache_files(tmp_path):
        file.write_bytes(damage(file.read_bytes()))
    assert findings(pack, cache=True) == expected
    assert findings(pack, cache=True) == expected


class Hostile:
    """An object that runs a command when it is unpickled."""

    def __init__(self, target: Callable[..., object], *arguments: object) -> None:
        self.call = target, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call


def make_folder(path: str) -> None:
    os.mkdir(path)  # noqa: PTH102 - the name that a hostile pickle would carry


def test_what_a_killed_run_left_in_the_cache_goes(pack: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    old, fresh = folder / "x.base.1.unfinished", folder / "x.base.2.unfinished"
    for file in (old, fresh):
        file.write_bytes(b"half")
    os.utime(old, (1, 1))
    findings(pack, cache=True)
    assert [file.name for file in cache_files(tmp_path) if file.suffix == ".unfinished"] == [fresh.name]


@pytest.mark.parametrize("target", [os.mkdir, make_folder, exec])
def test_a_hostile_cache_runs_nothing(pack: Path, tmp_path: Path, target: Callable[..., object]) -> None:
    expected = findings(pack, cache=True)
    made = tmp_path / "made"
    argument = f"import os; os.mkdir({str(made)!r})" if target is exec else str(made)
    (base,) = cache_files(tmp_path)
    base.write_bytes(code_fingerprint() + pickle.dumps((Hostile(target, argument), {})))
    assert findings(pack, cache=True) == expected
    assert not made.exists()


def test_a_cache_that_cannot_be_written_does_no_harm(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    assert findings(pack, cache=True) == findings(pack)


def test_a_cache_of_another_version_is_not_taken(pack: Path, tmp_path: Path, checked: list[str]) -> None:
    expected = findings(pack, cache=True)
    (base,) = cache_files(tmp_path)
    base.write_bytes(b"\0" * 16 + base.read_bytes()[16:])
    checked.clear()
    assert findings(pack, cache=True) == expected
    assert checked


def test_what_the_command_line_selects_is_not_taken_for_the_whole(pack: Path) -> None:
    whole = findings(pack, cache=True)
    some = validate(pack, select=("SPL",), jobs=1, cache=True).diagnostics
    assert some == tuple(finding for finding in whole if finding.code.startswith("SPL"))
    assert findings(pack, cache=True) == whole


def test_a_defect_in_a_rule_is_told_from_the_worker(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.base.parallel import WorkerError

    parent = os.getpid()
    original = check._check_object

    def broken(*arguments: object) -> check.CheckedObject:
        if os.getpid() != parent:
            raise ZeroDivisionError("in the worker")
        return original(*arguments)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(check, "_check_object", broken)
    with pytest.raises(WorkerError, match="ZeroDivisionError: in the worker"):
        findings(pack, jobs=2)


def paths_of(items: tuple[ContentObject, ...]) -> list[str]:
    return [item.path for item in items]


def test_objects_keep_their_order(pack: Path) -> None:
    alone = validate(pack, jobs=1).analyzed
    spread = validate(pack, jobs=2).analyzed
    assert paths_of(spread.pack.objects()) == paths_of(alone.pack.objects())
    assert list(spread.facts) == list(alone.facts)
    assert spread.facts == alone.facts


def test_a_drilldown_that_is_ignored_in_one_place_is_reported_in_another(pack: Path) -> None:
    first, *others = detections(pack)[:4]
    for file in (first, *others):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('search dest = "$dest$"', "where dest=null()"), encoding="utf-8")
    config = pack / "contentpack.yml"
    ignored = f"rules:\n  - paths: [{first.relative_to(pack).as_posix()}]\n    ignore: [SPL026]\n"
    config.write_text(f"{config.read_text(encoding='utf-8')}\n{ignored}", encoding="utf-8")
    found = [finding.span.path for finding in findings(pack) if finding.code == "SPL026"]
    assert found == [file.relative_to(pack).as_posix() for file in others]
