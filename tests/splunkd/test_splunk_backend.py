"""The Splunk backend against a server of our own that speaks Splunk's REST: what it finds, and what it leaves behind.

Truth for the findings: the same tests on the embedded engine, and `expect` of each test in the pack.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from running import PASSWORD, Server, start_server, stop_server

from generator.backends.base import Dispatch, EventData
from generator.backends.embedded import EmbeddedBackend
from generator.backends.splunk import SplunkBackend, SplunkTarget
from generator.backends.splunk.foreign import named_indexes
from generator.backends.splunk.rest import Rest
from generator.backends.splunk.target import Address, read_address
from generator.base.diagnostics import BackendError, ConfigError
from generator.base.files import write_files
from generator.content.load import load_pack
from generator.engine.errors import SearchError
from generator.render import read_inputs, render_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent.parent
NOW = 1_800_000_000.0
PREFIX = "contentpack_"
SYSMON = ("XmlWinEventLog", "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pack = load_pack(ROOT)
    tree = render_app(pack, read_inputs(ROOT, pack))
    folder = tmp_path_factory.mktemp("apps") / tree.app_id
    write_files(folder, tree.files)
    return folder


@pytest.fixture
def target(server: Server) -> SplunkTarget:
    return SplunkTarget(
        read_address(server.rest, 8089),
        read_address(server.collector, 8088),
        username="admin",
        password=PASSWORD,
        verify=False,
    )


def small_app(folder: Path, **confs: str) -> Path:
    (folder / "default").mkdir(parents=True)
    for name, text in confs.items():
        (folder / "default" / f"{name}.conf").write_text(text)
    return folder


def data_of(detection: str, *names: str) -> list[EventData]:
    """Return files of the pack's own attack data, moved to just before `NOW`."""
    found = []
    for name in names:
        one = EventData(ROOT / "attack_data" / detection / name, *SYSMON)
        reader = EmbeddedBackend(NOW)
        reader.install(ROOT / "tests" / "splunkd" / "empty_app")
        found.append(replace(one, shift=NOW - 600 - reader.measure(one).newest))
    return found


def state(server: Server) -> dict[str, object]:
    """Return all that a backend changes on a server, as it is now."""

    def names(path: str) -> list[str]:
        return sorted(server.ask(path, count=0).entries)

    return {
        "indexes": names("data/indexes"),
        "apps": names("apps/local"),
        "roles": names("authorization/roles"),
        "tokens": names("data/inputs/http"),
        "messages": names("messages"),
        "user": server.ask("authentication/users/admin").entries["admin"]["roles"],
    }


def test_a_saved_search_finds_the_same_on_both_backends(app: Path, target: SplunkTarget, server: Server) -> None:
    before = state(server)
    name = "windows_system_recovery_tampering_by_command_line"
    wanted = Dispatch(name="CPD - Windows System Recovery Tampering by Command Line - Rule", earliest="-24h", latest="")
    data = data_of(name, "attack.log")
    with EmbeddedBackend(NOW) as embedded, SplunkBackend(target, NOW) as splunk:
        counts = []
        rows = []
        for backend in (embedded, splunk):
            backend.install(app)
            counts.append(backend.load(data))
            rows.append(backend.search(wanted).rows)
        assert counts[0] == counts[1] > 0
        assert rows[0] == rows[1]
        assert rows[0]
        splunk.clear()
        assert splunk.load(data_of(name, "benign.log")) > 0
        assert splunk.search(wanted).rows == ()
    assert state(server) == before


def test_what_was_made_is_taken_back_after_a_failure_too(app: Path, target: SplunkTarget, server: Server) -> None:
    before = state(server)

    def fail() -> None:
        with SplunkBackend(target, NOW) as splunk:
            splunk.install(app)
            splunk.load([EventData(b"one\ntwo\n", "x", "y", index="of_its_own")])
            raise KeyError("in the middle")

    with pytest.raises(KeyError):
        fail()
    assert state(server) == before


