"""Files of the older dialects in the native one: case files, what must hold for any of them, and the shared corpus."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.authoring.migrate import pack as migrating
from generator.authoring.migrate.draft import ASIDE, comment_texts
from generator.authoring.migrate.pack import migrate_pack
from generator.authoring.yamltext import UnmovableText, split
from generator.base.files import FileChange, write_together
from generator.cli.main import cli, run
from generator.content.config import AppConfig, Config
from generator.content.load import Listing, assemble, load_document, load_pack
from generator.content.model import ConfStyle, Detection, Dialect, Document, Finding, Kind, Risk, RiskObject
from generator.knowledge.attack import builtin_attack
from generator.knowledge.conf import parse_conf
from generator.render import read_inputs, render_app
from generator.render.inputs import RenderInputs

if TYPE_CHECKING:
    from generator.authoring.migrate.pack import Migration

TODAY = datetime.date(2026, 2, 3)
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "migrate.yml").read_text(encoding="utf-8"))
SOURCE = """\
name: Sysmon EventID 1
id: 5b1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2aff
version: 1
date: '2020-01-01'
author: Ada
description: Processes.
source: s
sourcetype: t
"""


def migrated(files: dict[str, str], *, keep: bool = True) -> Migration:
    loaded = [load_document(path, text.encode()) for path, text in files.items()]
    config = Config(app=AppConfig(id="acme", author_name="Acme Team"))
    pack = assemble(Path("/nowhere"), loaded, Listing(tuple(files), {}), config=config)
    pack = replace(pack, data_sources=tuple(replace(s, modification_date=None) for s in pack.data_sources))
    chosen = {path for path in files if not path.startswith("data_sources/")}
    return migrate_pack(pack, today=TODAY, chosen=chosen, keep=keep)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    files = {case["path"]: case["before"], "data_sources/sysmon_eventid_1.yml": SOURCE}
    made = migrated(files)
    if "after" not in case:
        assert [file.path for file in made.kept] == [case["path"]]
        assert case["reason"] in made.kept[0].reason
        assert not made.changes
        return
    assert not made.kept, made.kept
    text = made.changes[0].after or ""
    wanted = case["after"]
    if "<id>" in wanted:
        text = re.sub(r"(?m)^id: [0-9a-f-]{36}(\r?)$", r"id: <id>\1", text)
    assert text == wanted
    for word in case.get("notes", ()):
        assert any(f"`{word}`" in note for note in made.changes[0].notes)
    assert made.changes[0].moved_to == case.get("moved_to")
    again = migrated(
        {case.get("moved_to", case["path"]): made.changes[0].after or "", "data_sources/sysmon_eventid_1.yml": SOURCE}
    )
    assert (again.changes, again.kept, again.native) == ((), (), 1), "a second run finds nothing to do"


def test_what_has_no_place_is_left_out_when_asked() -> None:
    case = next(case for case in CASES if case["name"].startswith("a v4 Hunting"))
    text = migrated({case["path"]: case["before"]}, keep=False).changes[0].after or ""
    assert ASIDE not in text
    assert text == case["after"].partition("legacy:")[0]


def test_without_legacy_a_message_without_a_token_stays() -> None:
    case = next(case for case in CASES if case["name"].startswith("a message without a token"))
    (kept,) = migrated({case["path"]: case["before"]}, keep=False).kept
    assert "no `$field$`" in kept.reason


@pytest.mark.parametrize("table", ["-rf.csv", "::error::.csv", "a\\nb.csv", "..csv", ".csv", "../x.csv", "/etc/x.csv"])
def test_a_table_gives_no_hostile_name(table: str) -> None:
    text = f'filename: "{table}"\ndescription: Theirs.\nname: acme\n'
    made = migrated({"lookups/acme.yml": text})
    assert [file.path for file in made.kept] == ["lookups/acme.yml"]
    assert made.changes == ()


def test_a_lookup_does_not_take_the_name_of_another() -> None:
    case = next(case for case in CASES if case["name"].startswith("a v4 lookup whose table has another stem"))
    other = "filename: other.csv\ndescription: Theirs.\nname: other\n"
    made = migrated({case["path"]: case["before"], "lookups/other.yml": other})
    assert [(file.path, "which is there" in file.reason) for file in made.kept] == [(case["path"], True)]


def test_a_mapping_file_becomes_deprecation_info_and_the_file_moves() -> None:
    old = next(case for case in CASES if case["name"].startswith("deprecated without"))
    files = {
        old["path"]: old["before"],
        "removed/deprecation_mapping.YML": "detections:\n- content: Acme Old\n  reason: Nobody needs it.\n"
        "  removed_in_version: 2.0.0\n  replacement_content: [Acme New]\n",
    }
    loaded = [load_document(path, text.encode()) for path, text in files.items()]
    made = migrate_pack(assemble(Path("/nowhere"), loaded, Listing(tuple(files), {})), today=TODAY)
    moved, mapping = made.changes
    assert moved.moved_to == "detections/deprecated/acme_old.yml"
    assert yaml.safe_load(moved.after or "")["deprecation_info"] == {
        "reason": "Nobody needs it.",
        "removed_in_version": "2.0.0",
        "replacement_content": ["Acme New"],
    }
    assert (mapping.path, mapping.after) == ("removed/deprecation_mapping.YML", None)


def test_a_file_does_not_move_to_where_another_is() -> None:
    old = next(case for case in CASES if case["name"].startswith("deprecated without"))
    folder, _, name = old["path"].rpartition("/")
    other = f"{folder}_other/{name}"
    mapping = "detections:\n" + "".join(
        f"- content: {title}\n  reason: Nobody needs it.\n  removed_in_version: 2.0.0\n"
        for title in ("Acme Old", "Acme Older")
    )
    files = {
        old["path"]: old["before"],
        other: old["before"].replace("Acme Old", "Acme Older"),
        "removed/deprecation_mapping.YML": mapping,
    }
    loaded = [load_document(path, text.encode()) for path, text in files.items()]
    made = migrate_pack(assemble(Path("/nowhere"), loaded, Listing(tuple(files), {})), today=TODAY)
    assert [change.moved_to for change in made.changes] == [f"detections/deprecated/{name}"]
    (refused, _) = made.kept
    assert refused.path == other
    assert refused.reason.endswith("which is there: rename one of them first")


DEPLOYMENT = """\
name: ACME Default Configuration TTP
id: 5b1f6f1c-6a0e-4a3e-9f43-0d9f4e3f2afe
date: '2020-01-01'
author: Ada
description: All TTPs.
type: TTP
scheduling: {cron_schedule: 0 * * * *, earliest_time: -70m@m, latest_time: -10m@m, schedule_window: auto}
alert_action:
  notable: {rule_title: "ACME %name%", rule_description: "%description%", nes_fields: [user, dest]}
  rba: {enabled: true}
