"""Small packs for tests of replays: a detection over the Linux audit log, written where a test wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CONFIG = {
    "app": {
        "id": "small",
        "title": "Small",
        "label": "small",
        "prefix": "SM",
        "version": "1.0.0",
        "author_name": "a",
        "author_email": "a@example.com",
        "author_company": "a",
    }
}
SEARCH = "`audit` type=SYSCALL | stats count values(exe) as exe by host user | `{stem}_filter`"
LINE = 'type=SYSCALL msg=audit(1700000{number:03}.100:{number}): success=yes exe="/usr/bin/{exe}" user="{user}"\n'


def events(*pairs: tuple[str, str]) -> str:
    """Return lines of the audit log for pairs of program and user."""
    return "".join(LINE.format(number=number, exe=exe, user=user) for number, (exe, user) in enumerate(pairs, 1))


def detection(name: str, **changes: Any) -> dict[str, Any]:
    """Return a detection's document; `changes` replace keys."""
    stem = name.lower().replace(" ", "_")
    number = sum(stem.encode()) % 10_000
    return {
        "name": name,
        "id": f"00000000-0000-4000-8000-00000000{number:04}",
        "version": 1,
        "creation_date": "2026-01-01",
        "modification_date": "2026-01-01",
        "author": "a",
        "status": "production",
        "type": "TTP",
        "description": "Finds a program.",
        "data_source": ["Linux Auditd Syscall"],
        "search": SEARCH.replace("{stem}", stem),
        "how_to_implement": "Collect the audit log.",
        "known_false_positives": "None.",
        "references": [],
        "finding": {"title": "$user$ on $host$", "entity": {"field": "host", "type": "system", "score": 70}},
        "intermediate_findings": {
            "entities": [{"field": "user", "type": "user", "score": 40, "message": "$user$ ran $exe$"}]
        },
        "analytic_story": ["Story"],
        "asset_type": "Endpoint",
        "mitre_attack_id": ["T1059.004"],
        "product": ["Splunk Enterprise"],
        "category": "endpoint",
        "security_domain": "endpoint",
        **changes,
    }


def baseline(name: str, **changes: Any) -> dict[str, Any]:
    """Return a baseline's document; `changes` replace keys."""
    return {
        "name": name,
        "id": f"00000000-0000-4000-9000-00000000{sum(name.encode()) % 10_000:04}",
        "version": 1,
        "creation_date": "2026-01-01",
        "modification_date": "2026-01-01",
        "author": "a",
        "status": "production",
        "description": "Learns.",
        "data_source": ["Linux Auditd Syscall"],
        "search": "`audit` type=SYSCALL | stats count by user",
        "how_to_implement": "Collect the audit log.",
        "known_false_positives": "None.",
        "references": [],
        "security_domain": "endpoint",
        "product": ["Splunk Enterprise"],
        "schedule": "Default Baseline",
        **changes,
    }


def unit(name: str = "Unit", **keys: Any) -> dict[str, Any]:
    """Return a test's entry."""
    return {"name": name, "test_type": "unit", **keys}


def inline(text: str) -> list[dict[str, str]]:
    """Return `events` of a test."""
    return [{"raw": text, "sourcetype": "linux_audit", "source": "/var/log/audit/audit.log", "host": "h1"}]


def write_pack(
    root: Path,
    *detections: dict[str, Any],
    files: dict[str, str] | None = None,
    baselines: Sequence[dict[str, Any]] = (),
) -> Path:
    """Write a pack and return its folder."""
    documents: dict[str, Any] = {
        "contentpack.yml": CONFIG,
        "macros/audit.yml": {"name": "audit", "definition": "sourcetype=linux_audit", "description": "Audit log."},
    }
    for one in detections:
        documents[f"detections/endpoint/{one['name'].lower().replace(' ', '_')}.yml"] = one
    for one in baselines:
        documents[f"baselines/{one['name'].lower().replace(' ', '_')}.yml"] = one
    for path, document in documents.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    for path, text in (files or {}).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root
