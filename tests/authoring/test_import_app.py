"""Apps become packs: a plain app, one of Enterprise Security, a server, and the app that contentctl 4 built."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from generator.authoring.importing.app import import_app
from generator.authoring.importing.searches import json_of
from generator.authoring.importing.source import AppFolder, Gathering, is_app_folder
from generator.backends.splunk.knowledge import KnowledgeServer
from generator.backends.splunk.rest import RestError
from generator.base.files import write_files
from generator.cli.main import cli, run
from generator.content.load import load_pack
from generator.knowledge.attack import builtin_attack
from generator.knowledge.conf import parse_conf
from generator.render import read_inputs, render_app
from generator.rules.run import validate

if TYPE_CHECKING:
    from pathlib import Path

    from generator.authoring.importing.source import Imported

TODAY = datetime.date(2026, 2, 3)
APP = {
    "default/app.conf": "[launcher]\nversion = 2.1.0\nauthor = Ada\n[ui]\nlabel = Acme Searches\n[package]\nid = acme_searches\n",
    "default/savedsearches.conf": r"""
[Acme brute force]
description = Many failures of one source.
search = index=acme action=failure \
| stats count by src user \
| where count > 20
cron_schedule = */15 * * * *
dispatch.earliest_time = -20m
dispatch.latest_time = now
enableSched = 1
disabled = 0
action.notable = 1
action.notable.param.rule_title = Brute force from $src$
action.notable.param.severity = high
action.notable.param.security_domain = access
action.risk = 1
action.risk.param._risk_message = $user$ was tried from $src$
action.risk.param._risk = [{"risk_object_field": "user", "risk_object_type": "user", "risk_score": 60}, {"threat_object_field": "src", "threat_object_type": "ip_address"}]
action.email = 1
alert.suppress = 1
alert.suppress.fields = src, user
alert.suppress.period = 86400s

[Acme seen hosts]
search = index=acme | stats latest(_time) as seen by host | outputlookup acme_hosts
cron_schedule = 0 3 * * *

[Look around]
search = index=acme error

[Broken risk]
search = index=acme x=1
action.risk = 1
action.risk.param._risk = not json

