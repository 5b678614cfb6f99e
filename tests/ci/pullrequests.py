"""Makes a git repository with a content pack and the branches of pull requests that tests look at: `python pullrequests.py DIR`.

The pack has fourteen detections: twelve call the macro `acme_process`, two look into the lookup `acme_tools`. Every test's
events lie in the pack, so that nothing is fetched. Ten branches are those of the project's acceptance, four more touch what
detections depend on in other ways.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from collections.abc import Callable

CALLERS = 12
"""Detections that call the macro `acme_process`."""

ZERO = "0" * 40

CONFIG = """\
app:
  id: acme_pack
  title: Acme Detections
  label: Acme Detections
  prefix: ACME
  version: 1.0.0
  description: Detections of Acme.
  author_name: Acme
  author_email: soc@acme.example
  author_company: Acme
"""

HEAD = """\
name: {name}
id: {id}
version: 1
creation_date: '2026-01-05'
modification_date: '2026-01-05'
author: Acme
"""

DETECTION = (
    HEAD
    + """\
status: production
type: Hunting
description: A tool of Acme's list was run.
data_source: [Acme Process Events]
search: '`{macro}` process_name="tool{number:02}.exe"{lookup} | stats count min(_time) as firstTime max(_time) as lastTime by dest user process_name | `{stem}_filter`'
how_to_implement: Collect process events.
known_false_positives: Administrators use the tool.
references: []
category: endpoint
analytic_story: [{story}]
asset_type: Endpoint
mitre_attack_id: [{technique}]
product: [Splunk Enterprise, Splunk Enterprise Security, Splunk Cloud]
security_domain: endpoint
tests:
- name: The tool is run
  test_type: unit
  attack_data:
  - data: attack_data/{stem}/attack.log
    source: acme
    sourcetype: acme:process
"""
)

MACRO = HEAD + "description: Process events of {what}.\ndefinition: 'sourcetype=\"acme:process\" action={what}'\n"

STORY = (
    HEAD
    + """\
status: production
description: Tools that Acme does not want.
narrative: Whoever runs one of these has a reason.
references: []
category: [Adversary Tactics]
usecase: Security Monitoring
product: [Splunk Enterprise, Splunk Enterprise Security, Splunk Cloud]
"""
)

LOOKUP = HEAD + "description: How bad a tool is.\nlookup_type: csv\ndefault_match: 'unknown'\n"

SOURCE = (
    HEAD
    + """\
description: Process events that Acme's sensor writes.
source: acme
sourcetype: acme:process
fields: [_time, action, dest, process_name, user]
output_fields: [dest, user, process_name]
example_log: 2026-01-05T10:00:00Z action=started dest=host1 user=kim process_name=tool01.exe
"""
)

SCHEDULE = (
    HEAD
    + """\
