"""A user's own add-on, dropped in as a folder, over the built-in ones: its conf decides what is extracted.

Truth: Splunk's documentation of props.conf and transforms.conf, and "Configuration file precedence": local over default, a later
app's attribute over the same attribute of another; attributes that it does not set stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator import Engine

if TYPE_CHECKING:
    from pathlib import Path

EVENT = (
    b"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/>"
    b"<EventID>1</EventID><TimeCreated SystemTime='2026-11-24T10:00:00.000Z'/><Computer>ws-07.corp.example</Computer></System>"
    b"<EventData><Data Name='Image'>C:\\Windows\\System32\\cmd.exe</Data><Data Name='CommandLine'>cmd.exe /c ticket=HR-12"
    b"</Data><Data Name='User'>CORP\\alice</Data></EventData></Event>\n"
)
SOURCE = "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"
DEFAULT = """\
[source::XmlWinEventLog:Microsoft-Windows-Sysmon/Operational]
EXTRACT-ticket = ticket=(?<ticket>[A-Z]+-\\d+)
EVAL-dest = "from the user's add-on"
LOOKUP-owner = ticket_owners prefix AS ticket OUTPUT owner
EVAL-shift = "default"
"""
LOCAL = """\
[source::XmlWinEventLog:Microsoft-Windows-Sysmon/Operational]
EVAL-shift = "local"
"""


@pytest.fixture
def add_on(tmp_path: Path) -> Path:
    root = tmp_path / "TA_of_the_user"
    for folder in ("default", "local", "lookups"):
        (root / folder).mkdir(parents=True)
    (root / "default" / "props.conf").write_text(DEFAULT)
    (root / "local" / "props.conf").write_text(LOCAL)
    (root / "default" / "transforms.conf").write_text(
        "[ticket_owners]\nfilename = owners.csv\nmatch_type = WILDCARD(prefix)\n"
    )
    (root / "lookups" / "owners.csv").write_text("prefix,owner\nHR-*,people team\n")
    return root


def row_of(*apps: Path) -> dict[str, object]:
    engine = Engine(apps=apps, now=1_800_000_000)
    assert engine.load(EVENT, "XmlWinEventLog", SOURCE) == 1
    (row,) = engine.search("search index=* | table Image process_name dest user ticket owner shift").rows
    return dict(row)


def test_without_it_the_built_in_add_on_decides() -> None:
    row = row_of()
    assert row["dest"] == "ws-07.corp.example"
    assert row["process_name"] == "cmd.exe"
    assert not {"ticket", "owner", "shift"} & row.keys()


def test_it_adds_overrides_and_leaves_the_rest(add_on: Path) -> None:
    row = row_of(add_on)
    assert row["ticket"] == "HR-12"
    assert row["owner"] == "people team"
    assert row["shift"] == "local"
    assert row["dest"] == "from the user's add-on"
    assert {key: row[key] for key in ("Image", "process_name", "user")} == {
        key: value for key, value in row_of().items() if key in {"Image", "process_name", "user"}
    }


def test_what_it_changes_is_seen_by_data_models(add_on: Path) -> None:
    engine = Engine(apps=[add_on], now=1_800_000_000)
    engine.load(EVENT, "XmlWinEventLog", SOURCE)
    found = engine.search("| tstats count from datamodel=Endpoint.Processes by Processes.dest Processes.process_name")
    assert found.rows == [
        {"Processes.dest": "from the user's add-on", "Processes.process_name": "cmd.exe", "count": "1"}
    ]