def test_a_wish_for_a_restart_that_was_there_before_stays(app: Path, target: SplunkTarget, server: Server) -> None:
    assert server.post("messages", name="restart_required", value="for another reason").status == 201
    try:
        with SplunkBackend(target, NOW) as splunk:
            splunk.install(app)
        assert server.ask("messages/restart_required").status == 200
    finally:
        server.delete("messages/restart_required")


def test_events_keep_their_metadata_and_go_where_they_are_sent(target: SplunkTarget, tmp_path: Path) -> None:
    app = small_app(
        tmp_path / "plain",
        savedsearches="[all]\nsearch = index=contentpack_* OR index=elsewhere | table index host source sourcetype _raw\n",
    )
    with SplunkBackend(target, NOW) as splunk:
        splunk.install(app)
        events = [
            EventData(b'{"a": 1}\n{"a": 2}\n', "_json", "s1", host="web-1"),
            EventData(b"plain \xc3\xa4\n", "syslog", "s2", index="elsewhere"),
        ]
        assert splunk.load(events) == 3
        rows = splunk.search(Dispatch(name="all", earliest="", latest="")).rows
        ours = [row for row in rows if str(row["index"]).startswith(PREFIX) or row["index"] == "elsewhere"]
        assert sorted((row["host"], row["source"], row["sourcetype"], row["_raw"]) for row in ours) == [
            ("localhost", "s2", "syslog", "plain ä"),
            ("web-1", "s1", "_json", '{"a": 1}'),
            ("web-1", "s1", "_json", '{"a": 2}'),
        ]
        # A search without an index sees both: the role's default indexes are those of the test.
        found = splunk.search(Dispatch(spl="| tstats count by index", earliest="", latest=""))
        counts = {str(row["index"]): row["count"] for row in found.rows}
        assert counts["elsewhere"] == "1"
        assert [count for name, count in counts.items() if name.startswith(PREFIX)] == ["2"]


@pytest.mark.parametrize(
    ("search", "own"),
    [
        ("index=a1 x", ["a1"]),
        ('index="A*" OR index::b', ["a1", "a2", "b"]),
        ('index IN (b, "c") | append [search index = a2]', ["a2", "b", "c"]),
        ("index=*", ["a1", "a2", "b", "c", "risk"]),
        ("index=_*", ["_internal"]),
        ("sourcetype=x my_index=b | eval index2=a1", []),
        ("| tstats count from datamodel=Risk.All_Risk", ["risk"]),
        ('| from datamodel:"Risk"', ["risk"]),
        ("| datamodel Endpoint Processes search", []),
    ],
)
def test_the_indexes_that_a_search_names(search: str, own: list[str]) -> None:
    """Truth: Search Manual, "Retrieve events from indexes"; Enterprise Security's data models."""
    assert list(named_indexes(search, ["_internal", "a1", "a2", "b", "c", "risk"])) == own


def test_a_search_that_would_read_the_server_s_own_events_is_refused(
    target: SplunkTarget, tmp_path: Path, server: Server
) -> None:
    """Truth: events of others in an index are found by any search over it, whoever sent them."""
    theirs = server.index()
    app = small_app(
        tmp_path / "shared",
        savedsearches=f"[named]\nsearch = `theirs` | stats count\n[other]\nsearch = ours=1 | stats count\n"
        f"[timed]\nsearch = index={theirs} earliest=-30d | stats count\n",
        macros=f"[theirs]\ndefinition = index={theirs}\n",
    )
    ours = EventData(b"ours=1\n", "x", "y", index=theirs, shift=-60.0)
    hour = {"earliest": "-1h", "latest": "now"}
    with SplunkBackend(target, NOW) as splunk:
        splunk.install(app)
        splunk.load([ours])
        assert splunk.search(Dispatch(name="named", **hour)).rows[0]["count"] == "1"
        server.hec("/event", json.dumps({"event": "theirs=1", "time": NOW - 86_400}).encode(), server.token(theirs))
        assert (
            splunk.search(Dispatch(name="named", **hour)).rows[0]["count"] == "1"
        )  # theirs lies outside of the window
        for name, bounds in (
            ("named", {"earliest": "", "latest": ""}),
            ("timed", hour),
            ("other", {"earliest": "", "latest": ""}),
        ):
            with pytest.raises(BackendError, match=f"the index {theirs} of .* holds events of its own"):
                splunk.search(Dispatch(name=name, **bounds))
        splunk.clear()
        splunk.load([replace(ours, index=None)])
        assert splunk.search(Dispatch(name="other", earliest="", latest="")).rows[0]["count"] == "1"
        with pytest.raises(BackendError, match="holds events of its own"):
            splunk.search(Dispatch(name="named", earliest="", latest=""))
    assert server.rows(f"search index={theirs} | table _raw") == [{"_raw": "theirs=1"}]


