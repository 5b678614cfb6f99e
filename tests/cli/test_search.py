"""`contentpack search` as a user meets it: formats, data, apps, the pack, errors with their place, exit codes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from generator.cli.main import cli, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Search = Callable[..., tuple[int, str, str]]

SYSMON = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID><TimeCreated SystemTime='2026-03-01T10:00:0{n}.000000000Z'/>"
    "<Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws01.example.com</Computer></System><EventData>"
    "<Data Name='Image'>C:\\Windows\\System32\\{image}</Data><Data Name='CommandLine'>{image}</Data>"
    "<Data Name='User'>EXAMPLE\\ann</Data></EventData></Event>\n"
)
SOURCE = "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"


@pytest.fixture
def search(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Search:
    monkeypatch.chdir(tmp_path)

    def call(*args: str) -> tuple[int, str, str]:
        code = run(cli, ["search", *args], "contentpack")
        out, err = capfd.readouterr()
        return code, out, err

    return call


@pytest.fixture
def sysmon(tmp_path: Path) -> Path:
    file = tmp_path / "sysmon.log"
    programs = ["cmd.exe", "pcalua.exe", "cmd.exe"]
    file.write_text("".join(SYSMON.format(n=n, image=image) for n, image in enumerate(programs)), encoding="utf-8")
    return file


def test_a_data_model_is_searched_over_a_file(search: Search, sysmon: Path) -> None:
    assert search(
        "--data",
        f"{sysmon}::sourcetype=xmlwineventlog,source={SOURCE}",
        "| tstats count from datamodel=Endpoint.Processes by Processes.process_name",
    ) == (0, "Processes.process_name  count\ncmd.exe                 2\npcalua.exe              1\n", "")


def test_json_has_fields_rows_and_messages_with_absent_fields_left_out(search: Search) -> None:
    spl = '| makeresults count=1 | eval a="x", m=split("p,q", ","), n=null() | table a m n'
    code, out, err = search("--format", "json", spl)
    assert (code, err) == (0, "")
    assert json.loads(out) == {"fields": ["a", "m", "n"], "rows": [{"a": "x", "m": ["p", "q"]}], "messages": []}


def test_json_says_what_the_user_should_know(search: Search) -> None:
    code, out, _ = search(
        "--format", "json", "| makeresults | eval a=1 | head 1 | join a [| makeresults count=60000 | eval a=1]"
    )
    assert code == 0
    messages = json.loads(out)["messages"]
    assert [one["type"] for one in messages] == ["WARN"]
    assert "truncating" in messages[0]["text"]


def test_json_lines_and_csv_have_a_row_a_line(search: Search) -> None:
    spl = '| makeresults count=3 | streamstats count as n | eval m=mvappend(n, "b,c") | table n m'
    code, out, _ = search("--format", "jsonl", spl)
    assert code == 0
    assert [json.loads(line) for line in out.splitlines()] == [{"n": str(n), "m": [str(n), "b,c"]} for n in (1, 2, 3)]
    code, out, _ = search("--format", "csv", spl)
    assert code == 0
    assert list(csv.reader(io.StringIO(out))) == [["n", "m"], *([str(n), f"{n}\nb,c"] for n in (1, 2, 3))]


def test_limit_cuts_the_rows_but_not_the_search(search: Search) -> None:
    code, out, _ = search(
        "--format",
        "jsonl",
        "--limit",
        "2",
        "| makeresults count=9 | streamstats count as n | eventstats count as all | table n all",
    )
    assert code == 0
    assert [json.loads(line) for line in out.splitlines()] == [{"n": "1", "all": "9"}, {"n": "2", "all": "9"}]


def test_each_data_has_its_own_metadata_and_shares_the_rest(search: Search, tmp_path: Path) -> None:
    for name in ("one.log", "two.log"):
        (tmp_path / name).write_text("2026-03-01T10:00:00Z hello\n", encoding="utf-8")
    code, out, _ = search(
        "--data", "one.log::sourcetype=st1,source=a::b,c,host=h1", "--data", "two.log", "--sourcetype", "st2", "--index", "i",
        "--format", "jsonl", "hello index=i | table sourcetype source host | sort sourcetype",
    )  # fmt: skip
    assert code == 0
    assert [json.loads(line) for line in out.splitlines()] == [
        {"sourcetype": "st1", "source": "a::b,c", "host": "h1"},
        {"sourcetype": "st2", "source": "two.log", "host": "localhost"},
    ]


def test_data_may_be_packed_and_may_come_from_standard_input(
    search: Search, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "events.log.gz").write_bytes(gzip.compress(b"2026-03-01T10:00:00Z packed\n"))
    stdin = io.TextIOWrapper(io.BytesIO(b"2026-03-01T10:00:01Z piped\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    code, out, _ = search(
        "--data", "events.log.gz", "--data", "-", "--sourcetype", "lines", "--format", "jsonl", "* | table _raw"
    )
    assert code == 0
    assert [json.loads(line)["_raw"] for line in out.splitlines()] == [
        "2026-03-01T10:00:01Z piped",
        "2026-03-01T10:00:00Z packed",
    ]


def test_a_window_is_chosen_by_earliest_and_latest(search: Search, sysmon: Path) -> None:
    code, out, _ = search(
        "--data",
        str(sysmon),
        "--earliest",
        "1772359201",
        "--latest",
        "1772359202",
        "--format",
        "jsonl",
        "* | stats count",
    )
    assert (code, json.loads(out)) == (0, {"count": "1"})


def test_events_are_shown_with_their_time(search: Search, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("2026-03-01T10:00:00Z a \x1b[31m line\n", encoding="utf-8")
    assert search("--data", "a.log", "--sourcetype", "lines", "line") == (
        0,
        "2026-03-01 10:00:00  2026-03-01T10:00:00Z a \\x1b[31m line\n",
        "",
    )


# --- apps and the pack -----------------------------------------------------------------------------------------------


def test_apps_bring_macros_and_extractions(search: Search, tmp_path: Path) -> None:
    default = tmp_path / "Splunk_TA_made_up" / "default"
    default.mkdir(parents=True)
    (default / "props.conf").write_text("[made:up]\nEXTRACT-who = who=<(?<who>[^>]+)>\n", encoding="utf-8")
    (default / "macros.conf").write_text("[made_up]\ndefinition = sourcetype=made:up\n", encoding="utf-8")
    (tmp_path / "a.log").write_text("2026-03-01T10:00:00Z who=<ann lee>\n", encoding="utf-8")
    code, out, _ = search(
        "--app",
        "Splunk_TA_made_up",
        "--data",
        "a.log::sourcetype=made:up",
        "--format",
        "jsonl",
        "`made_up` | table who",
    )
    assert (code, json.loads(out)) == (0, {"who": "ann lee"})


def test_the_pack_is_installed_as_the_app_that_it_becomes(search: Search, root: Path) -> None:
    data = root / "attack_data" / "windows_system_recovery_tampering_by_command_line" / "attack.log"
    spl = '| savedsearch "CPD - Windows System Recovery Tampering by Command Line - Rule" | stats count'
    code, out, err = search(
        "--repo", str(root), "--data", f"{data}::sourcetype=XmlWinEventLog,source={SOURCE}", "--format", "jsonl", spl
    )
    assert (code, json.loads(out), err) == (0, {"count": "8"}, "")


def test_a_folder_without_a_pack_is_searched_without_one_unless_it_was_named(search: Search, tmp_path: Path) -> None:
    assert search("| makeresults | stats count")[0] == 0
    code, out, err = search("--repo", str(tmp_path), "| makeresults")
    assert (code, out) == (2, "")
    assert "holds no content pack" in err


# --- explaining ------------------------------------------------------------------------------------------------------


def test_explain_names_the_clause_and_the_nearest_events(search: Search, sysmon: Path) -> None:
    code, out, err = search("--data", str(sysmon), "--explain", 'EventCode=1 | where process_name="CMD.exe"')
    assert (code, err) == (0, "")
    head, _, told = out.partition("\n\n")
    assert head == "no results found"
    assert "  1         3          3" in told
    assert (
        "search:1:21: nothing was found: none of the 3 rows that `where` looked at fits this clause (stage 2)\n"
        '    1 | EventCode=1 | where process_name="CMD.exe"\n'
        "      |                     ^^^^^^^^^^^^^^^^^^^^^^\n"
    ) in told
    assert "  2 rows, the first at 2026-03-01T10:00:02.000Z\n      process_name\n" in told
    assert '        wanted  = "CMD.exe"\n        got     cmd.exe\n' in told


def test_explain_marks_the_call_of_a_macro_and_shows_what_it_stands_for(search: Search, tmp_path: Path) -> None:
    default = tmp_path / "app" / "default"
    default.mkdir(parents=True)
    (default / "macros.conf").write_text("[only(1)]\nargs = n\ndefinition = b=$n$\n", encoding="utf-8")
    _, out, _ = search("--app", "app", "--explain", "| makeresults | eval a=1, b=2 | search a=1 `only(3)`")
    assert (
        "search:1:44: nothing was found: the only row that `search` looked at does not fit this clause (stage 3)\n"
        "    1 | | makeresults | eval a=1, b=2 | search a=1 `only(3)`\n"
        "      |                                            ^^^^^^^^^\n"
        "  in the macro `only`, expanded:\n"
        "    1 | | makeresults | eval a=1, b=2 | search a=1 b=3\n"
        "      |                                            ^^^\n"
    ) in out


def test_explain_is_data_in_json_and_goes_to_stderr_beside_other_formats(search: Search) -> None:
    spl = "| makeresults | eval a=1 | where a=2 | table a"
    code, out, _ = search("--explain", "--format", "json", spl)
    assert code == 0
    told = json.loads(out)
    assert told["rows"] == []
    assert [stage["rows_out"] for stage in told["explanation"]["stages"]] == [1, 1, 0, 0]
    dropped = told["explanation"]["dropped"]
    assert (dropped["stage"], dropped["clause"]) == (2, "a=2")
    assert dropped["nearest"][0]["missed"] == [{"clause": "a=2", "field": "a", "wanted": "= 2", "got": "1", "note": ""}]
    code, out, err = search("--explain", "--format", "jsonl", spl)
    assert (code, out) == (0, "")
    assert "nothing was found" in err


def test_explain_of_a_search_that_finds_something_is_its_stages(search: Search) -> None:
    code, out, _ = search("--explain", "| makeresults count=2 | head 1 | eval a=1 | table a")
    assert code == 0
    assert "nothing was found" not in out
    assert out.startswith("a\n1\n\n")


# --- trouble ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spl", "code", "told"),
    [
        (
            "| makeresults | evl a=1",
            1,
            (
                "search:1:17: error: Error in the search: unknown command `evl`; did you mean `eval`?\n"
                "    1 | | makeresults | evl a=1\n"
                "      |                 ^^^\n"
            ),
        ),
        (
            '| makeresults | eval a=1\n| where match(a, "(")',
            1,
            "search:2:9: error: Error in",
        ),
        (
            "foo | `nothing`",
            1,
            (
                "search:1:7: error: Error in 'search' command: The search specifies a macro 'nothing' that cannot be found\n"
                "    1 | foo | `nothing`\n"
                "      |       ^^^^^^^^^\n"
            ),
        ),
        (
            "| makeresults | sendemail to=a@example.com",
            2,
            "search:1:17: error: the command `sendemail` is not supported by the embedded engine\n",
        ),
    ],
    ids=["misspelt", "pattern", "macro", "unsupported"],
)
def test_errors_have_their_place_and_print_no_rows(search: Search, spl: str, code: int, told: str) -> None:
    got, out, err = search("--format", "json", spl)
    assert (got, out) == (code, "")
    assert err.startswith(told)


def test_an_error_in_another_search_shows_that_search(search: Search, tmp_path: Path) -> None:
    default = tmp_path / "app" / "default"
    default.mkdir(parents=True)
    (default / "savedsearches.conf").write_text("[bad]\nsearch = | makeresults | evl a=1\n", encoding="utf-8")
    code, out, err = search("--app", "app", "| savedsearch bad")
    assert (code, out) == (1, "")
    assert "in a search that this one runs:\n    1 | | makeresults | evl a=1\n      |                 ^^^\n" in err


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--data", "nothing.log", "x"], "error: nothing.log: no such file or folder"),
        (["--data", "a.log::sourcetpe=x", "x"], "error: --data a.log::sourcetpe=x: `sourcetpe` is none of sourcetype, source, host, index; did you mean `sourcetype`?"),
        (["--data", "::sourcetype=x", "x"], "error: --data ::sourcetype=x: names no file"),
        (["  "], "error: the search is empty"),
        ([], "error: Missing argument 'SPL'"),
        (["--app", "nothing", "x"], "error: Invalid value for '--app'"),
    ],
)  # fmt: skip
def test_what_is_given_wrongly_is_told_and_exits_2(search: Search, args: list[str], told: str) -> None:
    code, out, err = search(*args)
    assert (code, out) == (2, "")
    assert err.startswith(told)


def test_a_wrong_time_is_an_error_of_the_search(search: Search) -> None:
    code, _, err = search("--earliest", "yesterday", "| makeresults")
    assert code == 1
    assert "Invalid value `yesterday` for a time" in err
