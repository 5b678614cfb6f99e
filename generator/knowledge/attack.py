"""MITRE ATT&CK Enterprise becomes a table of techniques: names, tactics, platforms, what was revoked and by what.

Three inputs, told apart by their content: our compact JSON (`data/attack/attack.json`, and what `write_attack` makes), a
STIX 2 bundle such as MITRE's `enterprise-attack-18.1.json`, and a folder of STIX files (MITRE's `cti` repository, one
object or bundle a file). Of STIX only attack patterns, tactics, the matrix, the collection and `revoked-by` relations
are read; techniques of the mobile and ICS domains are left out.

The kill chain phases are Lockheed Martin's, derived from the tactics by the table that Splunk's public pack uses.

The table reproduces names and identifiers of ATT&CK under its terms of use; the notice travels with the data.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from generator.base.diagnostics import ConfigError, RepositoryError
from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_FOLDER_BYTES = 1024 * 1024 * 1024
MAX_FOLDER_FILES = 100_000

NOTICE = "© The MITRE Corporation. ATT&CK® data, reproduced under the ATT&CK terms of use."

KILL_CHAIN_PHASES = (
    "Reconnaissance",
    "Weaponization",
    "Delivery",
    "Exploitation",
    "Installation",
    "Command and Control",
    "Actions on Objectives",
)
"""Lockheed Martin's phases in their order."""

_PHASE_OF_TACTIC = {
    "reconnaissance": "Reconnaissance",
    "resource-development": "Weaponization",
    "initial-access": "Delivery",
    "execution": "Installation",
    "persistence": "Installation",
    "privilege-escalation": "Exploitation",
    "defense-evasion": "Exploitation",
    "stealth": "Exploitation",
    "defense-impairment": "Exploitation",
    "credential-access": "Exploitation",
    "discovery": "Exploitation",
    "lateral-movement": "Exploitation",
    "collection": "Exploitation",
    "command-and-control": "Command and Control",
    "exfiltration": "Actions on Objectives",
    "impact": "Actions on Objectives",
}
"""Short names of tactics in the order of the matrix; `stealth` and `defense-impairment` follow defense evasion in v19."""

_TABLE = Path(__file__).parent / "data" / "attack" / "attack.json"
_TECHNIQUE_ID = re.compile(r"T\d{4}(?:\.\d{3})?\Z")
_VERSION_IN_NAME = re.compile(r"-(\d+\.\d+)\.json\Z")
_DOMAIN = "enterprise-attack"
_SOURCE = "mitre-attack"
_ROOT_KEYS = frozenset({"version", "notice", "tactics", "techniques"})


