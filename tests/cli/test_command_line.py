"""Each command on a small pack, as a user runs it: what it prints, what it writes, how it exits."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.cli.main import cli, run

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]

DETECTION = """\
name: Acme Run Key
id: 5b1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2a10
version: 1
creation_date: '2026-01-05'
modification_date: '2026-01-05'
author: Acme
status: production
type: Hunting
description: A value was written below a run key of the registry.
data_source: []
search: '| tstats count from datamodel=Endpoint.Registry where Registry.registry_path="*\\Run\\*" by Registry.dest Registry.user | stats sum(count) as total by Registry.dest | `acme_run_key_filter`'
how_to_implement: Fill the Endpoint data model with registry events.
known_false_positives: Installers write there too.
references: []
category: endpoint
analytic_story: [Acme Persistence]
asset_type: Endpoint
mitre_attack_id: [T1547.001]
product: [Splunk Enterprise, Splunk Enterprise Security, Splunk Cloud]
security_domain: endpoint
tests:
- name: An installer
  test_type: unit
  events: [{raw: 'key=Run', sourcetype: acme}]
"""

STORY = """\
name: Acme Persistence
id: 7c1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2a11
version: 1
creation_date: '2026-01-05'
modification_date: '2026-01-05'
author: Acme
status: production
description: Ways to stay on a host.
narrative: What starts by itself survives a restart.
references: []
category: [Adversary Tactics]
usecase: Security Monitoring
product: [Splunk Enterprise, Splunk Enterprise Security, Splunk Cloud]
"""

CONFIG = """\
app:
  id: acme_app
  title: Acme Detections
  label: Acme Detections
  prefix: ACME
  version: 1.0.0
  description: Detections of Acme.
  author_name: Acme
  author_email: soc@acme.example
  author_company: Acme
