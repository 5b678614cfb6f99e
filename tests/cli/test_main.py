"""The commands as a user meets them: help, usage errors, trouble, interruption, and what leaves on which stream."""

from __future__ import annotations

import subprocess
import sys
from typing import NoReturn

import click
import pytest

from generator.base.diagnostics import RepositoryError
from generator.cli.main import COMMANDS, cli, run
from generator.version import __version__

TOOL = [sys.executable, "-m", "generator"]


def failing(error: BaseException) -> click.Command:
    @click.command("fails")
    def command() -> NoReturn:
        raise error

    return command


def test_help_lists_every_command_with_a_whole_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["--help"], "contentpack") == 0
    printed = capsys.readouterr().out
    for name in COMMANDS:
        assert f"  {name} " in printed
    assert "..." not in printed.partition("Commands:")[2]


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["--version"], "contentpack") == 0
    assert capsys.readouterr().out == f"contentpack {__version__}\n"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["validat"], "error: no such command `validat`; did you mean `validate`?"),
        (["validate", "--formt", "json"], "error: No such option '--formt'"),
        (["validate", "--repo", "/no/such/folder"], "error: Invalid value for '--repo'"),
        (["validate", "--format", "html"], "error: Invalid value for '--format'"),
        (["--nope"], "error: No such option '--nope' of `contentpack`\nhelp: options stand behind the command"),
        (["--repo", ".", "validate"], "error: No such option '--repo' of `contentpack`\nhelp: options stand behind"),
        (["rule"], "error: name one rule, or give --all"),
        ([], "Usage: contentpack"),
    ],
)
def test_bad_usage_is_told_on_stderr_and_exits_2(
    args: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, args, "contentpack") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(told)


def test_trouble_in_the_world_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(failing(RepositoryError("detections: is \x1b[31m unreadable")), [], "contentpack") == 2
    assert capsys.readouterr().err == "error: detections: is \\x1b[31m unreadable\n"


def test_system_error_names_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(failing(PermissionError(13, "Permission denied", "dist")), [], "contentpack") == 2
    assert capsys.readouterr().err == "error: dist: Permission denied\n"


def test_own_mistake_is_a_traceback_that_asks_for_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(failing(ZeroDivisionError("oh")), [], "contentpack") == 2
    told = capsys.readouterr().err
    assert told.startswith("Traceback")
    assert "ZeroDivisionError: oh" in told
    assert "please report" in told


def test_interruption_exits_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(failing(KeyboardInterrupt()), [], "contentpack") == 130
    assert capsys.readouterr().err.strip() == "interrupted"


def test_exit_code_of_a_command_is_the_process_exit_code() -> None:
    @click.command("one")
    def command() -> int:
        return 1

    assert run(command, [], "contentpack") == 1


def test_help_imports_no_layer_below() -> None:
    code = (
        "import sys; from generator.cli.main import cli, run; run(cli, ['--help'], 'contentpack');"
        "heavy = {'yaml', 'jsonschema', 'jinja2', 'numpy', 'rich', 'regex', 'orjson', 'generator.content.model',"
        " 'generator.spl', 'generator.rules', 'generator.render', 'generator.knowledge', 'generator.analysis'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_reader_that_leaves_early_is_no_trouble() -> None:
    code = (
        "import sys, click; from generator.cli import terminal; from generator.cli.main import run\n"
        "@click.command()\n"
        "def command():\n"
        "    terminal.emit('x' * 1_000_000)\n"
        "    terminal.emit('y' * 1_000_000)\n"
        "    return 1\n"
        "sys.exit(run(command, [], 'contentpack'))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(10) == b"xxxxxxxxxx"
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(20) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full is Linux's")
def test_full_disk_is_an_error() -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run([*TOOL, "rule", "--all"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "cannot write to standard output" in done.stderr
