"""Writes a content pack of any size, so that benchmarks run on machines without a real one.

The detections are made of a few shapes that real packs have (tstats over a data model, raw events, rex and lookups); the
numbers in them differ, so that nothing is parsed once and reused.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TSTATS = """\
| tstats `security_content_summariesonly` count min(_time) as firstTime max(_time) as lastTime from datamodel=Endpoint.Processes \
where Processes.process_name="tool{n}.exe" Processes.process IN ("*-a{n}*", "*/b{n}*") by Processes.dest Processes.user \
Processes.process_name Processes.process | `drop_dm_object_name(Processes)` | `security_content_ctime(firstTime)` \
| `security_content_ctime(lastTime)` | `{stem}_filter`"""
_REGISTRY = r"""
`sysmon` EventCode={n} TargetObject="*\\Run{n}\\*" | rename Computer as dest | eval risky=if(match(Image, "(?i)temp"), 1, 0)
| where risky=1 | stats count min(_time) as firstTime max(_time) as lastTime by dest user Image TargetObject
| `security_content_ctime(firstTime)` | `security_content_ctime(lastTime)` | `{stem}_filter`"""
_NETWORK = r"""
`sysmon` EventCode=3 DestinationPort={n} | rex field=Image "(?<process_name>[^\\\\]+)$"
| lookup known_tools process_name OUTPUT verdict | search NOT verdict=benign
| stats dc(DestinationIp) as targets values(DestinationIp) as dest_ip by dest user process_name
| eventstats avg(targets) as mean stdev(targets) as spread | where targets > mean + 3 * spread | `{stem}_filter`"""
_SEARCHES = (_TSTATS, _REGISTRY.replace("\n", " ").strip(), _NETWORK.replace("\n", " ").strip())

_DETECTION = """\
name: {name}
id: {id}
version: 1
creation_date: '2026-01-01'
modification_date: '2026-01-02'
author: The contentpack maintainers
status: production
type: Anomaly
description: A made-up detection for timing, number {n}.
data_source:
- Made Up Source
search: {search}
how_to_implement: Nothing to do.
known_false_positives: None known.
references:
- https://attack.mitre.org/techniques/T1059/
drilldown_searches:
- name: Results for $dest$
  search: '%original_detection_search% | search dest = "$dest$"'
  earliest_offset: $info_min_time$
  latest_offset: $info_max_time$
intermediate_findings:
  entities:
  - field: dest
    type: system
    score: 30
    message: Something numbered {n} happened on $dest$
analytic_story:
- Made Up Story
asset_type: Endpoint
mitre_attack_id:
- T1059
product:
- Splunk Enterprise
- Splunk Enterprise Security
- Splunk Cloud
category: endpoint
security_domain: endpoint
tests:
- name: True Positive Test
  test_type: unit
  attack_data:
  - data: https://example.com/datasets/{n}.log
    source: XmlWinEventLog:Microsoft-Windows-Sysmon/Operational
    sourcetype: XmlWinEventLog
"""

_HEADER = """\
id: {id}
version: 1
creation_date: '2026-01-01'
modification_date: '2026-01-01'
author: The contentpack maintainers
description: Made up for timing.
"""


def write_pack(folder: Path, detections: int) -> Path:
    """Write a native pack with that many detections into `folder` and return it."""

    def put(path: str, text: str) -> None:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def header(name: str) -> str:
        return f"name: {name}\n" + _HEADER.format(id=uuid.uuid5(uuid.NAMESPACE_URL, name))

    put(
        "contentpack.yml",
        "app:\n  id: bench_pack\n  title: Bench pack\n  label: Bench\n  prefix: Bench\n  version: 1.0.0\n"
        "  description: Made up for timing.\n  author_name: Bench\n  author_email: bench@example.com\n  author_company: Bench\n",
    )
    for name, definition in (
        ("security_content_summariesonly", "summariesonly=false allow_old_summaries=true fillnull_value=null"),
        ("sysmon", 'source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"'),
    ):
        put(f"macros/{name}.yml", header(name) + f"definition: '{definition}'\n")
    put(
        "macros/security_content_ctime.yml",
        header("security_content_ctime")
        + "arguments:\n- field\ndefinition: 'convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime($field$)'\n",
    )
    put("lookups/csv/known_tools.yml", header("known_tools") + "lookup_type: csv\n")
    put("lookups/csv/known_tools.csv", "process_name,verdict\nknown.exe,benign\n")
    put(
        "stories/made_up_story.yml",
        header("Made Up Story")
        + "status: production\nnarrative: A story.\ncategory:\n- Malware\nusecase: Security Monitoring\nproduct:\n- Splunk Enterprise\n",
    )
    put(
        "data_sources/made_up_source.yml",
        header("Made Up Source")
        + "source: XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\nsourcetype: XmlWinEventLog\n",
    )
    for n in range(detections):
        name = f"Made Up Detection {n}"
        stem = name.lower().replace(" ", "_")
        search = _SEARCHES[n % len(_SEARCHES)].format(n=n, stem=stem)
        put(
            f"detections/endpoint/{stem}.yml",
            _DETECTION.format(
                name=name, id=uuid.uuid5(uuid.NAMESPACE_URL, name), n=n, search="'" + search.replace("'", "''") + "'"
            ),
        )
    return folder