[No search]
disabled = 1
""",
    "local/savedsearches.conf": "[Acme brute force]\ncron_schedule = */5 * * * *\n",
    "default/macros.conf": "[acme(2)]\nargs = a, b\ndefinition = x=$a$ y=$b$\niseval = 0\nvalidation = isnum(a)\n"
    "[acme_brute_force_filter]\ndefinition = search user!=svc\n[look_around_filter]\ndefinition = search *\n",
    "default/transforms.conf": "[acme_hosts]\nexternal_type = kvstore\ncollection = acme_hosts\nfields_list = _key, host,seen\n"
    "[acme_names]\nfilename = names.csv\nmatch_type = WILDCARD(host)\nmax_matches = 1\n[other_view]\nfilename = names.csv\n"
    "[acme_gone]\nfilename = gone.csv\n[acme_extract]\nREGEX = (a)\n",
    "default/props.conf": "[acme]\nKV_MODE = json\n",
    "lookups/names.csv": "host,name\nh1,one\n",
}


def app_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "acme_searches"
    write_files(folder, {path: text.encode() for path, text in APP.items()})
    return folder


def data(imported: Imported, path: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(imported.files[path])
    return found


def test_a_plain_app(tmp_path: Path) -> None:
    folder = app_folder(tmp_path)
    assert is_app_folder(folder)
    assert not is_app_folder(tmp_path)
    made = import_app(AppFolder(folder), today=TODAY)
    assert data(made, "contentpack.yml")["app"] == {
        "id": "acme_searches",
        "title": "Acme Searches",
        "label": "Acme Searches",
        "prefix": "acme_searches",
        "version": "2.1.0",
        "description": "Content imported from acme_searches.",
        "author_name": "Ada",
    }
    brute = data(made, "detections/endpoint/acme_brute_force.yml")
    assert brute["type"] == "TTP"
    assert brute["finding"] == {
        "title": "$user$ was tried from $src$",
        "entity": {"field": "user", "type": "user", "score": 60},
    }
    assert brute["threat_objects"] == [{"field": "src", "type": "ip_address"}]
    assert brute["throttling"] == {"fields": ["src", "user"], "period": "86400s"}
    assert brute["custom_schedule"]["cron_schedule"] == "*/5 * * * *", "local lies above default"
    assert brute["custom_schedule"]["schedule_window"] == "0", "Splunk's own default"
    assert brute["security_domain"] == "access"
    assert brute["enabled_by_default"] is True
    assert brute["search"].endswith("| where count > 20\n| `acme_brute_force_filter`")
    assert "tests" not in brute
    assert data(made, "baselines/acme_seen_hosts.yml")["custom_schedule"]["cron_schedule"] == "0 3 * * *"
    assert data(made, "detections/endpoint/look_around.yml")["type"] == "Hunting"
    assert data(made, "macros/acme.yml")["arguments"] == ["a", "b"]
    assert data(made, "macros/acme_brute_force_filter.yml")["definition"] == "search user!=svc"
    assert "macros/look_around_filter.yml" not in made.files
    assert data(made, "lookups/acme_hosts.yml")["fields"] == ["_key", "host", "seen"]
    assert data(made, "lookups/names.yml")["match_type"] == ["WILDCARD(host)"]
    assert data(made, "lookups/other_view.yml")["filename"] == "names.csv", (
        "a second view of a table is in contentctl's form"
    )
    assert made.files["lookups/names.csv"] == b"host,name\nh1,one\n"
    told = "\n".join(made.notes)
    for word in (
        "`action.email`",
        "gone.csv",
        "acme_extract",
        "props.conf",
        "must be JSON",
        "`validation`",
        "Broken risk",
    ):
        assert word in told
    assert not any("No search" in path or "no_search" in path for path in made.files)


def test_the_pack_is_valid_and_builds_the_same_searches(tmp_path: Path) -> None:
    folder = app_folder(tmp_path)
    (folder / "lookups" / "gone.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    pack = tmp_path / "pack"
    assert run(cli, ["import", str(folder), "--repo", str(pack)], "contentpack") == 0
    found = validate(pack, today=datetime.datetime.now(tz=datetime.UTC).date())
    assert [d for d in found.diagnostics if d.severity.label == "error"] == []
    loaded = load_pack(pack)
    tree = render_app(loaded, read_inputs(pack, loaded), attack=builtin_attack())
    stanzas = parse_conf(tree.text("default/savedsearches.conf"), "").values()
    made = stanzas["acme_searches - Acme brute force - Rule"]
    assert made["cron_schedule"] == "*/5 * * * *"
    assert json.loads(made["action.notable.param._entities"])[0]["risk_object_field"] == "user"
    assert made["alert.suppress.period"] == "86400s"


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "contentpack.yml").write_text("app: {id: mine}\n", encoding="utf-8")
    assert run(cli, ["import", str(app_folder(tmp_path)), "--repo", str(pack), "--only", "brute"], "contentpack") == 0
    assert (pack / "contentpack.yml").read_text(encoding="utf-8") == "app: {id: mine}\n"
    assert "1 that are there already left as they are" in capsys.readouterr().err
    assert len(list(pack.glob("detections/*/*.yml"))) == 1


class Fake:
    """Answers of a server's REST interface, as `Rest` gives them."""

    def entries(self, path: str, *, owner: str | None = None, app: str | None = None, **query: Any) -> list[Any]:
        assert (owner, app, query) == ("nobody", "acme", {"count": 0})
        risk = {
            "search": "index=a | stats count by dest",
            "disabled": False,
            "action.risk": True,
            "action.risk.param._risk": '[{"risk_object_field":"dest","risk_object_type":"system","risk_score":40}]',
            "action.risk.param._risk_message": "seen on $dest$",
            "eai:acl": None,
            "cron_schedule": "7 * * * *",
        }
        found = {
            "saved/searches": [("Acme brute force", "acme", risk), ("Not ours", "search", {"search": "index=b"})],
            "configs/conf-transforms": [("acme_names", "acme", {"filename": "names.csv"})],
            "configs/conf-app": [("ui", "acme", {"label": "Acme Server App"})],
        }
        if path not in found:
            raise RestError("refused", 404, "")
        return [{"name": name, "acl": {"app": own}, "content": content} for name, own, content in found[path]]

    def post(self, path: str, *, owner: str | None = None, app: str | None = None, **form: Any) -> Any:
        assert (path, owner, app, form["search"]) == ("search/jobs", "nobody", "acme", '| inputlookup "names.csv"')
        return {"fields": [{"name": "host"}, {"name": "on"}], "results": [{"host": "h1", "on": True}, {"host": 'a"b'}]}


def test_a_server_gives_the_objects_of_one_app() -> None:
    made = import_app(KnowledgeServer(Fake(), "acme"), today=TODAY)
    detections = [path for path in made.files if path.startswith("detections")]
    assert detections == ["detections/endpoint/acme_brute_force.yml"]
    brute = data(made, "detections/endpoint/acme_brute_force.yml")
    assert brute["type"] == "Anomaly"
    assert brute["enabled_by_default"] is True
    assert made.files["lookups/names.csv"] == b'host,on\nh1,1\n"a""b",\n'
    assert data(made, "contentpack.yml")["app"]["label"] == "Acme Server App"