def test_lookups_macros_and_summaries_come_with_the_search_that_names_them(
    target: SplunkTarget, tmp_path: Path
) -> None:
    app = small_app(
        tmp_path / "named",
        savedsearches='[s]\nsearch = | makeresults | eval k="a,\\"b\\\\" | `outer(k)` | table v\n',
        macros=(
            "[outer(1)]\nargs = field\ndefinition = lookup known k AS $field$ OUTPUT v | `inner`\n"
            '[inner]\ndefinition = search NOT x=`only`\n[only]\ndefinition = "summariesonly=T allow_old_summaries=true"\n'
        ),
        transforms="[known]\nfilename = known.csv\n[unused]\nfilename = unused.csv\n",
    )
    (app / "lookups").mkdir()
    (app / "lookups" / "known.csv").write_text('k,v\n"a,""b\\",found\nother,"two\nlines"\n')
    (app / "lookups" / "unused.csv").write_text("k\n")
    with SplunkBackend(target, NOW) as splunk:
        splunk.install(app)
        found = splunk.search(Dispatch(name="s", earliest="", latest=""))
        assert found.rows == ({"v": "found"},)
        only = splunk._rest.content("configs/conf-macros/only", owner="nobody", app=splunk._installed.name)
        assert only is not None
        assert only["definition"] == '"summariesonly=false allow_old_summaries=true"'
        rows = splunk.search(Dispatch(spl="| inputlookup known.csv | table v", earliest="", latest="")).rows
        assert rows == ({"v": "found"}, {"v": "two\nlines"})
        with pytest.raises(BackendError):
            splunk.search(Dispatch(name="t", earliest="", latest=""))


def test_the_present_is_the_one_that_was_given(target: SplunkTarget, tmp_path: Path) -> None:
    app = small_app(tmp_path / "clock", savedsearches="[s]\nsearch = | makeresults | eval at=now() | table at\n")
    with SplunkBackend(target, NOW) as splunk:
        splunk.install(app)
        assert splunk.search(Dispatch(name="s")).rows == ({"at": "1800000000"},)


def test_a_wrong_search_is_the_search_s_error(target: SplunkTarget, tmp_path: Path) -> None:
    with SplunkBackend(target, NOW) as splunk:
        splunk.install(small_app(tmp_path / "wrong", savedsearches="[s]\nsearch = | stats\n"))
        with pytest.raises(SearchError, match="stats"):
            splunk.search(Dispatch(spl="| makeresults | stats", earliest="", latest=""))
        with pytest.raises(SearchError, match="no_such_table"):
            splunk.search(Dispatch(spl="| makeresults | lookup no_such_table a", earliest="", latest=""))


