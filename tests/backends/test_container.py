"""Containers: command lines as data, and a whole life with a stand-in for docker whose containers are our own server."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.backends import container
from generator.backends.base import Dispatch
from generator.backends.container import ContainerSettings, Runtime, SplunkContainer, find_runtime
from generator.backends.splunk import SplunkBackend
from generator.backends.splunk.rest import Rest
from generator.backends.splunk.target import PASSWORD
from generator.base.diagnostics import BackendError, ConfigError

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "container_lines.yml").read_text())
SECRET = "long enough for Splunk"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the stand-in, which is `docker` for this test."""
    folder = tmp_path / "containers"
    folder.mkdir()
    program = tmp_path / "docker"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "fake_runtime.py"}" "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("FAKE_RUNTIME", str(folder))
    monkeypatch.setattr(container, "_PAUSE", 0.05)
    return folder


def started(home: Path, environment: dict[str, str] | None = None, **settings: Any) -> SplunkContainer:
    given = ContainerSettings(**{"accepted": True, "wait": 60.0, **settings})
    return SplunkContainer(
        given, environment or {}, which=lambda name: str(home.parent / name) if name == "docker" else None
    )


def calls(home: Path) -> list[list[str]]:
    return [json.loads(line) for line in (home / "calls").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_container_is_started_as_the_case_says(case: dict[str, Any]) -> None:
    settings = ContainerSettings(**case["settings"])
    line = Runtime("docker").run("one", settings)
    assert [word.replace(settings.digest(), "DIGEST") for word in line] == case["run"]


def test_other_settings_are_another_container() -> None:
    one = ContainerSettings(accepted=True)
    assert one.digest() == replace(one, keep=True, wait=1.0).digest()
    assert len({one.digest(), replace(one, image="a").digest(), replace(one, apps=(Path("x"),)).digest()}) == 3


def test_a_container_lives_as_long_as_the_run(home: Path, tmp_path: Path) -> None:
    app = tmp_path / "app"
    (app / "default").mkdir(parents=True)
    (app / "default" / "savedsearches.conf").write_text("[s]\nsearch = | makeresults | eval a=1 | table a\n")
    with started(home) as one:
        assert one.target is not None
        assert one.target.rest.host == "127.0.0.1"
        with SplunkBackend(one.target, 1_800_000_000.0) as splunk:
            splunk.install(app)
            assert splunk.search(Dispatch(name="s")).rows == ({"a": "1"},)
        name = next(path.name for path in home.iterdir() if path.is_dir())
        arguments = json.loads((home / name / "arguments").read_text())
        assert one.target.password not in " ".join(arguments)
    assert calls(home)[-1] == ["rm", "--force", "--volumes", name]
    assert not (home / name).exists()


def test_a_container_is_removed_after_a_failure_too(home: Path) -> None:
    def fail() -> None:
        with started(home):
            raise KeyError("in the middle")

    with pytest.raises(KeyError):
        fail()
    assert [path for path in home.iterdir() if path.is_dir()] == []


def test_a_kept_container_is_used_again(home: Path) -> None:
    environment = {PASSWORD: SECRET}
    with started(home, environment, keep=True) as first:
        assert first.target is not None
        address = first.target.rest
    try:
        with started(home, environment, keep=True) as second:
            assert second.target is not None
            assert second.target.rest == address
        with started(home, environment, keep=True, image="another") as third:
            assert third.target is not None
            assert third.target.rest != address
        assert sum(call[0] == "run" for call in calls(home)) == 2
    finally:
        for folder in list(home.iterdir()):
            if (folder / "pid").exists():
                os.kill(int((folder / "pid").read_text()), 15)


def test_add_ons_are_copied_in_and_installed(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_on = tmp_path / "TA-heron"
    (add_on / "default").mkdir(parents=True)
    (add_on / "default" / "props.conf").write_text("[heron]\nKV_MODE = none\n")
    (add_on / "secret").symlink_to("/etc/passwd")
    posted: list[tuple[str, dict[str, Any]]] = []
    original = Rest.post

    def post(self: Rest, path: str, *, owner: str | None = None, app: str | None = None, **form: Any) -> Any:
        posted.append((path, form))
        # The stand-in copies no file into the server, so installing from there is what cannot be shown here.
        return {} if path == "apps/local" else original(self, path, owner=owner, app=app, **form)

    monkeypatch.setattr(Rest, "post", post)
    with started(home, apps=(add_on,)):
        folder = next(path for path in home.iterdir() if path.is_dir())
        assert json.loads((folder / "copied").read_text()) == ["/tmp", ["TA-heron.tgz"]]
    assert ("apps/local", {"name": "/tmp/TA-heron.tgz", "filename": "true", "update": "true"}) in posted


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        ("die:License not accepted, please adjust SPLUNK_GENERAL_TERMS to proceed", "general terms accepted"),
        ("die:KV Store process terminated abnormally (exit code 4)", "series 9.3 or older"),
        ("die:ERROR: Password did not meet complexity requirements", "8 characters or more"),
        ("die:standard_init_linux.go: exec format error", "for x86-64"),
        ("die:something else", "exit code 1"),
        ("refuse:docker: Error response from daemon: no such image", "no such image"),
    ],
)
def test_a_container_that_does_not_start_is_explained_and_removed(home: Path, behaviour: str, message: str) -> None:
    (home / "behaviour").write_text(behaviour)
    with pytest.raises(BackendError, match=message) as raised, started(home):
        pass
    assert behaviour.partition(":")[2] in str(raised.value)
    assert [path for path in home.iterdir() if path.is_dir()] == []


def test_terms_are_the_user_s_to_accept(home: Path) -> None:
    with pytest.raises(ConfigError, match="--accept-splunk-terms"), started(home, accepted=False):
        pass
    assert not (home / "calls").exists()


def test_what_is_not_installed_is_told() -> None:
    with pytest.raises(ConfigError, match="neither docker nor podman"):
        find_runtime("", lambda _name: None)
    with pytest.raises(ConfigError, match="`podman` is not installed"):
        find_runtime("podman", lambda _name: None)
    assert find_runtime("", lambda name: f"/bin/{name}" if name == "podman" else None) == Runtime("/bin/podman")


def test_a_kept_container_needs_a_password_of_the_user_s(home: Path) -> None:
    with pytest.raises(ConfigError, match=PASSWORD), started(home, keep=True):
        pass


def test_an_image_is_no_option(home: Path) -> None:
    with pytest.raises(ConfigError, match="is no image"), started(home, image="--privileged"):
        pass