description: Once an hour over the hour before.
cron_schedule: 0 * * * *
earliest_time: -70m@m
latest_time: -10m@m
schedule_window: auto
"""
)

HOSTILE = (
    "::error file=x::forged ::set-output name=a::b\r\n::add-mask::x <script>alert(1)</script> <!-- --> ```\r\n"
    "</details> @octocat #1 [click](javascript:alert(1)) ![i](https://evil.example/x.png) {{ 7*7 }} {% raw %} ${{ secrets.X }} "
    "\x1b[31m\x1b]0;title\x07 \u202e ##[error]forged ##vso[task.complete] $(touch /tmp/pwned) `id` | x |"
)
"""A text with something for every reader: workflow commands, HTML, Markdown, templates, ANSI escapes, shell."""


def identifier(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://acme.example/{name}"))


def head(text: str, name: str, **values: object) -> str:
    return text.format(name=name, id=identifier(name), **values)


def stem(number: int) -> str:
    return f"acme_tool_{number:02}"


def detection(number: int, **changed: object) -> str:
    values = {
        "macro": "acme_process" if number <= CALLERS else "acme_network",
        "lookup": "" if number <= CALLERS else ' | lookup acme_tools tool AS process_name OUTPUT danger | where danger!="none"',
        "number": number,
        "stem": stem(number),
        "story": "Acme Tools" if number <= CALLERS else "Acme Network",
        "technique": f"T10{46 + number}" if number in {1, 3} else "T1059",
    }  # fmt: skip
    text = head(DETECTION, f"Acme Tool {number:02}", **{**values, **changed})
    if values["lookup"]:
        text = text.replace("search: '", "search: |-\n  ").replace("filter`'\n", "filter`\n")
    return text


def events(number: int, action: str) -> str:
    lines = [
        f"2026-01-05T10:00:0{second}Z action={action} dest=host{second} user=kim process_name=tool{number:02}.exe"
        for second in range(3)
    ]
    return "\n".join(lines) + "\n"


def base_files() -> dict[str, str]:
    """Return the pack as it is before any pull request."""
    files = {
        "contentpack.yml": CONFIG,
        "README.md": "# Acme's detections\n",
        "macros/acme_process.yml": head(MACRO, "acme_process", what="started"),
        "macros/acme_network.yml": head(MACRO, "acme_network", what="connected"),
        "lookups/acme_tools.yml": head(LOOKUP, "acme_tools"),
        "lookups/acme_tools.csv": "tool,danger\ntool13.exe,high\ntool14.exe,low\n",
        "stories/acme_tools.yml": head(STORY, "Acme Tools"),
        "stories/acme_network.yml": head(STORY, "Acme Network"),
        "data_sources/acme_process_events.yml": head(SOURCE, "Acme Process Events"),
        "schedules/default_eventbaseddetection.yml": head(SCHEDULE, "Default EventBasedDetection"),
    }
    for number in range(1, CALLERS + 3):
        files[f"detections/endpoint/{stem(number)}.yml"] = detection(number)
        action = "started" if number <= CALLERS else "connected"
        files[f"attack_data/{stem(number)}/attack.log"] = events(number, action)
    return files


def flood(number: int) -> str:
    """Return a detection with twenty-five findings: as many unknown functions in its search."""
    broken = "".join(f" | eval x{n}=nosuchfunction{n}(user)" for n in range(25))
    return detection(number, lookup=broken).replace("version: 1", "version: 2")


class Repository:
    """A git repository in a folder, with fixed authors and dates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def git(self, *arguments: str) -> str:
        environ = {
            **os.environ,
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in
               (("NAME", "Kim"), ("EMAIL", "kim@acme.example"), ("DATE", "2026-01-06T00:00:00Z"))},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }  # fmt: skip
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments], check=True, capture_output=True, env=environ, encoding="utf-8"
        )
        return done.stdout.strip()

    def write(self, files: dict[str, str | bytes | None]) -> None:
        for path, text in files.items():
            target = self.folder / path
            if text is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", message)
        return self.git("rev-parse", "HEAD")


def change(repository: Repository, path: str, *pairs: tuple[str, str]) -> None:
    file = repository.folder / path
    text = file.read_text("utf-8")
    for old, new in pairs:
        assert text.count(old) >= 1, (path, old)
        text = text.replace(old, new)
    file.write_bytes(text.encode("utf-8"))


def typo(repository: Repository) -> None:
    change(
        repository,
        "detections/endpoint/acme_tool_01.yml",
        ("| stats count", "| stast count"),
        ("version: 1", "version: 2"),
    )


def macro(repository: Repository) -> None:
    change(
        repository, "macros/acme_process.yml", ("action=started", "action=started dest=*"), ("version: 1", "version: 2")
    )


def lookup(repository: Repository) -> None:
    change(repository, "lookups/acme_tools.csv", ("tool14.exe,low\n", "tool14.exe,medium\ntool15.exe,low\n"))


def rename(repository: Repository) -> None:
    old, new = "detections/endpoint/acme_tool_02.yml", "detections/endpoint/acme_other_tool.yml"
    repository.git("mv", old, new)
    repository.git("mv", "attack_data/acme_tool_02", "attack_data/acme_other_tool")
    change(
        repository,
        new,
        ("name: Acme Tool 02", "name: Acme Other Tool"),
        ("acme_tool_02", "acme_other_tool"),
        ("version: 1", "version: 2"),
    )


