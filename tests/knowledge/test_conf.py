from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.base.diagnostics import RepositoryError
from generator.knowledge import conf

CASES = yaml.safe_load((Path(__file__).parent / "conf_cases.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_conf_text_is_read_as_splunk_reads_it(case: dict[str, Any]) -> None:
    found = conf.parse_conf(case["text"], "default/x.conf")
    assert found.values() == case["stanzas"]
    assert [[issue.kind.value, issue.line] for issue in found.issues] == case.get("issues", [])


def test_lines_stanzas_and_comments_are_kept_for_findings() -> None:
    found = conf.parse_conf("# top\n[a]\nk = 1\\\n2\n# mid\nl = 3\n[b]\n", "default/x.conf")
    assert [(stanza.name, stanza.line) for stanza in found.stanzas] == [("a", 2), ("b", 7)]
    assert found.stanzas[0].settings == (
        conf.Setting("k", "1\n2", 3, "default/x.conf"),
        conf.Setting("l", "3", 6, "default/x.conf"),
    )
    assert found.comments == (conf.Comment("# top", 1), conf.Comment("# mid", 5))


def test_issue_of_a_repeated_key_names_stanza_key_and_first_line() -> None:
    (issue,) = conf.parse_conf("[s]\na = 1\nb = 2\na = 3\n", "x").issues
    assert (issue.stanza, issue.key) == ("s", "a")
    assert "line 2" in issue.message


CONF_TEXT = st.text(st.one_of(st.sampled_from("\\\n\r \t[]#=ab\0\ufeff"), st.characters()))


@given(CONF_TEXT)
def test_no_text_breaks_the_reader(text: str) -> None:
    found = conf.parse_conf(text, "x")
    lines = text.count("\n") + 1
    assert all(1 <= issue.line <= lines for issue in found.issues)
    assert all(1 <= setting.line <= lines for stanza in found.stanzas for setting in stanza.settings)


def accepted(function: Any, text: str) -> bool:
    try:
        function(text)
    except conf.ConfValueError:
        return False
    return True


NAMES = CONF_TEXT.filter(lambda text: accepted(conf.check_stanza_name, text))
KEYS = CONF_TEXT.filter(lambda text: accepted(conf.check_key, text))
VALUES = CONF_TEXT.filter(lambda text: accepted(conf.escape_value, text))


@given(st.dictionaries(NAMES, st.dictionaries(KEYS, VALUES, max_size=4), max_size=4), CONF_TEXT)
def test_what_is_written_reads_back_the_same(stanzas: dict[str, dict[str, str]], comment: str) -> None:
    text = conf.write_stanzas(stanzas, comment=comment)
    text.encode("utf-8")
    found = conf.parse_conf(text, "x")
    expected = {name: {key: conf.stored_value(value) for key, value in keys.items()} for name, keys in stanzas.items()}
    assert found.values() == expected
    assert found.issues == ()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("two\nlines", "two\\\nlines"),
        ("a\r\nb\rc", "a\\\nb\\\nc"),
        ("C:\\dir\\\n[x]\nsearch = evil", "C:\\dir\\\\\n[x]\\\nsearch = evil"),
        (" \n\n", "\\\n\\\n"),
        ("  around  ", "around"),
        ("C:\\Windows\\", "C:\\Windows\\ \\\n"),
    ],
)
def test_line_breaks_become_continuations(text: str, written: str) -> None:
    if not text.strip():
        assert conf.escape_value(text) == ""
    else:
        assert conf.escape_value(text) == written


@pytest.mark.parametrize("value", ["nul\0", "half \ud800"])
def test_a_value_without_a_safe_form_is_refused_with_its_place(value: str) -> None:
    with pytest.raises(conf.ConfValueError, match=r"`search` in stanza `My rule`") as caught:
        conf.write_stanzas({"My rule": {"search": value}})
    assert (caught.value.stanza, caught.value.key) == ("My rule", "search")


def test_a_value_that_ends_in_a_backslash_does_not_swallow_the_next_setting() -> None:
    text = conf.write_stanzas({"s": {"path": "C:\\Windows\\", "search": "x"}, "t": {"a": "\\"}})
    assert text == "[s]\npath = C:\\Windows\\ \\\n\nsearch = x\n\n[t]\na = \\ \\\n\n"
    found = conf.parse_conf(text, "x")
    assert found.values() == {"s": {"path": "C:\\Windows\\", "search": "x"}, "t": {"a": "\\"}}
    assert found.issues == ()