"""


@pytest.mark.parametrize("style", [ConfStyle.V4, ConfStyle.V5])
@pytest.mark.parametrize("deployed", [True, False])
def test_a_native_finding_keeps_its_risk_in_the_older_styles(style: ConfStyle, *, deployed: bool) -> None:
    case = CASES[0]

    def settings(text: str) -> dict[str, str]:
        files = {case["path"]: text} | ({"deployments/ttp.yml": DEPLOYMENT} if deployed else {})
        loaded = [load_document(path, content.encode()) for path, content in files.items()]
        config = Config(app=AppConfig(id="acme", prefix="ACME", author_name="Acme Team"), conf_style=style)
        pack = replace(assemble(Path("/nowhere"), loaded, Listing(tuple(files), {}), config=config), config=config)
        tree = render_app(pack, RenderInputs(data={}, static={}), attack=builtin_attack())
        return dict(parse_conf(tree.text("default/savedsearches.conf"), "").values()["ACME - Acme TTP - Rule"])

    old, new = settings(case["before"]), settings(case["after"])
    free = {"action.correlationsearch.annotations", "action.escu.mappings"}
    different = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)} - free
    title = {"action.notable.param.rule_title"}
    entity = {"action.notable.param._entities"} if style is ConfStyle.V5 else set()
    assert different == (set() if deployed else title | entity)
    if not deployed:
        assert new["action.notable.param.rule_title"] == "$user$ did it on $dest$"


@given(st.text(alphabet="ab: -#'\"\n|>{}[]&*!,\t", max_size=80))
def test_splitting_keeps_every_character_or_refuses(text: str) -> None:
    try:
        preamble, entries = split(text)
    except UnmovableText:
        return
    assert preamble + "".join(entry.text for entry in entries) == text


def test_nothing_is_written_when_one_file_changed_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a")
    (tmp_path / "b.yml").write_text("other")
    changes = [FileChange("a.yml", b"a", b"A"), FileChange("b.yml", b"b", b"B"), FileChange("c.yml", None, b"C")]
    with pytest.raises(Exception, match=r"b\.yml: changed"):
        write_together(tmp_path, changes)
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a.yml": "a", "b.yml": "other"}


def test_what_was_written_is_taken_back_when_a_later_file_fails(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a")
    (tmp_path / "sub").write_text("a file where a folder must be")
    changes = [FileChange("a.yml", b"a", None), FileChange("new.yml", None, b"N"), FileChange("sub/c.yml", None, b"C")]
    with pytest.raises(Exception, match="sub"):
        write_together(tmp_path, changes)
    assert {p.name for p in tmp_path.iterdir()} == {"a.yml", "sub"}
    assert (tmp_path / "a.yml").read_text() == "a"


def test_a_file_that_cannot_be_read_stays_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "macros").mkdir()
    (tmp_path / "macros" / "a.yml").write_text("name: [a\n", encoding="utf-8")
    (tmp_path / "contentpack.yml").write_text("app: {id: acme}\n", encoding="utf-8")
    assert run(cli, ["migrate", "--repo", str(tmp_path)], "contentpack") == 1
    err = capsys.readouterr().err
    assert "macros/a.yml: stays: it cannot be read" in err
    assert "1 file stays as it is" in err
    assert run(cli, ["coverage", "--repo", str(tmp_path)], "contentpack") == 0
    assert "warning: 1 file of the pack cannot be read, so what is in there is not counted" in capsys.readouterr().err


def test_the_command_prints_a_diff_and_writes_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES[1]
    file = tmp_path / case["path"]
    file.parent.mkdir(parents=True)
    file.write_text(case["before"], encoding="utf-8")
    (tmp_path / "contentctl.yml").write_text("app: {appid: acme, title: Acme, label: ACME}\n", encoding="utf-8")
    assert run(cli, ["migrate", "--repo", str(tmp_path)], "contentpack") == 0
    told = capsys.readouterr()
    assert "+creation_date: 2026-01-05" in told.out
    assert file.read_text(encoding="utf-8") == case["before"]
    assert run(cli, ["migrate", "--repo", str(tmp_path), "--write"], "contentpack") == 0
    assert file.read_text(encoding="utf-8") == case["after"]
    assert yaml.safe_load((tmp_path / "contentpack.yml").read_text())["app"]["prefix"] == "ACME"
    assert run(cli, ["migrate", "--repo", str(tmp_path)], "contentpack") == 0
    assert "1 file native already" in capsys.readouterr().err


# -- the shared corpus -----------------------------------------------------------------------------------------------

#: (file, key) -> stanzas in which the app of the migrated pack differs. Why:
#: `_risk`: the same entries, threats behind risk objects, and native names of threat types;
#: fields_list, match_type: blanks behind commas; annotations: `CVE` is read under its native name;
#: rule_title (v3 pack without deployments): the finding's title, where the default one is the name.
DIFFERENT = {
    "security_content": {
        ("savedsearches.conf", "action.risk.param._risk"): 82,
        ("transforms.conf", "fields_list"): 5,
        ("transforms.conf", "match_type"): 4,
        ("savedsearches.conf", "action.correlationsearch.annotations"): 1,
    },
    "docs_pages/pack": {
        ("savedsearches.conf", "action.notable.param.rule_title"): 19,
        ("savedsearches.conf", "action.risk.param._risk"): 1,
    },
    "v5/pack": {},
}


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("name", DIFFERENT)
def test_a_migrated_pack_builds_to_the_same_app(corpus: Path, tmp_path: Path, name: str) -> None:
    import shutil

    copy = tmp_path / "pack"
    shutil.copytree(corpus / name, copy, ignore=shutil.ignore_patterns("app_template"))
    old = load_pack(copy)
    before = render_app(old, read_inputs(copy, old), attack=builtin_attack())
    made = migrate_pack(old, today=TODAY)
    for change in made.changes:
        if change.before is not None and change.after is not None:
            lost = Counter(comment_texts(change.path, change.before)) - Counter(
                comment_texts(change.path, change.after)
            )
            new = "\n".join(comment_texts(change.path, change.after))
            assert not [text for text in lost if text not in new], change.path
    run(cli, ["migrate", "--repo", str(copy), "--write", "--quiet"], "contentpack")
    new = load_pack(copy)
    after = render_app(new, read_inputs(copy, new), attack=builtin_attack())
    different: Counter[tuple[str, str]] = Counter()
    for path in sorted(before.files):
        if not path.endswith(".conf"):
            continue
        wanted = parse_conf(before.text(path), path).values()
        found = parse_conf(after.text(path), path).values()
        for stanza, values in wanted.items():
            for key, value in values.items():
                if key != "build" and found.get(stanza, {}).get(key) != value:
                    different[path.removeprefix("default/"), key] += 1
    assert dict(different) == DIFFERENT[name]


def test_another_risk_is_no_difference_that_migrating_makes() -> None:
    def made(message: str, score: int = 50, *, title: str | None = None) -> Detection:
        document = Document("detections/a.yml", "", {}, Kind.DETECTION, Dialect.V5)
        entity = RiskObject(field="user", type="user", score=score)
        finding = None if title is None else Finding(title=title, entity=entity)
        objects = (entity,) if finding is None else ()
        return Detection(
            document=document, name="A", type="TTP", risk=Risk(objects=objects, message=message), finding=finding
        )

    old = made("Seen by $user$")
    assert migrating._same_risk(old, made("Seen by $user$"))
    assert migrating._same_risk(old, made("", title="Seen by $user$"))
    assert not migrating._same_risk(old, made("Other than $user$"))
    assert not migrating._same_risk(old, made("", title="Other than $user$"))
    assert not migrating._same_risk(old, made("Seen by $user$", 60))
    assert migrating._same_risk(made("Seen"), made("Seen ($user$)"))
