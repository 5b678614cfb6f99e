"""Listing and assembling a repository, its configuration, and what happens when the disk does not play along."""

from __future__ import annotations

import os
import pickle
import sys
from typing import TYPE_CHECKING, Any

import pytest

from generator.base.diagnostics import RepositoryError
from generator.content.config import config_of, load_config
from generator.content.load import list_files, load_document, load_pack
from generator.content.model import ConfStyle, Dialect
from generator.content.positions import locate, problem_span

if TYPE_CHECKING:
    from pathlib import Path

V5 = b"name: %s\ntype: TTP\nstatus: production\nsearch: index=a\ntags: {asset_type: Endpoint}\nrba: {message: m}\n"
V4 = b"name: %s\ntype: TTP\nstatus: production\nsearch: index=a\ntags: {observable: []}\n"


def write(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def test_files_are_listed_in_path_order_and_kinds_apart(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "detections/web/b.yml": b"",
            "detections/a.yml": b"",
            "detections/.hidden.yml": b"",
            "detections/.git/x.yml": b"",
            "lookups/t.csv": b"a\n",
            "app_template/default/x.yml": b"",
            "dist/detections/x.yml": b"",
            ".venv/detections/x.yml": b"",
            "external_repos/x.yml": b"",
            "attack_data/x.log": b"12345",
            "contentctl.yml": b"",
        },
    )
    listing = list_files(tmp_path)
    assert listing.documents == ("detections/a.yml", "detections/web/b.yml")
    assert list(listing.files) == ["app_template/default/x.yml", "attack_data/x.log", "contentctl.yml", "lookups/t.csv"]
    assert listing.files["attack_data/x.log"].size == 5
    assert listing.problems == ()


def test_other_suffixes_are_found_and_the_content_is_read_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, {"macros/a.yaml": b"name: a\ndefinition: b\n", "macros/b.YML": b"name: b\ndefinition: b\n"})
    pack = load_pack(tmp_path)
    assert [macro.name for macro in pack.macros] == ["a", "b"]
    found = [(p.kind, p.path) for p in pack.problems if p.kind.startswith("file")]
    assert found == [("file-suffix", "macros/a.yaml"), ("file-suffix", "macros/b.YML")]


def test_deprecation_mapping_may_have_a_capital_suffix(tmp_path: Path) -> None:
    write(tmp_path, {"removed/deprecation_mapping.YML": b"stories: []\n"})
    assert load_pack(tmp_path).problems == ()


def test_stray_file_in_a_content_folder_is_found(tmp_path: Path) -> None:
    write(tmp_path, {"detections/a.yml.bak": b"", "lookups/a.csv": b"a\n", "dashboards/b.json": b"{}"})
    assert [(p.kind, p.path) for p in load_pack(tmp_path).problems] == [("stray-file", "detections/a.yml.bak")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_named_pipe_is_a_problem_and_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "macros").mkdir()
    os.mkfifo(tmp_path / "macros" / "pipe.yml")
    pack = load_pack(tmp_path)
    assert [(problem.kind, problem.path) for problem in pack.problems] == [("file-unreadable", "macros/pipe.yml")]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_links_are_never_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.yml": b"name: s\ndefinition: d\n"})
    root = write(tmp_path / "pack", {"macros/a.yml": b"name: a\ndefinition: d\ndescription: x\n"})
    (root / "macros" / "link.yml").symlink_to(outside / "secret.yml")
    (root / "lookups").symlink_to(outside)
    pack = load_pack(root)
    assert [macro.name for macro in pack.macros] == ["a"]
    assert [(p.kind, p.path) for p in pack.problems] == [
        ("file-unreadable", "lookups"),
        ("file-unreadable", "macros/link.yml"),
    ]
    assert "lookups/secret.yml" not in pack.files


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, {"macros/a.yml": b"name: a\n"})
    (tmp_path / "macros" / "a.yml").chmod(0)
    assert [p.kind for p in load_pack(tmp_path).problems] == ["file-unreadable"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_name_that_is_not_utf_8_is_a_problem_that_can_be_printed(tmp_path: Path) -> None:
    write(tmp_path, {"macros/a.yml": b"name: a\ndefinition: d\ndescription: x\n"})
    os.close(os.open(os.fsencode(tmp_path) + b"/macros/\xff.yml", os.O_CREAT | os.O_WRONLY))
    pack = load_pack(tmp_path)
    assert [(p.kind, p.path) for p in pack.problems] == [("file-unreadable", "macros/?.yml")]
    assert [macro.name for macro in pack.macros] == ["a"]


def test_folders_nested_without_end_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "/".join(["macros", *["d"] * 300])).mkdir(parents=True)
    assert [p.kind for p in load_pack(tmp_path).problems] == ["file-unreadable"]


