"""Detections over benign data. Truth: docs/testing.md, "Noise"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from generator.base.diagnostics import ConfigError
from generator.cli.main import cli, run
from generator.replay.noise import read_known
from tests.replay.packs import CONFIG, baseline, detection, events, inline, unit, write_pack

if TYPE_CHECKING:
    from pathlib import Path

LOGS = events(("tar", "alice"), ("curl", "bob"))
QUIET = '`audit` exe="/usr/bin/nmap" | stats count by host user | `quiet_filter`'


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONTENTPACK_CACHE", str(tmp_path / "cache"))
    (tmp_path / "benign.log").write_text(LOGS)
    return write_pack(
        tmp_path / "pack",
        detection("Noisy", tests=[unit(events=inline(LOGS))]),
        detection("Quiet", search=QUIET, tests=[unit(events=inline(LOGS))]),
        detection("Lacks", search="`audit` | frobnicate | `lacks_filter`", tests=[unit(events=inline(LOGS))]),
    )


def noise(pack: Path, tmp_path: Path, *more: str) -> tuple[int, dict[str, str]]:
    report = tmp_path / "noise.json"
    code = run(
        cli,
        [
            "test",
            "--repo",
            str(pack),
            "--noise",
            f"{tmp_path / 'benign.log'}::sourcetype=linux_audit,host=h1",
            "--json",
            str(report),
            *more,
        ],
        "contentpack",
    )
    document = json.loads(report.read_text())
    assert document["tests"] == []
    return code, {one["detection"]: one["outcome"] for one in document["noise"]["findings"]}


def test_new_noise_fails_and_says_what_it_found(pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = noise(pack, tmp_path)
    assert code == 1
    assert found["Noisy"] == "fail"
    assert found["Lacks"] in {"unsupported", "error"}
    assert "Quiet" not in found
    out = capsys.readouterr().out
    assert out.startswith("NOISE Noisy, 2 rows\n")
    assert "3 detections over 2 benign events: 1 noisy" in out


def test_known_noise_is_reported_up_to_its_bound_and_stale_entries_are_told(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [
        {"detection": "Noisy", "reason": "A job.", "at_most": 2},
        {"detection": "Quiet", "reason": "It was loud once."},
    ]
    (pack / "contentpack.yml").write_text(yaml.safe_dump({**CONFIG, "noise": entries}))
    (pack / "detections" / "endpoint" / "lacks.yml").unlink()
    assert noise(pack, tmp_path) == (0, {"Noisy": "known"})
    out = capsys.readouterr().out
    assert "known noise Noisy, 2 rows\n  A job.\n" in out
    assert "known noise of Quiet did not come" in out
    known = tmp_path / "known.yml"
    known.write_text(yaml.safe_dump([{"detection": "Noisy", "reason": "A job.", "at_most": 1}]))
    assert noise(pack, tmp_path, "--known-noise", str(known))[0] == 1


def test_a_known_detection_that_there_is_not_is_refused(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = tmp_path / "known.yml"
    known.write_text("noise:\n- {detection: Nobody, reason: x}\n")
    args = ["test", "--repo", str(pack), "--noise", str(tmp_path / "benign.log"), "--known-noise", str(known)]
    assert run(cli, args, "contentpack") == 2
    assert "Nobody" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    ["", "noise: 3", "- {detection: A}", "- {reason: A}", "- {detection: A, reason: ' '}", "- A", "- {detection: A, reason: b, why: c}", ": ["],
)  # fmt: skip
def test_a_broken_list_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "known.yml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"known\.yml"):
        read_known(file)


def test_a_baseline_is_no_noise_since_it_is_there_to_find_rows(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_pack(pack, baselines=[baseline("Learns", tests=[unit(events=inline(LOGS))])])
    (pack / "detections" / "endpoint" / "lacks.yml").unlink()
    assert noise(pack, tmp_path) == (1, {"Noisy": "fail"})
    args = ["test", "--repo", str(pack), "--noise", f"{tmp_path / 'benign.log'}::sourcetype=linux_audit", "Learns"]
    assert run(cli, args, "contentpack") == 2
    assert "baselines only" in capsys.readouterr().err