"""


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "pack"
    (root / "detections" / "endpoint").mkdir(parents=True)
    (root / "detections" / "endpoint" / "acme_run_key.yml").write_text(DETECTION, "utf-8")
    (root / "stories").mkdir()
    (root / "stories" / "acme_persistence.yml").write_text(STORY, "utf-8")
    (root / "contentpack.yml").write_text(CONFIG, "utf-8")
    monkeypatch.chdir(root)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return root


@pytest.fixture
def broken(pack: Path) -> Path:
    (pack / "detections" / "endpoint" / "acme_broken.yml").write_text(
        DETECTION.replace("Run Key", "Broken").replace("5b1f6f1c", "6b1f6f1c").replace("stats sum(count)", "stast sum(count)")
        .replace("run_key_filter", "broken_filter"),
        "utf-8",
    )  # fmt: skip
    return pack


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*args: str) -> tuple[int, str, str]:
        code = run(cli, args, "contentpack")
        out, err = capsys.readouterr()
        assert "Traceback" not in err, err
        return code, out, err

    return run_command


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("pack")
def test_good_pack_has_no_errors(call: Run) -> None:
    code, out, _ = call("validate", "--format", "concise")
    assert code == 0, out
    assert " error " not in out


@pytest.mark.usefixtures("broken")
def test_misspelt_command_is_named_with_its_place_and_help(call: Run) -> None:
    code, out, _ = call("validate")
    assert code == 1
    line = next(line for line in out.splitlines() if "stast" in line)
    search = DETECTION.splitlines()[10]
    assert line.startswith(f"detections/endpoint/acme_broken.yml:11:{search.index('stats sum') + 1}: error SPL")
    assert "help: did you mean `stats`?" in out


@pytest.mark.usefixtures("broken")
def test_json_has_the_agreed_shape(call: Run) -> None:
    code, out, _ = call("validate", "--format", "json")
    assert code == 1
    data = json.loads(out)
    assert data["version"] == 1
    found = [entry for entry in data["diagnostics"] if "stast" in entry["message"]]
    assert len(found) == 1
    assert found[0]["object"] == "Acme Broken"
    assert data["summary"]["error"] >= 1


@pytest.mark.usefixtures("broken")
def test_paths_and_codes_narrow_what_is_reported(call: Run) -> None:
    assert call("validate", "detections/endpoint/acme_run_key.yml")[0] == 0
    code = next(entry["code"] for entry in json.loads(call("validate", "--format", "json")[1])["diagnostics"]
                if "stast" in entry["message"])  # fmt: skip
    only = json.loads(call("validate", "--format", "json", "--select", code)[1])["diagnostics"]
    assert {entry["code"] for entry in only} == {code}
    assert code not in call("validate", "--format", "concise", "--ignore", code)[1]


@pytest.mark.usefixtures("pack")
def test_unknown_code_is_bad_usage(call: Run) -> None:
    code, _, err = call("validate", "--select", "SPLX")
    assert code == 2
    assert "`SPLX` names no rule" in err


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            "rules:\n- severity: {SPL903: info}\n",
            "contentpack.yml:12:14: `SPL903` names no rule and no group",
        ),
        ("rules:\n- ignore: [TST, unused-macros]\n", "contentpack.yml:12:17: `unused-macros` names no rule"),
        ("rules: {select: [XYZ]}\n", "contentpack.yml:11:18: `XYZ` names no rule and no group"),
    ],
)
def test_unknown_rule_in_the_configuration_is_named_with_its_place(
    pack: Path, call: Run, settings: str, told: str
) -> None:
    with (pack / "contentpack.yml").open("a", encoding="utf-8") as file:
        file.write(settings)
    code, _, err = call("validate")
    assert code == 2
    assert told in err


@pytest.mark.parametrize("format_name", ["full", "concise", "json", "github", "sarif", "junit"])
@pytest.mark.usefixtures("broken")
def test_every_format_prints_the_same_twice(call: Run, format_name: str) -> None:
    first = call("validate", "--format", format_name)
    assert first[0] == 1
    assert first[1] == call("validate", "--format", format_name)[1]


def test_app_is_built_and_the_same_the_second_time(pack: Path, call: Run) -> None:
    code, out, _ = call("build-app", "--out", "one")
    assert code == 0, out
    assert "built Acme Detections 1.0.0: 1 detection" in out
    archive = pack / "one" / "acme_app-1.0.0.tar.gz"
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert digest in out
    with tarfile.open(archive) as opened:
        names = opened.getnames()
    assert "acme_app/default/savedsearches.conf" in names
    record = json.loads((pack / "one" / "build.json").read_bytes())
    source = pack / "detections" / "endpoint" / "acme_run_key.yml"
    assert record["inputs"]["detections/endpoint/acme_run_key.yml"] == hashlib.sha256(source.read_bytes()).hexdigest()
    assert call("build-app", "--out", "two")[0] == 0
    assert files(pack / "one") == files(pack / "two")


def test_error_stops_the_build_and_leaves_the_old_one(broken: Path, call: Run) -> None:
    (broken / "dist").mkdir()
    (broken / "dist" / "old").write_text("old", "utf-8")
    code, out, err = call("build-app")
    assert code == 1
    assert "stast" in out
    assert "nothing was built" in err
    assert files(broken / "dist") == {"old": b"old"}


def test_keep_going_builds_and_still_exits_1(broken: Path, call: Run) -> None:
    code, out, _ = call("build-app", "--keep-going")
    assert code == 1
    assert "built Acme Detections" in out
    assert (broken / "dist" / "acme_app-1.0.0.tar.gz").is_file()


def test_pages_are_written_and_other_files_left(pack: Path, call: Run) -> None:
    (pack / "site").mkdir()
    (pack / "site" / "_config.yml").write_text("title: x\n", "utf-8")
    code, _, err = call("docs", "--out", "site")
    assert code == 0, err
    written = files(pack / "site")
    assert written["_config.yml"] == b"title: x\n"
    assert "_posts/2026-01-05-5b1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2a10.md" in written
    assert "0 of them new or changed" in call("docs", "--out", "site")[2]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("docs", "--out", "."), ("stories/",)),
        (("docs", "--out", ".", "--format", "site"), ("detections/", "lookups/", "macros/", "stories/")),
        (("docs", "--out", "detections/pages"), ("detections/",)),
        (("build-app", "--out", "lookups"), ("lookups/",)),
    ],
)
def test_nothing_is_written_among_the_content(
    words: tuple[str, ...], where: tuple[str, ...], pack: Path, call: Run
) -> None:
    before = files(pack)
    code, _, err = call(*words)
    assert code == 2
    assert err.startswith(f"error: {words[2]}: would be written among the pack's content in ")
    assert err.partition(" content in ")[2].partition(";")[0] in where
    assert files(pack) == before


def test_searches_are_laid_out_and_nothing_else_changes(pack: Path, call: Run) -> None:
    path = pack / "detections" / "endpoint" / "acme_run_key.yml"
    assert call("fmt", "--check")[0] == 1
    code, diff, _ = call("fmt", "--diff")
    assert code == 1
    assert diff.startswith("--- a/detections/endpoint/acme_run_key.yml\n+++ b/")
    assert path.read_text("utf-8") == DETECTION
    code, out, _ = call("fmt")
    assert (code, out) == (0, "formatted detections/endpoint/acme_run_key.yml\n")
    before = [line for line in DETECTION.splitlines() if not line.startswith("search:")]
    after = path.read_text("utf-8").splitlines()
    assert [line for line in after if line in before] == before
    assert call("fmt", "--check") == (0, "", "0 files would be formatted, 2 files left unchanged\n")


def test_search_with_a_syntax_error_is_left_and_named(pack: Path, call: Run) -> None:
    path = pack / "detections" / "endpoint" / "acme_run_key.yml"
    text = DETECTION.replace("stats sum(count)", "stats sum(")
    path.write_text(text, "utf-8")
    code, _, err = call("fmt", "detections")
    assert code == 1
    assert err.startswith("detections/endpoint/acme_run_key.yml:11:")
    assert err.endswith("0 files formatted, 0 files left unchanged, 1 file with errors\n")
    assert path.read_text("utf-8") == text


def test_search_with_a_command_of_another_app_is_laid_out_once_it_is_declared(pack: Path, call: Run) -> None:
    path = pack / "detections" / "endpoint" / "acme_run_key.yml"
    path.write_text(DETECTION.replace("| stats sum", "| acmelookup host | stats sum"), "utf-8")
    assert call("fmt", "detections")[0] == 1
    declared = "external_apps:\n- app_name: acme_commands\n  commands: [acmelookup]\n"
    (pack / "contentpack.yml").write_text(CONFIG + declared, "utf-8")
    assert call("fmt", "detections")[:2] == (0, "formatted detections/endpoint/acme_run_key.yml\n")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for AppInspect is a script with a shebang")
def test_inspection_reports_and_exits_as_validation_does(
    pack: Path, call: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = Path(__file__).parent.parent / "inspection" / "report.json"
    stand_in = pack / "appinspect"
    stand_in.write_text(
        f"#!{sys.executable}\nimport shutil, sys\nshutil.copy({str(report)!r}, sys.argv[sys.argv.index('--output-file') + 1])\n",
        "utf-8",
    )
    stand_in.chmod(0o755)
    monkeypatch.setenv("CONTENTPACK_APPINSPECT", str(stand_in))
    code, _, err = call("inspect")
    assert (code, err) == (2, "error: no package in dist; make one with `contentpack build-app`, or name one\n")
    assert call("build-app")[0] == 0
    code, out, err = call("inspect", "--format", "concise")
    assert code == 1
    assert "default/app.conf:12:1: error APP-for-default-splunk-app id `search` is taken\n" in out
    assert err.startswith("AppInspect 4.3.1: 6 checks on acme_app-1.0.0.tar.gz: ")
    (pack / "dist" / "acme_app-latest.tar.gz").touch()
    code, _, err = call("inspect")
    assert code == 2
    assert "several packages in dist" in err


def test_table_of_attack_is_made_from_stix(pack: Path, call: Run) -> None:
    technique = {
        "type": "attack-pattern",
        "id": "attack-pattern--1",
        "name": "Odd Technique",
        "external_references": [{"source_name": "mitre-attack", "external_id": "T9001"}],
        "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "execution"}],
    }
    bundle = pack / "enterprise-attack-19.0.json"
    bundle.write_text(json.dumps({"type": "bundle", "objects": [technique]}), "utf-8")
    code, _, err = call("attack", "update", str(bundle), "--out", "attack.json")
    assert (code, err) == (0, "wrote attack.json\n")
    table = json.loads((pack / "attack.json").read_bytes())
    assert table["techniques"]["T9001"]["name"] == "Odd Technique"
    assert call("attack", "update", "attack.json")[0] == 0
    (pack / "no.json").write_text("{}", "utf-8")
    assert call("attack", "update", "no.json", "--out", "attack.json")[0] == 2
    assert json.loads((pack / "attack.json").read_bytes()) == table


def test_table_that_the_configuration_names_is_used_everywhere(pack: Path, call: Run) -> None:
    techniques = {"T1547.001": {"name": "Made-up Name", "tactics": ["persistence"], "platforms": []}}
    tactics = {"persistence": {"id": "TA0003", "name": "Persistence"}}
    table = {"version": "7.5", "tactics": tactics, "techniques": techniques}
    (pack / "attack.json").write_text(json.dumps(table), encoding="utf-8")
    with (pack / "contentpack.yml").open("a", encoding="utf-8") as file:
        file.write("attack: attack.json\n")
    assert call("build-app", "--repo", str(pack))[0] == 0
    record = json.loads((pack / "dist" / "build.json").read_text(encoding="utf-8"))
    assert record["versions"]["attack"] == "7.5"
    assert "attack.json" in record["inputs"]
    assert call("docs", "--repo", str(pack), "--out", str(pack / "site"))[0] == 0
    pages = "".join(page.read_text(encoding="utf-8") for page in (pack / "site").rglob("*.md"))
    assert "Made-up Name" in pages
    (pack / "other.json").write_text(json.dumps(table).replace("Made-up", "Asked-for"), encoding="utf-8")
    call("docs", "--repo", str(pack), "--out", str(pack / "asked"), "--attack", str(pack / "other.json"))
    asked = "".join(page.read_text(encoding="utf-8") for page in (pack / "asked").rglob("*.md"))
    assert "Asked-for Name" in asked
    assert "Made-up Name" not in asked


def test_changed_table_is_not_hidden_by_the_cache(pack: Path, call: Run) -> None:
    row = {"name": "Any", "tactics": [], "platforms": []}
    with (pack / "contentpack.yml").open("a", encoding="utf-8") as file:
        file.write("attack: attack.json\n")
    seen = []
    for techniques in ({"T1547.001": row}, {"T1036": row}):
        table = {"version": "1", "tactics": {}, "techniques": techniques}
        (pack / "attack.json").write_text(json.dumps(table), encoding="utf-8")
        seen.append("DET009" in call("validate", "--repo", str(pack), "--format", "concise")[1])
    assert seen == [False, True]


def test_rule_page_is_found_by_code_and_by_name(call: Run) -> None:
    code, out, _ = call("rule", "yml002")
    assert code == 0
    assert out.startswith("YML002 duplicate-key: ")
    assert "What it does\n" in out
    assert call("rule", "duplicate-key")[1] == out
    assert call("rule", "YML002", "--format", "md")[1].startswith("# YML002 duplicate-key\n")
    code, _, err = call("rule", "yml02")
    assert code == 2
    assert "there is no rule `yml02`" in err


def test_file_that_is_no_yaml_is_named_and_the_others_are_laid_out(pack: Path, call: Run) -> None:
    (pack / "detections" / "no.yml").write_text("name: [", "utf-8")
    code, out, err = call("fmt")
    assert (code, out) == (1, "formatted detections/endpoint/acme_run_key.yml\n")
    assert err.startswith("detections/no.yml:1:1: left as it is: it cannot be read; `contentpack validate` says why\n")


def test_search_on_standard_input_is_printed_laid_out(call: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("index=main|stats count by host"))
    assert call("fmt", "-") == (0, "index=main\n| stats count by host\n", "")
    monkeypatch.setattr("sys.stdin", io.StringIO("index=main | stats sum("))
    code, out, err = call("fmt", "-")
    assert (code, out) == (1, "")
    assert err.startswith("<stdin>:1:")
    assert call("fmt", "-", "detections")[0] == 2


def test_schemas_are_listed_printed_and_written(pack: Path, call: Run) -> None:
    code, out, _ = call("schema", "--list")
    assert code == 0
    assert "detection            native, v3, v4, v5\n" in out
    code, out, _ = call("schema", "detection")
    schema = json.loads(out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "common.schema.json" not in out
    assert call("schema", "data-source", "--dialect", "v5")[0] == 0
    assert json.loads(call("schema", "config")[1])["type"] == "object"
    assert call("schema", "--out", "schemas")[0] == 0
    assert json.loads((pack / "schemas" / "detection.native.schema.json").read_bytes()) == schema


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["detecton"], "there is no kind `detecton`; did you mean `detection`?"),
        (["detection", "--dialect", "v6"], "there is no dialect `v6`"),
        (["config", "--dialect", "v4"], "config has no dialect `v4`; there are build, contentctl, contentpack"),
        ([], "name one kind"),
        (["--list", "--dialect", "v4"], "--dialect goes with a kind"),
    ],
)
def test_schema_that_does_not_exist_is_bad_usage(call: Run, args: list[str], told: str) -> None:
    code, out, err = call("schema", *args)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {told}")


def test_fix_settles_what_is_safe_and_reports_the_rest(broken: Path, call: Run) -> None:
    path = broken / "detections" / "endpoint" / "acme_run_key.yml"
    text = DETECTION.replace(
        "references: []\n",
        "references:\n  - https://acme.example/a\n  - https://acme.example/b\n  - https://acme.example/a\n",
    )
    path.write_text(text, "utf-8")
    assert "REF009" in call("validate", "--format", "concise")[1]
    code, out, err = call("validate", "--fix", "--format", "concise")
    assert code == 1
    assert "stast" in out
    assert "REF009" not in out
    assert err == "fixed 1 finding in 1 file\n"
    assert path.read_text("utf-8") == text.replace("b\n  - https://acme.example/a\n", "b\n")
    assert call("validate", "--fix", "--format", "concise")[2] == "nothing to fix\n"


@pytest.mark.parametrize(
    "words", [("validate",), ("fmt",), ("fmt", "--check"), ("docs", "--out", "pages"), ("build-app",)]
)
def test_folder_that_is_no_pack_is_refused(call: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = tmp_path / "elsewhere"
    (folder / "notes").mkdir(parents=True)
    (folder / "notes" / "readme.txt").write_text("nothing here")
    code, _, err = call(*words, "--repo", str(folder))
    assert code == 2
    assert "holds no content pack" in err
    assert "--repo" in err
    assert sorted(path.name for path in folder.iterdir()) == ["notes"]