def test_v5_deployment_in_a_native_pack_stays_one(tmp_path: Path) -> None:
    deployment = b"name: d\ntype: TTP\nscheduling: {cron_schedule: 0 * * * *}\n"
    write(
        tmp_path,
        {"deployments/d.yml": deployment, "macros/m.yml": b"name: m\ncreation_date: 2024-01-01\ndefinition: x\n"},
    )
    pack = load_pack(tmp_path)
    assert pack.deployments[0].scheduling is not None
    assert pack.deployments[0].scheduling.cron_schedule == "0 * * * *"


def test_file_that_vanishes_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"macros/a.yml": b"name: a\n"})
    listing = list_files(tmp_path)
    (tmp_path / "macros" / "a.yml").unlink()
    monkeypatch.setattr("generator.content.load.list_files", lambda _root: listing)
    found = load_pack(tmp_path).problems
    assert [(p.kind, p.path) for p in found] == [("file-unreadable", "macros/a.yml")]
    assert found[0].hint


def test_root_that_is_none_raises(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="nowhere"):
        load_pack(tmp_path / "nowhere")


def test_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, {"macros/a.yml": b"name: 'a\n", "macros/b.yml": b"name: b\ndescription: x\ndefinition: c\n"})
    pack = load_pack(tmp_path)
    assert [macro.name for macro in pack.macros] == ["b"]
    assert [p.kind for p in pack.problems] == ["yaml-syntax"]


def test_files_without_a_dialect_of_their_own_follow_the_detections(tmp_path: Path) -> None:
    macro = b"name: m\ndescription: x\ndefinition: c\nextra: 1\n"
    write(tmp_path / "four", {"macros/m.yml": macro, "detections/web/a.yml": V4 % b"A"})
    write(tmp_path / "five", {"macros/m.yml": macro, "detections/web/a.yml": V5 % b"A"})
    four, five = load_pack(tmp_path / "four"), load_pack(tmp_path / "five")
    assert four.macros[0].document.dialect is Dialect.V4
    assert five.macros[0].document.dialect is Dialect.V5
    assert "unknown-field" not in {p.kind for p in four.problems if p.path == "macros/m.yml"}
    assert "unknown-field" in {p.kind for p in five.problems if p.path == "macros/m.yml"}


@pytest.mark.parametrize(("text", "style"), [(V4, ConfStyle.V4), (V5, ConfStyle.V5)])
def test_contentctl_yml_leaves_the_conf_style_to_the_detections(tmp_path: Path, text: bytes, style: ConfStyle) -> None:
    write(tmp_path, {"contentctl.yml": b"app: {appid: x}\n", "detections/web/a.yml": text % b"A"})
    assert load_pack(tmp_path).config.conf_style is style


def test_first_configuration_file_wins(tmp_path: Path) -> None:
    write(tmp_path, {"contentctl.yml": b"app: {appid: ctl}\n"})
    assert load_config(tmp_path)[0].app.id == "ctl"
    write(tmp_path, {"build.yml": b"id: bld\nlabel: L\ncontent_prefix: P\napp_version: 2.0.0\n"})
    config = load_config(tmp_path)[0]
    assert (config.app.id, config.app.title, config.app.prefix, config.app.version) == ("bld", "L", "P", "2.0.0")
    assert config.conf_style is ConfStyle.V6
    write(tmp_path, {"contentpack.yml": b"app: {id: own}\nconf_style: v5\n"})
    config = load_config(tmp_path)[0]
    assert (config.app.id, config.conf_style) == ("own", ConfStyle.V5)