def test_messages_of_a_job_are_told(target: SplunkTarget, tmp_path: Path) -> None:
    app = small_app(tmp_path / "told", savedsearches='[s]\nsearch = | makeresults | eval p="[" | where match("a", p)\n')
    reader = EmbeddedBackend(NOW)
    reader.install(app)
    with SplunkBackend(target, NOW) as splunk:
        splunk.install(app)
        ours, theirs = (backend.search(Dispatch(name="s")).messages for backend in (reader, splunk))
    assert len(ours) == 1
    assert ours[0] in theirs


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda target: replace(target, password="w" * 9), "refuses the login; check the token"),
        (lambda target: replace(target, token="w" * 9, username="", password=""), "refuses the login"),
        (lambda target: replace(target, verify=True), "cannot be trusted: self-signed certificate; name its authority"),
        (lambda target: replace(target, rest=Address("http", "127.0.0.1", target.rest.port)), "cannot reach"),
        (lambda target: replace(target, rest=Address("https", "127.0.0.1", 9)), "cannot reach https://127.0.0.1:9"),
    ],
)
def test_a_server_that_cannot_be_used_is_told_with_what_to_do(
    target: SplunkTarget, change: Callable[[SplunkTarget], SplunkTarget], message: str
) -> None:
    with pytest.raises(BackendError, match=message), SplunkBackend(change(target), NOW):
        pass


def test_a_collector_that_is_elsewhere_is_told(target: SplunkTarget, tmp_path: Path, server: Server) -> None:
    before = state(server)

    def load() -> None:
        with SplunkBackend(replace(target, collector=Address("https", "127.0.0.1", 9)), NOW) as splunk:
            splunk.install(small_app(tmp_path / "app"))
            splunk.load([EventData(b"one\n", "x", "y")])

    with pytest.raises(BackendError, match="--splunk-hec-url"):
        load()
    assert state(server) == before


def test_what_cannot_be_taken_back_is_named(target: SplunkTarget, server: Server, tmp_path: Path) -> None:
    rest = Rest(target)
    rest.connect()
    splunk = SplunkBackend(target, NOW)
    splunk.__enter__()
    splunk.install(small_app(tmp_path / "app"))
    space = splunk._space
    space.undo("a thing of the test", lambda: rest.post("no/such/place"))
    with pytest.raises(BackendError, match=r"keeps what tests have made or changed: a thing of the test: .*404"):
        splunk.__exit__(None, None, None)
    assert not [name for name in server.ask("apps/local", count=0).entries if name.startswith(PREFIX)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://splunk.example", "https://splunk.example:8089"),
        ("splunk.example:1234", "https://splunk.example:1234"),
        ("http://127.0.0.1:8089/", "http://127.0.0.1:8089"),
        ("https://[::1]:8089", "https://[::1]:8089"),
    ],
)
def test_addresses_are_read(text: str, address: str) -> None:
    assert str(read_address(text, 8089)) == address


@pytest.mark.parametrize(
    "text", ["", "ftp://a", "https://", "https://a:x", "https://u:p@a", "https://a/path", "https://a?b=c"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_address(text, 8089)


def test_secrets_are_in_no_representation(target: SplunkTarget) -> None:
    assert PASSWORD not in repr(replace(target, token=PASSWORD))


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Server]:
    """Return a server without other events: the index `risk` is one that tests name, so all of its events take part."""
    made = start_server(tmp_path / "data")
    yield made
    stop_server(made)


def test_the_command_runs_tests_on_both_backends(
    fresh: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENTPACK_SPLUNK_USERNAME", "admin")
    monkeypatch.setenv("CONTENTPACK_SPLUNK_PASSWORD", PASSWORD)
    report = tmp_path / "report.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "generator", "test", "--repo", str(ROOT), "--backend", "both", "--splunk-insecure"),
            *("--splunk-url", fresh.rest, "--splunk-hec-url", fresh.collector, "--json", str(report)),
            *("Endpoint Risk Across Several Attack Tactics", "Windows RC4 Service Tickets for Many Accounts"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    tests = json.loads(report.read_text())["tests"]
    assert len(tests) >= 2
    assert {test["outcome"] for test in tests} == {"pass"}
