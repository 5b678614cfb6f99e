"""AppInspect's report becomes findings, and no way of not running it looks like a clean one.

The shape of report.json is that of AppInspect 4.3.1's `--data-format json`, as seen; the texts are ours.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.base.diagnostics import Severity
from generator.base.source import Span
from generator.inspection import (
    LOCAL_COMMAND,
    VARIABLE,
    InspectionError,
    find_appinspect,
    inspect_package,
    package_text,
    read_report,
)

REPORT = Path(__file__).with_name("report.json")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for AppInspect is a script with a shebang")


def stand_in(folder: Path, body: str) -> Path:
    """Write a command that acts as AppInspect."""
    command = folder / "splunk-appinspect"
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(f"#!{sys.executable}\nimport sys, time, pathlib\nargs = sys.argv[1:]\n{body}\n", "utf-8")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return command


WRITES_REPORT = (
    f"pathlib.Path(args[args.index('--output-file') + 1]).write_bytes(pathlib.Path({str(REPORT)!r}).read_bytes())\n"
    "pathlib.Path(sys.argv[0] + '.args').write_text(repr(args))"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    target = tmp_path / "acme-1.0.0.tar.gz"
    with tarfile.open(target, "w:gz") as archive:
        for name, content in (("acme_app/default/app.conf", b"[id]\nname = acme\n"), ("acme_app/README", b"x")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))
    return target


def test_failures_and_errors_are_errors_and_warnings_are_warnings() -> None:
    inspection = read_report(json.loads(REPORT.read_bytes()), "acme.tar.gz")
    found = {(item.code, item.severity, item.span, item.message) for item in inspection.diagnostics}
    app = "default/app.conf"
    package = Span("acme.tar.gz")
    assert found == {
        ("APP-version-is-valid-semver", Severity.WARNING, Span(app), "No `[id]` section found"),
        ("APP-for-default-splunk-app", Severity.ERROR, Span(app, 12, 1, 12, 1), "id `search` is taken"),
        ("APP-triggers", Severity.WARNING, package, "odd trigger"),
        ("APP-broken", Severity.ERROR, package, "It broke"),
        ("APP-skipped", Severity.WARNING, package, "AppInspect skipped 1 of its checks"),
    }
    assert inspection.version == "4.3.1"
    assert inspection.checks == 6
    assert list(inspection.diagnostics) == sorted(inspection.diagnostics, key=lambda item: item.sort_key())


@pytest.mark.parametrize("data", [None, [], {}, {"reports": []}, {"reports": [{"groups": []}]}, {"reports": 3}])
def test_report_without_checks_is_no_clean_report(data: object) -> None:
    with pytest.raises(InspectionError):
        read_report(data, "acme.tar.gz")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "reports",
                    "groups",
                    "checks",
                    "messages",
                    "result",
                    "name",
                    "message",
                    "message_filename",
                    "message_line",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(data=st.builds(lambda reports: {"reports": reports}, st.lists(json_values)) | json_values)
def test_any_other_json_is_refused_or_read(data: object) -> None:
    try:
        inspection = read_report(data, "acme.tar.gz")
    except InspectionError:
        return
    loud = sum(count for result, count in inspection.results.items() if result not in {"success", "not_applicable"})
    assert bool(inspection.diagnostics) or not loud


def test_appinspect_is_run_with_the_tags_and_without_network(tmp_path: Path, package: Path) -> None:
    command = stand_in(tmp_path, WRITES_REPORT)
    inspection = inspect_package(package, [str(command)], tags=["cloud", "private_victoria"])
    assert len(inspection.diagnostics) == 5
    args = (tmp_path / "splunk-appinspect.args").read_text("utf-8")
    assert "--skip-trusted-libraries-update" in args
    assert args.count("--included-tags") == 2
    assert "'--max-messages', 'all'" in args


def test_unknown_tag_is_refused_unless_this_appinspect_lists_it(tmp_path: Path, package: Path) -> None:
    command = stand_in(
        tmp_path, "if args == ['list', 'tags']: print('cloud  246\\nshiny_new\\t3'); sys.exit()\n" + WRITES_REPORT
    )
    with pytest.raises(InspectionError, match="no tag `clod`; did you mean `cloud`"):
        inspect_package(package, [str(command)], tags=["clod"])
    with pytest.raises(InspectionError, match=r"no tag `self-service`; known are .*private_victoria, shiny_new"):
        inspect_package(package, [str(command)], tags=["self-service"])
    assert inspect_package(package, [str(command)], tags=["shiny_new"]).checks == 6


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("print('boom', file=sys.stderr); sys.exit(2)", r"gave no report \(exit code 2\): boom"),
        ("sys.exit(0)", r"gave no report \(exit code 0\): it printed nothing"),
        ("pathlib.Path(args[args.index('--output-file') + 1]).write_text('{')", "gave no report"),
        ("time.sleep(30)", "did not end within 0.3 s"),
    ],
)
def test_run_without_report_is_an_error(tmp_path: Path, package: Path, body: str, message: str) -> None:
    command = stand_in(tmp_path, body)
    with pytest.raises(InspectionError, match=message):
        inspect_package(package, [str(command)], timeout=0.3 if "sleep" in body else 20)


def test_missing_package_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InspectionError, match="no such package"):
        inspect_package(tmp_path / "none.tar.gz", ["true"])


def test_command_comes_from_option_then_variable_then_folder_then_path(tmp_path: Path) -> None:
    on_path = stand_in(tmp_path / "bin", "")
    in_pack = stand_in(tmp_path / "pack" / LOCAL_COMMAND.rpartition("/")[0], "")
    other = stand_in(tmp_path / "with space", "")
    environ = {"PATH": str(on_path.parent)}
    assert find_appinspect(None, environ, []) == (str(on_path),)
    assert find_appinspect(None, environ, [tmp_path / "pack"]) == (str(in_pack),)
    assert find_appinspect(None, {**environ, VARIABLE: str(other)}, [tmp_path / "pack"]) == (str(other),)
    assert find_appinspect("splunk-appinspect -v", environ, []) == ("splunk-appinspect", "-v")
    with pytest.raises(InspectionError, match="--appinspect: `/nowhere` is not a command"):
        find_appinspect("/nowhere", environ, [])
    with pytest.raises(InspectionError, match="make inspect"):
        find_appinspect(None, {"PATH": str(tmp_path)}, [])


def test_text_of_a_finding_is_read_from_the_package(package: Path, tmp_path: Path) -> None:
    assert package_text(package, "default/app.conf") == "[id]\nname = acme\n"
    assert package_text(package, "default/none.conf") is None
    folder = tmp_path / "acme_app"
    (folder / "default").mkdir(parents=True)
    (folder / "default" / "app.conf").write_text("[id]\n", "utf-8")
    assert package_text(folder, "default/app.conf") == "[id]\n"
    assert package_text(folder, "../acme-1.0.0.tar.gz") is None
    damaged = tmp_path / "damaged.tar.gz"
    damaged.write_bytes(b"no archive")
    assert package_text(damaged, "default/app.conf") is None
