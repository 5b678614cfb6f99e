"""`contentpack test` and `contentpack data` as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from generator.cli.main import cli, run
from tests.killing import kill_at_random_moments
from tests.replay.packs import detection, events, inline, unit, write_pack
from tests.replay.server import FileServer

if TYPE_CHECKING:
    from pathlib import Path

TWO = events(("tar", "alice"), ("curl", "bob"))


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONTENTPACK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    return write_pack(
        tmp_path / "pack",
        detection("Good", tests=[unit(events=inline(TWO))]),
        detection("Silent", tests=[unit(events=inline(TWO), expect="none")]),
    )


def call(*args: str) -> int:
    return run(cli, list(args), "contentpack")


def test_exit_codes_and_reports(pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("test", "--repo", str(pack), "Good") == 0
    assert capsys.readouterr().out.startswith("1 passed in ")
    files = [f"--{name}={tmp_path / 'out' / name}" for name in ("json", "junit", "markdown")]
    assert call("test", "--repo", str(pack), *files, "--github") == 1
    out = capsys.readouterr().out
    assert "FAIL Silent: Unit" in out
    assert "1 failed, 1 passed" in out
    assert "::error file=detections/endpoint/silent.yml,line=" in out
    document = json.loads((tmp_path / "out" / "json").read_text())
    assert {one["detection"]: one["outcome"] for one in document["tests"]} == {"Good": "pass", "Silent": "fail"}
    assert (tmp_path / "out" / "junit").read_text().startswith("<?xml")


def test_json_alone_on_stdout(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("test", "--repo", str(pack), "--json", "-") == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["summary"]["total"] == 2
    assert "FAIL Silent" in captured.err


def test_bad_usage_is_no_outcome(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("test", "--repo", str(pack), "Goood") == 2
    assert "did you mean `Good`?" in capsys.readouterr().err
    assert call("test", "--repo", str(pack), "--shard", "3/2") == 2
    assert call("test", "--repo", str(pack.parent)) == 2


def test_data_are_fetched_listed_checked_and_removed(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with FileServer({"/datasets/x/a.log": TWO.encode()}) as server:
        data = [{"data": server.url("/datasets/x/a.log"), "source": "s", "sourcetype": "linux_audit", "host": "h1"}]
        write_pack(pack, detection("Far", tests=[unit(attack_data=data)]))
        assert call("test", "--repo", str(pack), "Far", "--offline") == 0
        assert "skipped Far: Unit\n  data not present: http://127.0.0.1" in capsys.readouterr().out
        assert call("data", "ls", "--repo", str(pack), "--missing") == 0
        assert capsys.readouterr().out.startswith("missing ")
        assert call("test", "--repo", str(pack), "Far") == 0
        assert "1 passed" in capsys.readouterr().out
        assert len(server.requests) == 1
    assert call("test", "--repo", str(pack), "Far") == 0
    assert call("data", "verify", "--repo", str(pack)) == 0
    assert "1 file checked, 0 damaged" in capsys.readouterr().out
    assert call("data", "prune", "--repo", str(pack)) == 0
    assert capsys.readouterr().out.startswith("0 entries")
    (content,) = tmp_path.glob("cache/data/*/content")
    content.write_bytes(b"x" * content.stat().st_size)
    assert call("data", "verify", "--repo", str(pack)) == 1
    assert "damaged" in capsys.readouterr().err
    assert not content.exists()


def test_a_local_copy_serves_the_tail_of_an_address(pack: Path, tmp_path: Path) -> None:
    local = tmp_path / "copy" / "datasets" / "x"
    local.mkdir(parents=True)
    (local / "a.log").write_text(TWO)
    data = [{"data": "https://example.com/o/master/datasets/x/a.log", "source": "s", "sourcetype": "linux_audit"}]
    write_pack(pack, detection("Far", tests=[unit(attack_data=data)]))
    assert call("test", "--repo", str(pack), "Far", "--offline", "--attack-data", str(tmp_path / "copy")) == 0


def test_a_failed_fetch_is_an_error_not_a_skip(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FileServer({}) as server:
        data = [{"data": server.url("/none.log"), "source": "s", "sourcetype": "linux_audit"}]
        write_pack(pack, detection("Far", tests=[unit(attack_data=data)]))
        assert call("test", "--repo", str(pack), "Far") == 1
        assert "ERROR Far: Unit" in capsys.readouterr().out
        assert call("data", "fetch", "--repo", str(pack), "Far") == 1
        assert "404" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_killed_at_any_moment_of_a_run_nothing_is_corrupt(pack: Path, tmp_path: Path) -> None:
    """kill -9 at ten random moments of a run with fetches: reports are whole or the old ones, and the next run goes on."""
    report = tmp_path / "report.json"
    body = {f"/{number}.log": (TWO * 3000).encode() for number in range(4)}
    with FileServer(body) as server:
        server.slow, server.block = 0.001, 65536
        tests = [
            unit(
                f"t{number}",
                attack_data=[{"data": server.url(f"/{number}.log"), "source": "s", "sourcetype": "linux_audit"}],
            )
            for number in range(4)
        ] * 3
        write_pack(pack, detection("Far", tests=[{**test, "name": f"n{number}"} for number, test in enumerate(tests)]))
        command = [
            sys.executable,
            "-m",
            "generator",
            "test",
            "--repo",
            str(pack),
            "Far",
            "--jobs",
            "2",
            "--json",
            str(report),
        ]

        def check(_: bool) -> None:  # noqa: FBT001 - what `kill_at_random_moments` calls
            if report.exists():
                assert json.loads(report.read_text())["summary"]["total"] == 12
                report.unlink()
                for content in tmp_path.glob("cache/data/*/content"):
                    content.unlink()

        kill_at_random_moments(command, check, seed=3, between=(0.05, 0.9))
        assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert json.loads(report.read_text())["summary"]["pass"] == 12
    assert call("data", "verify", "--repo", str(pack)) == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