# text of contentpack.yml, and (kind, line) of each problem.
CONFIGS: list[tuple[str, list[tuple[str, int]]]] = [
    ("app:\n  id: x\n", []),
    ("app:\n  id: a b\n", [("invalid-app-id", 2)]),
    ("app:\n  id: x\n  version: 1.0\n", [("invalid-setting", 3)]),
    ("app:\n  id: x\n  version: '1.0'\n", [("invalid-app-version", 3)]),
    ("app:\n  title: x\n", [("missing-setting", 1)]),
    ("conf_style: v6\n", [("missing-setting", 1)]),
    ("app: {id: x}\nlable: y\n", [("unknown-setting", 2)]),
    ("app: {id: x}\nrules:\n- ignor: [X]\n", [("unknown-setting", 3)]),
    ("app: {id: x}\nconf_style: v7\n", [("invalid-setting", 2)]),
    ("app: {id: x}\nrules:\n- severity: {SPL001: fatal}\n", [("invalid-setting", 3)]),
    ("app: 'x\n", [("yaml-syntax", 1)]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), CONFIGS)
def test_configuration_problems_have_their_place(text: str, expected: list[tuple[str, int]]) -> None:
    _, problems = config_of("contentpack.yml", text.encode())
    assert [(problem.kind, problem_span(problem).line) for problem in problems] == expected


def test_keys_of_the_peers_configuration_are_accepted() -> None:
    text = b"path: .\napp: {appid: x, uid: null}\nenrichments: false\ncontainer_settings: {num_containers: 1}\n"
    assert config_of("contentctl.yml", text)[1] == ()


def test_everything_of_contentpack_yml_is_read() -> None:
    text = (
        b"app: {id: x, label: L, prefix: P, author_email: a@b.c, uid: 7}\n"
        b"external_apps: [{app_name: A, macros: [m], lookups: [l]}]\n"
        b"rules: [{paths: [a/**], select: [SPL], ignore: [SPL001], severity: {SPL002: info}}]\n"
        b"docs: {site_url: https://a.b}\nbuild_api: true\nbackends: {splunk: {url: 'https://x'}}\n"
    )
    config, problems = config_of("contentpack.yml", text)
    assert problems == ()
    assert (config.app.label, config.app.uid, config.external_apps[0].macros) == ("L", 7, ("m",))
    assert config.rules[0].severity == {"SPL002": "info"}
    assert config.docs.site_url == "https://a.b"
    assert config.build_api
    assert config.backends["splunk"]["url"] == "https://x"


def test_severity_off_may_be_written_without_quotes() -> None:
    raw = b"app: {id: x}\nrules: {severity: {SPL001: off, SPL002: 'off', SPL003: no, SPL004: 5}}\n"
    config, problems = config_of("contentpack.yml", raw)
    assert config.rules[0].severity == {"SPL001": "off", "SPL002": "off", "SPL003": "off"}
    assert [problem.pointer for problem in problems] == [("rules", "severity", "SPL004")]


def test_loaded_document_survives_pickling() -> None:
    loaded = load_document("macros/a.yml", b"name: a\nextra: 1\n")
    again = pickle.loads(pickle.dumps(loaded))  # noqa: S301 - our own bytes
    assert again.document is not None
    assert [p.message for p in again.problems] == [p.message for p in loaded.problems]
    assert locate(again.document, ("name",)).line == 1


@pytest.mark.corpus
def test_counts_of_the_corpus(corpus: Path) -> None:
    pack = load_pack(corpus / "security_content")
    counts: dict[str, Any] = {name: len(getattr(pack, name)) for name in ("detections", "macros", "lookups", "stories")}
    assert counts == {"detections": 1374, "macros": 189, "lookups": 79, "stories": 261}
    assert {d.document.dialect for d in pack.detections} == {Dialect.V4}
    paths = [d.path for d in pack.detections]
    assert paths == sorted(paths)
