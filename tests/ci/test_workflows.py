"""The workflows, the action, the hooks and the GitLab template: linters where they are installed, and rules of our own.

The linters are in the `dev` extra; where one is missing, its test is skipped and says so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
GITLAB = ROOT / "docs" / "gitlab-ci.yml"
SHA = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def tool(name: str) -> str:
    """Return a linter of this environment; skip where it is not installed."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed; the dev extra has it")
    return found


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint() -> None:
    run(tool("actionlint"), *(str(path) for path in WORKFLOWS))


def test_zizmor_pedantic() -> None:
    run(
        tool("zizmor"),
        "--offline",
        "--persona",
        "pedantic",
        "--strict-collection",
        "--no-progress",
        ".github",
        "action.yml",
    )


@pytest.mark.parametrize(
    ("schema", "files"),
    [("vendor.github-workflows", WORKFLOWS), ("vendor.github-actions", [ACTION]), ("vendor.gitlab-ci", [GITLAB])],
    ids=["workflows", "action", "gitlab"],
)
def test_schemas(schema: str, files: list[Path]) -> None:
    run(tool("check-jsonschema"), "--builtin-schema", schema, *(str(path) for path in files))


def documents() -> list[tuple[Path, str, dict[Any, Any]]]:
    return [(path, text, yaml.safe_load(text)) for path in (*WORKFLOWS, ACTION) for text in [path.read_text("utf-8")]]


@pytest.mark.parametrize(("path", "text", "data"), documents(), ids=lambda value: getattr(value, "name", ""))
def test_rules_of_our_own(path: Path, text: str, data: dict[Any, Any]) -> None:
    assert "pull_request_target" not in text
    for line in text.splitlines():
        used = re.search(r"uses: (\S+.*)$", line)
        if used is not None and not used[1].startswith("./") and not line.lstrip().startswith("#"):
            assert SHA.fullmatch(used[1]), (
                f"{path.name}: {line.strip()} is pinned to a commit, with its version behind it"
            )
    scripts = re.findall(r"run: \|\n((?:\s{8,}.*\n|\n)+)|run: (?!\|)(.*)", text)
    assert not [script for pair in scripts for script in pair if "${{" in script], "values come through the environment"
    assert "secrets." not in text.replace("secrets.GITHUB_TOKEN", "")
    if path == ACTION:
        assert all("shell" in step for step in data["runs"]["steps"] if "run" in step)
        return
    assert data["permissions"] == {}
    for job in data["jobs"].values():
        assert "timeout-minutes" in job
        assert "permissions" in job


def test_every_version_of_an_action_is_the_same_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for _, text, _ in documents():
        for name, commit in re.findall(r"uses: ([\w./-]+)@(\w+)", text):
            pins.setdefault(name, set()).add(commit)
    assert all(len(commits) == 1 for commits in pins.values()), pins


def test_inputs_of_the_action_are_all_used() -> None:
    data = yaml.safe_load(ACTION.read_text("utf-8"))
    text = ACTION.read_text("utf-8")
    for name in data["inputs"]:
        assert f"${{{{ inputs.{name} }}}}" in text, name
    outputs = set(re.findall(r"steps\.review\.outputs\.(\w+)", text))
    assert outputs == {"failed", "errors", "touched", "tests", "changes", "out", "package"}


def test_the_action_runs_the_command_with_its_options() -> None:
    from generator.cli.main import load_command

    known = {option for parameter in load_command("pr").params for option in parameter.opts}
    used = set(re.findall(r"\((--[a-z-]+)|\+=\((--[a-z-]+)| (--repo|--out) ", ACTION.read_text("utf-8")))
    given = {option for group in used for option in group if option}
    assert {"--repo", "--out", "--base", "--shard", "--results"} <= given <= known


def test_pre_commit_hooks() -> None:
    from generator.cli.main import COMMANDS

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    for hook in hooks:
        assert hook["language"] == "python"
        assert hook["entry"].split()[:1] == ["contentpack"]
        assert hook["entry"].split()[1] in COMMANDS
        re.compile(hook["files"])