@dataclass(frozen=True, slots=True)
class Tactic:
    """One tactic: `short_name` as in `command-and-control`, `id` as in `TA0011`, `name` as in `Command and Control`."""

    short_name: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique or sub-technique.

    `name` of a sub-technique is its own, without the parent's. `tactics` are short names in the source's order.
    `revoked_by` is the next technique, itself perhaps revoked: `Attack.successor` follows to the end.
    `revoked_in` is the ATT&CK version that revoked it, empty where it isn't known.
    """

    id: str
    name: str
    tactics: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    revoked_by: str | None = None
    is_revoked: bool = False
    is_deprecated: bool = False
    revoked_in: str = ""

    @property
    def is_current(self) -> bool:
        """Say whether the technique may be used: neither revoked nor deprecated."""
        return not self.is_revoked and not self.is_deprecated


@dataclass(frozen=True, slots=True)
class Attack:
    """One release of ATT&CK Enterprise. `tactics` are in the order of the matrix, `techniques` sorted by id."""

    version: str
    tactics: Mapping[str, Tactic]
    techniques: Mapping[str, Technique]
    notice: str = NOTICE

    def successor(self, technique_id: str) -> Technique | None:
        """Return the technique that replaces a revoked one today; None when it isn't revoked or has no known successor."""
        technique = self.techniques.get(technique_id)
        seen = {technique_id}
        while technique is not None and technique.is_revoked:
            if technique.revoked_by is None or technique.revoked_by in seen:
                return None
            seen.add(technique.revoked_by)
            technique = self.techniques.get(technique.revoked_by)
        return technique if len(seen) > 1 else None

    def kill_chain_phases(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return the kill chain phases of techniques, each once, in the order in which their tactics first lead to them.

        Unknown techniques and tactics add nothing; a revoked technique counts with the tactics that it had. (Published
        documentation pages keep this order; the newest conf style sorts the names.)
        """
        found: dict[str, None] = {}
        for technique_id in ids:
            technique = self.techniques.get(technique_id)
            if technique is not None:
                for tactic in technique.tactics:
                    phase = _PHASE_OF_TACTIC.get(tactic)
                    if phase is not None:
                        found[phase] = None
        return tuple(found)


@cache
def builtin_attack() -> Attack:
    """Return the table that ships with the package."""
    return _from_table(orjson.loads(_TABLE.read_bytes()), "the built-in ATT&CK table")


def read_attack(path: Path) -> Attack:
    """Read our compact JSON, a STIX bundle, or a folder of STIX files.

    Raises:
        RepositoryError: something can't be read, or is larger than the limits above.
        ConfigError: it is read, but holds no ATT&CK techniques.
    """
    if path.is_dir():
        return _from_stix(_folder_objects(path), str(path), "")
    content = _load(path)
    if isinstance(content, dict) and "techniques" in content:
        return _from_table(content, str(path))
    named = _VERSION_IN_NAME.search(path.name)
    return _from_stix(_stix_objects(content, str(path)), str(path), named[1] if named else "")


def write_attack(attack: Attack) -> bytes:
    """Return the compact JSON of a table: one technique a line, sorted, so that two releases can be compared."""
    head = {
        "version": attack.version,
        "notice": attack.notice,
        "tactics": {tactic.short_name: {"id": tactic.id, "name": tactic.name} for tactic in attack.tactics.values()},
    }
    lines = ['{"techniques":{']
    rows = sorted(attack.techniques.values(), key=lambda technique: technique.id)
    for number, technique in enumerate(rows):
        row: dict[str, Any] = {"name": technique.name, "tactics": technique.tactics, "platforms": technique.platforms}
        if technique.is_revoked:
            row["revoked"] = True
        if technique.revoked_by is not None:
            row["revoked_by"] = technique.revoked_by
        if technique.revoked_in:
            row["revoked_in"] = technique.revoked_in
        if technique.is_deprecated:
            row["deprecated"] = True
        comma = "," if number < len(rows) - 1 else ""
        lines.append(f"{orjson.dumps(technique.id).decode()}:{orjson.dumps(row).decode()}{comma}")
    lines.append("},")
    lines.append(orjson.dumps(head).decode()[1:])
    return ("\n".join(lines) + "\n").encode()


def _from_table(content: Mapping[str, Any], where: str) -> Attack:
    unknown = content.keys() - _ROOT_KEYS
    if unknown:
        raise ConfigError(f"{where} is no ATT&CK table: `{min(unknown)}` is not a key of one")
    version, notice = content.get("version"), content.get("notice", NOTICE)
    tactics, techniques = content.get("tactics"), content.get("techniques")
    if not isinstance(version, str) or not isinstance(notice, str):
        raise ConfigError(f"{where} is no ATT&CK table: `version` must be a text")
    if not isinstance(tactics, dict) or not isinstance(techniques, dict) or not techniques:
        raise ConfigError(f"{where} is no ATT&CK table: `tactics` and `techniques` must be objects")
    found = {}
    match = _TECHNIQUE_ID.match
    for technique_id, row in sorted(techniques.items()):
        if match(technique_id) is None or row.__class__ is not dict:
            raise ConfigError(f"{where}: `{technique_id}` is no technique")
        get = row.get
        name, successor, version_of = get("name"), get("revoked_by"), get("revoked_in", "")
        of_tactics, platforms = get("tactics", ()), get("platforms", ())
        if not (
            name.__class__ is version_of.__class__ is str
            and (successor is None or successor.__class__ is str)
            and _are_texts(of_tactics)
            and _are_texts(platforms)
        ):
            raise ConfigError(f"{where}: technique `{technique_id}` is incomplete or malformed")
        found[technique_id] = Technique(
            technique_id,
            name,
            tuple(of_tactics),
            tuple(platforms),
            successor,
            get("revoked") is True,
            get("deprecated") is True,
            version_of,
        )
    listed = []
    for short_name, row in tactics.items():
        if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not isinstance(row.get("name"), str):
            raise ConfigError(f"{where}: tactic `{short_name}` is malformed")
        listed.append(Tactic(short_name, row["id"], row["name"]))
    return Attack(version, _in_matrix_order(listed, ()), found, notice)


def _are_texts(values: object) -> bool:
    return isinstance(values, list | tuple) and all(value.__class__ is str for value in values)


def _in_matrix_order(tactics: Iterable[Tactic], order: Iterable[str]) -> dict[str, Tactic]:
    """Sort tactics by `order` (short names), then by the known matrix, then by id."""
    rank = {name: number for number, name in enumerate([*order] or _PHASE_OF_TACTIC)}
    listed = sorted(tactics, key=lambda tactic: (rank.get(tactic.short_name, len(rank)), tactic.id))
    return {tactic.short_name: tactic for tactic in listed}


def _from_stix(objects: Iterable[Mapping[str, Any]], where: str, version: str) -> Attack:
    patterns: dict[str, tuple[Technique, str]] = {}
    tactics: dict[str, Tactic] = {}
    revoked_by: dict[str, str] = {}
    order: list[str] = []
    for item in objects:
        kind = item.get("type")
        if kind == "attack-pattern":
            technique = _technique(item)
            if technique is not None:
                patterns[str(item.get("id"))] = (technique, str(item.get("modified", "")))
        elif kind == "relationship" and item.get("relationship_type") == "revoked-by":
            revoked_by[str(item.get("source_ref"))] = str(item.get("target_ref"))
        elif kind == "x-mitre-tactic" and _in_domain(item):
            tactic = Tactic(str(item.get("x_mitre_shortname")), _external_id(item), str(item.get("name")))
            tactics[str(item.get("id"))] = tactic
        elif kind == "x-mitre-matrix" and _external_id(item) == _DOMAIN and isinstance(item.get("tactic_refs"), list):
            order = [str(reference) for reference in item["tactic_refs"]]
        elif kind == "x-mitre-collection" and "enterprise" in str(item.get("name", "")).lower():
            version = str(item.get("x_mitre_version", version))
    if not patterns:
        raise ConfigError(
            f"{where} holds no ATT&CK techniques: give a STIX bundle of the enterprise domain, or our JSON"
        )
    best: dict[str, tuple[Technique, str]] = {}
    for stix_id, (technique, modified) in patterns.items():
        target = patterns.get(revoked_by.get(stix_id, ""))
        if target is not None and target[0].id != technique.id:
            technique = _with_successor(technique, target[0].id)  # noqa: PLW2901 - the same technique, completed
        known = best.get(technique.id)
        if known is None or (technique.is_current, modified) > (known[0].is_current, known[1]):
            best[technique.id] = (technique, modified)
    matrix = [tactics[reference].short_name for reference in order if reference in tactics]
    techniques = {technique_id: technique for technique_id, (technique, _) in sorted(best.items())}
    return Attack(version or "unknown", _in_matrix_order(tactics.values(), matrix), techniques)


def _with_successor(technique: Technique, successor: str) -> Technique:
    return Technique(
        technique.id,
        technique.name,
        technique.tactics,
        technique.platforms,
        revoked_by=successor,
        is_revoked=True,
        is_deprecated=technique.is_deprecated,
    )


def _technique(item: Mapping[str, Any]) -> Technique | None:
    """Return an attack pattern as a technique; None when it is none of the enterprise domain."""
    technique_id = _external_id(item)
    if not _in_domain(item) or not _TECHNIQUE_ID.match(technique_id):
        return None
    phases, platforms = item.get("kill_chain_phases"), item.get("x_mitre_platforms")
    return Technique(
        technique_id,
        str(item.get("name", "")),
        tuple(
            str(phase.get("phase_name"))
            for phase in (phases if isinstance(phases, list) else ())
            if isinstance(phase, dict) and phase.get("kill_chain_name") == _SOURCE
        ),
        tuple(str(platform) for platform in platforms) if isinstance(platforms, list) else (),
        is_revoked=item.get("revoked") is True,
        is_deprecated=item.get("x_mitre_deprecated") is True,
    )


def _in_domain(item: Mapping[str, Any]) -> bool:
    domains = item.get("x_mitre_domains")
    return not isinstance(domains, list) or _DOMAIN in domains


def _external_id(item: Mapping[str, Any]) -> str:
    references = item.get("external_references")
    for reference in references if isinstance(references, list) else ():
        if isinstance(reference, dict) and reference.get("source_name") == _SOURCE:
            return str(reference.get("external_id", ""))
    return ""


def _folder_objects(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the STIX objects of every JSON file under a folder, sorted by path; links are not followed."""
    total = count = 0
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            file = Path(parent, name)
            if not name.endswith(".json") or file.is_symlink():
                continue
            count += 1
            total += file.stat().st_size
            if count > MAX_FOLDER_FILES or total > MAX_FOLDER_BYTES:
                raise RepositoryError(
                    f"{folder} holds more JSON than an ATT&CK repository does: give its enterprise folder"
                )
            content = _load(file)
            if isinstance(content, dict) and isinstance(content.get("type"), str):
                yield from _stix_objects(content, str(file))


def _stix_objects(content: object, where: str) -> Iterator[Mapping[str, Any]]:
    if isinstance(content, dict) and content.get("type") == "bundle":
        content = content.get("objects")
    elif isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        raise ConfigError(f"{where} is neither a STIX bundle nor an ATT&CK table of ours")
    return (item for item in content if isinstance(item, dict))


def _load(file: Path) -> object:
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise RepositoryError(f"cannot read {file}: {error.strerror or error}") from error
    if len(data) > MAX_FILE_BYTES:
        raise RepositoryError(f"{file} is larger than {MAX_FILE_BYTES // 1024 // 1024} MiB")
    try:
        content: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ConfigError(f"{file} is not JSON: {error}") from error
    return content