def deletion(repository: Repository) -> None:
    repository.git("rm", "--quiet", "-r", "detections/endpoint/acme_tool_03.yml", "attack_data/acme_tool_03")


def data(repository: Repository) -> None:
    change(repository, "attack_data/acme_tool_04/attack.log", ("user=kim", "user=lee"))


def hostile(repository: Repository) -> None:
    text = detection(5).replace("version: 1", "version: 2")
    quoted = json.dumps(HOSTILE)
    text = text.replace("description: A tool of Acme's list was run.", f"description: {quoted}")
    text = text.replace("how_to_implement: Collect process events.", f"how_to_implement: {quoted}")
    text = text.replace("author: Acme", f"author: {quoted}")
    text = text.replace("name: The tool is run", f"name: {quoted}")
    text = text.replace("references: []", f"references: [{quoted}]\n{json.dumps('::error::' + HOSTILE[:40])}: {quoted}")
    repository.write({"detections/endpoint/acme_tool_05.yml": text})
    big = detection(6).replace("version: 1", "version: 2")
    big = big.replace("A tool of Acme's list was run.", f"{'A' * 9_900_000} <script>")
    repository.write({"detections/endpoint/acme_tool_06.yml": big})
    paths = (
        detection(7)
        .replace("attack_data/acme_tool_07/attack.log", "../../../../etc/passwd")
        .replace("version: 1", "version: 2")
    )
    repository.write({"detections/endpoint/acme_tool_07.yml": paths})
    (repository.folder / "macros/link.yml").symlink_to("/etc/passwd")
    odd = "detections/endpoint/x\n::error::y`<b>.yml"
    repository.write({odd: detection(15)})


def flooded(repository: Repository) -> None:
    for number in range(1, CALLERS + 1):
        repository.write({f"detections/endpoint/{stem(number)}.yml": flood(number)})


def idle(repository: Repository) -> None:
    change(repository, "README.md", ("Acme's", "All of Acme's"))
    file = repository.folder / "detections/endpoint/acme_tool_08.yml"
    text = file.read_text("utf-8")
    file.write_text(f"# reviewed in January\n{text.replace('type: Hunting', 'type:   Hunting')}", "utf-8")


def version(repository: Repository) -> None:
    change(repository, "detections/endpoint/acme_tool_09.yml", ("| stats count", "| stats count dc(dest) as hosts"))


def schedule(repository: Repository) -> None:
    change(
        repository,
        "schedules/default_eventbaseddetection.yml",
        ("0 * * * *", "'*/5 * * * *'"),
        ("version: 1", "version: 2"),
    )


def source(repository: Repository) -> None:
    change(
        repository,
        "data_sources/acme_process_events.yml",
        ("sensor writes", "sensor writes down"),
        ("version: 1", "version: 2"),
    )


def story(repository: Repository) -> None:
    change(repository, "stories/acme_network.yml", ("has a reason", "needs a reason"), ("version: 1", "version: 2"))


def settings(repository: Repository) -> None:
    change(repository, "contentpack.yml", ("prefix: ACME", "prefix: CORP"))


BRANCHES: dict[str, Callable[[Repository], None]] = {
    "typo": typo,
    "macro": macro,
    "lookup": lookup,
    "rename": rename,
    "deletion": deletion,
    "data": data,
    "hostile": hostile,
    "flood": flooded,
    "idle": idle,
    "version": version,
    "schedule": schedule,
    "source": source,
    "story": story,
    "settings": settings,
}
"""Branch -> what its pull request does."""


def make_repository(folder: Path) -> Repository:
    """Make the repository: `main`, and a branch a pull request, each one commit ahead of it."""
    folder.mkdir(parents=True, exist_ok=True)
    repository = Repository(folder)
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.write(dict(base_files()))
    repository.commit("The pack")
    for name, edit in BRANCHES.items():
        repository.git("checkout", "--quiet", "-b", name, "main")
        edit(repository)
        repository.commit(f"Pull request: {name}")
    repository.git("checkout", "--quiet", "main")
    return repository


if __name__ == "__main__":
    made = make_repository(Path(sys.argv[1]))
    sys.stdout.write(made.git("branch") + "\n")
