"""What a detection's page shows beyond what its file says: data models, frameworks, what its search uses.

The rules are those that the published pages of Splunk's content show (the corpus has 40 of them). They are kept also where
they are coarse, since readers compare pages across versions:

- Data model: every name of `DATAMODELS` that occurs anywhere in the search, in that order. So `Authentication` in an
  `eval` counts, and the `datamodel:` key of older files does not. (All 40 pages agree; no page shows another name.)
- NIST: `DE.CM` for a TTP, `DE.AE` for any other type. CIS: `CIS 13` for the security domain `network`, else `CIS 10`.
  What the file says about either is out of date there, and is not shown. (All 40.)
- Kill chain: the phases of the tactics of the techniques, each once, in order of appearance. A file that says nothing
  about ATT&CK keeps the phases that it names itself; one with an empty list has none. (No page of the 40 is without a
  technique: the rule follows from where the phases come from.)
- Macros: those called directly in the search that the pack defines, without filter macros and `drop_dm_object_name`.
  Lookups: the tables of `lookup`, `inputlookup`, `outputlookup`; a lookup inside a macro is the macro's matter. Each
  once, where the published pages repeat them.
- Experimental and deprecated: from the status, else (before status existed) from the folder.
- The category is the name of the file's folder: `experimental/endpoint/x.yml` is in `Endpoint`, `deprecated/x.yml` in
  `Deprecated`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.analysis.environment import table_header
from generator.base.frozen import dataclass
from generator.content.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.content.model import Detection, Lookup, Macro
    from generator.knowledge.attack import Attack

DATAMODELS = (
    "Authentication",
    "Change",
    "Change_Analysis",
    "Email",
    "Endpoint",
    "Network_Resolution",
    "Network_Sessions",
    "Network_Traffic",
    "Risk",
    "Splunk_Audit",
    "UEBA",
    "Updates",
    "Vulnerabilities",
    "Web",
)

_PHASE_ON_PAGES = {"Actions on Objectives": "Actions On Objectives"}
"""Published pages write this phase with a capital `On`; the conf files of newer tools do not."""

_COMMENT = re.compile(r"```.*?```", re.DOTALL)
_MACRO = re.compile(r"`([^`]{1,2000})`")
_LOOKUP = re.compile(
    r"\b(?:input|output)?lookup\s+((?:\w+\s*=\s*(?:\"[^\"]*\"|[^\s\"]+)\s+)*)\"?([\w.-]+)", re.IGNORECASE
)
_DATAMODEL = re.compile(r"\bdatamodel\s*[=:]?\s*\"?([A-Z]\w+)")


@dataclass(frozen=True, slots=True)
class TechniqueRow:
    """One row of the ATT&CK table; `name` is empty for an ID that the ATT&CK version in use does not have."""

    id: str
    name: str
    tactics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchUses:
    """The names that a search uses, in order of appearance; `filters` are its filter macros."""

    macros: tuple[str, ...]
    filters: tuple[str, ...]
    lookups: tuple[str, ...]


def datamodels(detection: Detection) -> tuple[str, ...]:
    """Return the data models of a detection's search (see the module's text for the rule).

    v5 and native files were never published this way: for them a model that the search names as its data model counts
    even when it is not among `DATAMODELS`.
    """
    search = detection.search
    found = [name for name in DATAMODELS if name in search]
    if detection.document.dialect in {Dialect.V5, Dialect.NATIVE}:
        found += [name for name in _DATAMODEL.findall(_COMMENT.sub(" ", search)) if name not in found]
    return tuple(dict.fromkeys(found))


def nist(detection: Detection) -> tuple[str, ...]:
    """Return the NIST CSF category of a detection."""
    return ("DE.CM",) if detection.type == "TTP" else ("DE.AE",)


def cis(detection: Detection) -> tuple[str, ...]:
    """Return the CIS control of a detection."""
    return ("CIS 13",) if detection.security_domain == "network" else ("CIS 10",)


def techniques(detection: Detection, attack: Attack) -> tuple[TechniqueRow, ...]:
    """Return the rows of the ATT&CK table in the file's order."""
    rows: list[TechniqueRow] = []
    for technique_id in detection.mitre_attack_id:
        known = attack.techniques.get(technique_id)
        if known is None:
            rows.append(TechniqueRow(technique_id, "", ()))
        else:
            rows.append(TechniqueRow(technique_id, known.name, tuple(tactic_title(tactic) for tactic in known.tactics)))
    return tuple(rows)


def tactic_title(tactic: str) -> str:
    """Return a tactic's short name as pages write it: `command-and-control` is `Command And Control`."""
    return tactic.replace("-", " ").title()


def kill_chain(detection: Detection, attack: Attack) -> tuple[str, ...]:
    """Return the kill chain phases of a detection."""
    if detection.mitre_attack_id:
        found = attack.kill_chain_phases(detection.mitre_attack_id)
        return tuple(_PHASE_ON_PAGES.get(phase, phase) for phase in found)
    tags = detection.document.data.get("tags")
    return () if isinstance(tags, dict) and "mitre_attack_id" in tags else detection.kill_chain_phases


def search_uses(search: str, macros: Mapping[str, Macro], lookups: Mapping[str, Lookup]) -> SearchUses:
    """Return the macros and lookups of the pack that a search names itself."""
    text = _COMMENT.sub(" ", search) if "```" in search else search
    called = [call.partition("(")[0].strip() for call in _MACRO.findall(text)]
    tables = [name for _, name in _LOOKUP.findall(_MACRO.sub(" ", text))] if "lookup" in text.lower() else []
    return SearchUses(
        macros=_once(name for name in called if name in macros and not _hidden(name)),
        filters=_once(name for name in called if name.endswith("_filter")),
        lookups=_once(name for name in tables if name in lookups),
    )


def columns(lookup: Lookup, data: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return a lookup's columns: those of its table where `data` has it, else those that its file lists."""
    return (table_header(data.get(lookup.data_path, b"")) if lookup.data_path else ()) or lookup.fields


def is_experimental(detection: Detection) -> bool:
    """Tell whether a detection is marked as not proven by tests."""
    return detection.status == "experimental" or _below(detection, "experimental")


def is_deprecated(detection: Detection) -> bool:
    """Tell whether a detection is kept only for those who still use it."""
    return detection.status == "deprecated" or _below(detection, "deprecated")


def category(detection: Detection) -> str:
    """Return the folder or, in native files, the category that a detection is filed under, in lower case."""
    if detection.document.dialect is Dialect.NATIVE and detection.category:
        return detection.category.lower()
    folders = detection.path.split("/")[:-1]
    return folders[-1].lower() if folders else "detections"


def _hidden(name: str) -> bool:
    # `drop_dm_object_name` only renames fields; filter macros are explained in a sentence of their own.
    return "_filter" in name or name == "drop_dm_object_name"


def _below(detection: Detection, folder: str) -> bool:
    parts = detection.path.split("/")
    return len(parts) > 2 and parts[1] == folder


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
