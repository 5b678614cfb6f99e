"""Values that the older tools derive from the *text* of a search, as facts of the output format.

Dashboards and Splunk Enterprise Security read these keys, so they are given as contentctl gives them: by looking for
fixed substrings, wrong as that is at times (`Web` is found in `Web_Proxy`). What a search really uses is the business
of `generator.analysis`; nothing here is used for checking. Source: contentctl 4.4.3 and 5.6.2, and their outputs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.content.model import Detection

DATA_MODELS = (
    "Endpoint",
    "Network_Traffic",
    "Authentication",
    "Change",
    "Change_Analysis",
    "Email",
    "Network_Resolution",
    "Network_Sessions",
    "UEBA",
    "Updates",
    "Vulnerabilities",
    "Web",
    "Risk",
    "Splunk_Audit",
)

_GOOGLE = ("Google Cloud Platform", "Google Workspace")
_TECHNOLOGIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("`amazon_security_lake`", ("Amazon Security Lake",)),
    ("audit_searches", ("Splunk Internal Logs",)),
    ("`azure_monitor_aad`", ("Azure AD", "Entra ID")),
    ("`cloudtrail`", ("Amazon Web Services - Cloudtrail",)),
    (
        "Endpoint",
        (
            "Carbon Black Response",
            "CrowdStrike Falcon",
            "Microsoft Sysmon",
            "Microsoft Windows",
            "Symantec Endpoint Protection",
        ),
    ),
    ("`google_", _GOOGLE),
    ("`gsuite", _GOOGLE),
    ("`gws_", _GOOGLE),
    ("`kube", ("Kubernetes",)),
    ("`ms_defender`", ("Microsoft Defender",)),
    ("`o365_", ("Microsoft Office 365",)),
    ("`okta", ("Okta",)),
    ("`pingid`", ("Ping ID",)),
    ("`powershell`", ("Microsoft Windows",)),
    ("`splunkd_", ("Splunk Internal Logs",)),
    ("`sysmon`", ("Microsoft Sysmon",)),
    ("`wineventlog_security`", ("Microsoft Windows",)),
    ("`zeek_", ("Zeek",)),
)

_COMMENT = re.compile(r"```.*?```", re.DOTALL)
_MACRO_CALL = re.compile(r"`([^\s`]+)`")
_LOOKUP_COMMAND = re.compile(
    r"\b(?:lookup|inputlookup|outputlookup)\b((?:\s+[A-Za-z_]+\s*=\s*[^\s|]+)*)\s+([A-Za-z0-9_]+)", re.IGNORECASE
)
_WEB_ADDRESS = re.compile(r"(https?)://([^/?#\s]+)(\S*)", re.IGNORECASE)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_PATH_SAFE = "!#$%&'()*+,-./:;=@[]^_|~"
_QUERY_SAFE = "!#$%&()*+,-./:;=?@[\\]^_`{|}~"
_INPUT_TOKEN = re.compile(r"\$([^\s.$]+)\$")

_SEVERITIES = ((20, "informational"), (40, "low"), (60, "medium"), (80, "high"))


class KillChain(Protocol):
    """What rendering needs of the ATT&CK table (`generator.knowledge.attack`)."""

    def kill_chain_phases(self, ids: Iterable[str], /) -> Sequence[str]:
        """Return the kill chain phases of the techniques' tactics, each once."""
        ...


@lru_cache(maxsize=4096)
def data_models(search: str) -> tuple[str, ...]:
    """Return the data models whose names occur in the search, in the tools' order."""
    return tuple(name for name in DATA_MODELS if name in search)


@lru_cache(maxsize=4096)
def providing_technologies(search: str) -> tuple[str, ...]:
    """Return the products whose macros (or the Endpoint data model) occur in the search, sorted."""
    found: set[str] = set()
    for text, products in _TECHNOLOGIES:
        if text in search:
            found.update(products)
    return tuple(sorted(found))


def macro_names(search: str) -> list[str]:
    """Return the names of macros called outside comments, sorted. A call with blanks in it is not seen."""
    called = _COMMENT.sub("", search) if "```" in search else search
    return sorted({call.partition("(")[0] for call in _MACRO_CALL.findall(called)})


def lookup_names(search: str) -> list[str]:
    """Return the names behind `lookup`, `inputlookup`, `outputlookup`, sorted; comments are searched as well."""
    if "lookup" not in search.lower():  # a tenth of the time, and most searches have none
        return []
    return sorted({name for _, name in _LOOKUP_COMMAND.findall(search)})


@lru_cache(maxsize=8192)
def normal_url(text: str) -> str:
    """Return a web address as the tools' URL type prints it: host in lower case, at least `/` as the path, escapes.

    Anything but http and https stays as it is.
    """
    found = _WEB_ADDRESS.fullmatch(text.strip())
    if found is None:
        return text
    scheme, host, rest = found.groups()
    scheme = scheme.lower()
    host = host.lower().removesuffix(_DEFAULT_PORTS[scheme])
    if not rest.startswith("/"):
        rest = f"/{rest}"
    path, mark, query = rest.partition("?")
    return f"{scheme}://{host}{quote(path, safe=_PATH_SAFE)}{mark}{quote(query, safe=_QUERY_SAFE)}"


def input_tokens(search: str) -> list[str]:
    """Return the `$token$` names of an investigation's search, each once, in order."""
    return list(dict.fromkeys(_INPUT_TOKEN.findall(search)))


def severity(score: int | None) -> str:
    """Return Enterprise Security's severity for a risk score of 0 to 100; `high` when there is none."""
    if score is None:
        return "high"
    return next((name for limit, name in _SEVERITIES if score <= limit), "critical")


def nist(detection: Detection) -> list[str]:
    """Return the NIST CSF category by type: monitoring for TTP, adverse event analysis for all others."""
    return ["DE.CM"] if detection.type == "TTP" else ["DE.AE"]


def cis20(detection: Detection) -> list[str]:
    """Return the CIS control by security domain."""
    return ["CIS 13"] if detection.security_domain == "network" else ["CIS 10"]


def mappings(detection: Detection, attack: KillChain | None, *, ordered: bool = False) -> dict[str, Any]:
    """Return the framework mappings; kill chain phases only when an ATT&CK table is given, empty ones left out.

    With `ordered` the techniques are sorted (contentctl-ng treats them as a set), else as written.
    """
    found: dict[str, Any] = {"cis20": cis20(detection), "nist": nist(detection)}
    if detection.mitre_attack_id:
        ids = sorted(set(detection.mitre_attack_id)) if ordered else list(detection.mitre_attack_id)
        found["mitre_attack"] = ids
        phases = sorted(attack.kill_chain_phases(ids)) if attack else []
        if phases:
            found["kill_chain_phases"] = phases
    return found