def test_trouble_with_a_server_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTENTPACK_SPLUNK_TOKEN", raising=False)
    monkeypatch.delenv("CONTENTPACK_SPLUNK_PASSWORD", raising=False)
    assert run(cli, ["import", "http://127.0.0.1:9", "--app", "acme"], "contentpack") == 2
    assert "CONTENTPACK_SPLUNK_TOKEN" in capsys.readouterr().err
    monkeypatch.setenv("CONTENTPACK_SPLUNK_TOKEN", "t")
    assert run(cli, ["import", "http://127.0.0.1:9", "--app", "acme"], "contentpack") == 2
    assert "cannot reach http://127.0.0.1:9" in capsys.readouterr().err
    assert run(cli, ["import", "http://127.0.0.1:9"], "contentpack") == 2
    assert "--app" in capsys.readouterr().err


def test_an_app_is_the_same_from_a_served_instance_as_from_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over our own server and the real SDK: what the folder gives, the server gives."""
    folder = app_folder(tmp_path)
    command = [
        sys.executable,
        "-m",
        "generator",
        "serve",
        "--app",
        str(folder),
        "--no-tls",
        "--port",
        "0",
        "--hec-port",
        "0",
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "CONTENTPACK_PASSWORD": "changeme1"}
    )
    try:
        assert process.stdout is not None
        address = next(word for line in process.stdout for word in line.split() if word.startswith("rest=")).partition(
            "="
        )[2]
        monkeypatch.setenv("CONTENTPACK_SPLUNK_USERNAME", "admin")
        monkeypatch.setenv("CONTENTPACK_SPLUNK_PASSWORD", "changeme1")
        pack = tmp_path / "pack"
        assert run(cli, ["import", address, "--app", "acme_searches", "--repo", str(pack)], "contentpack") == 0
    finally:
        process.terminate()
        process.communicate(timeout=20)
    wanted = import_app(AppFolder(folder), today=datetime.datetime.now(tz=datetime.UTC).date()).files
    found = {path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()}
    assert found == set(wanted)
    for path in ("detections/endpoint/acme_brute_force.yml", "lookups/names.csv", "macros/acme.yml"):
        assert (pack / path).read_bytes() == wanted[path], path


#: (file, key) -> how many stanzas differ. Why: threats stand behind risk objects, with native names of types; stories list
#: their searches in the order of the new files; what alerts with no field at risk becomes a Hunting search.
DIFFERENT = {
    ("savedsearches.conf", "action.risk.param._risk"): 94,
    ("analyticstories.conf", "searches"): 25,
    ("savedsearches.conf", "action.correlationsearch.annotations"): 2,
    ("savedsearches.conf", "action.risk"): 2,
    ("savedsearches.conf", "action.risk.param._risk_message"): 2,
    ("savedsearches.conf", "action.risk.param._risk_score"): 2,
    ("savedsearches.conf", "action.risk.param.verbose"): 2,
}


@pytest.mark.corpus
@pytest.mark.slow
def test_the_app_of_contentctl_4_builds_to_the_same_stanzas(corpus: Path, tmp_path: Path) -> None:
    app = tmp_path / "app"
    shutil.copytree(corpus / "golden_v4" / "app", app)
    shutil.copytree(corpus / "golden_v4" / "lookups_generated", app / "lookups")
    made = import_app(AppFolder(app), today=TODAY)
    pack = tmp_path / "pack"
    write_files(pack, made.files)
    loaded = load_pack(pack)
    tree = render_app(loaded, read_inputs(pack, loaded), attack=builtin_attack())
    different: Counter[tuple[str, str]] = Counter()
    for name in ("savedsearches.conf", "analyticstories.conf", "macros.conf"):
        wanted = parse_conf((app / "default" / name).read_text(encoding="utf-8"), name).values()
        found = parse_conf(tree.text(f"default/{name}"), name).values()
        for stanza, values in wanted.items():
            for key, value in values.items():
                mine = found.get(stanza, {}).get(key)
                if mine is None or " ".join(mine.split()) != " ".join(value.split()):
                    different[name, key] += 1
    assert dict(different) == DIFFERENT


@pytest.mark.parametrize(
    ("text", "default", "told"),
    [
        ("[1]", [], ""),
        ("", [], ""),
        ("{", [], "must be JSON is not"),
        ("{}", [], "must be a list in JSON is not"),
        ("[]", {}, "must be an object in JSON is not"),
    ],
)
def test_a_setting_of_another_shape_is_told(text: str, default: object, told: str) -> None:
    gathering = Gathering()
    assert json_of(text, default, "Acme", gathering) == ([1] if text == "[1]" else default)
    notes = "".join(gathering.imported().notes)
    assert told in notes
    assert bool(notes) == bool(told)