@pytest.mark.parametrize("name", ["a]b", "a\nb", "a\rb", "a\0"])
def test_a_stanza_name_that_could_open_another_is_refused(name: str) -> None:
    with pytest.raises(conf.ConfValueError):
        conf.write_stanzas({name: {}})


@pytest.mark.parametrize("key", ["", "a=b", "a\nb", "[a", "#a", " a", "a ", "a\\"])
def test_a_key_that_could_be_something_else_is_refused(key: str) -> None:
    with pytest.raises(conf.ConfValueError):
        conf.write_stanzas({"s": {key: "1"}})


def test_a_stanza_given_twice_is_refused() -> None:
    with pytest.raises(conf.ConfValueError, match="twice"):
        conf.write_stanzas([("s", {"a": "1"}), ("s", {"b": "2"})])


def test_written_form() -> None:
    text = conf.write_stanzas({"a": {"k": "1", "e": ""}, "b": {}}, comment="made by\\\nhand")
    assert text == "# made by\\.\n# hand\n\n[a]\nk = 1\ne =\n\n[b]\n"


def app(folder: Path, **files: str) -> Path:
    for path, text in files.items():
        layer, name = path.split("_")
        (folder / layer).mkdir(parents=True, exist_ok=True)
        (folder / layer / f"{name}.conf").write_text(text, encoding="utf-8", newline="")
    return folder


def test_local_lies_over_default_and_each_setting_knows_its_file(tmp_path: Path) -> None:
    folder = app(tmp_path / "demo", default_props="[s]\na = 1\nb = 1\n", local_props="[s]\nb = 2\n[t]\nc = 3\n")
    merged = conf.merge_layers(*conf.app_conf_files(folder, "props"))
    assert {name: {key: (s.value, s.path, s.line) for key, s in keys.items()} for name, keys in merged.items()} == {
        "s": {"a": ("1", "demo/default/props.conf", 2), "b": ("2", "demo/local/props.conf", 2)},
        "t": {"c": ("3", "demo/local/props.conf", 4)},
    }


def test_any_local_lies_over_any_default_and_the_first_name_wins(tmp_path: Path) -> None:
    first = app(tmp_path / "A_app", default_props="[s]\nx = A default\ny = A default\n")
    second = app(tmp_path / "B_app", default_props="[s]\nx = B default\n", local_props="[s]\ny = B local\n")
    merged = conf.merge_apps([first, second], "props")
    assert {key: setting.value for key, setting in merged["s"].items()} == {"x": "A default", "y": "B local"}


def test_an_app_without_the_file_gives_nothing(tmp_path: Path) -> None:
    assert conf.app_conf_files(tmp_path, "props") == []


def test_a_conf_name_never_leaves_the_app(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name of a conf file"):
        conf.app_conf_files(tmp_path, "../../etc/x")


def test_bytes_that_are_not_utf8_are_an_issue_with_a_line(tmp_path: Path) -> None:
    file = tmp_path / "x.conf"
    file.write_bytes(b"[s]\na = caf\xe9\n")
    found = conf.read_conf(file)
    assert [(issue.kind, issue.line) for issue in found.issues] == [(conf.IssueKind.ENCODING, 2)]
    assert found.values() == {"s": {"a": "caf\ufffd"}}


def test_an_unreadable_file_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match=r"gone\.conf"):
        conf.read_conf(tmp_path / "gone.conf")


def test_a_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conf, "MAX_CONF_BYTES", 10)
    file = tmp_path / "x.conf"
    file.write_text("[s]\nkey = value\n")
    with pytest.raises(RepositoryError, match="larger"):
        conf.read_conf(file)


@pytest.mark.corpus
@pytest.mark.parametrize("golden", ["golden_v4/app/default", "v5/golden/default", "ng/golden/default"])
def test_real_conf_files_survive_reading_and_writing(corpus: Path, golden: str) -> None:
    files = sorted((corpus / golden).glob("*.conf"))
    assert files
    for file in files:
        found = conf.read_conf(file)
        assert found.issues == (), file.name
        assert conf.parse_conf(conf.write_stanzas(found.values()), file.name).values() == found.values()


# Truth: props.conf.spec and tags.conf.spec ("true" and "1", "enabled"); splunkd reads the short forms alike.
@pytest.mark.parametrize(
    ("value", "meant"),
    [
        *((value, "true") for value in ("1", " True ", "t", "yes", "Y", "enabled")),
        *((value, "false") for value in ("0", "false", "no", "", "disabled", "2", "on it")),
    ],
)
def test_boolean_settings(value: str, meant: str) -> None:
    assert conf.is_true(value) is (meant == "true")
