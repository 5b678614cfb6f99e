"""Sigma rules become detections: the search by pySigma's Splunk backend, everything else from the rule's own words.

A Sigma rule brings no events, so no test can be written from it: its detection is `experimental`, whatever the rule says
of itself, until somebody adds a test. The level becomes type and score; a log source becomes a macro that says where
the events are, to be set once for all rules of that source.

Needs the extra `sigma` (pysigma, pysigma-backend-splunk). Correlation rules and what the backend refuses are told.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any, Final, cast

import yaml
from sigma.backends.splunk.splunk import SplunkBackend
from sigma.collection import SigmaCollection
from sigma.exceptions import SigmaError
from sigma.pipelines.splunk.splunk import splunk_cim_data_model
from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
from sigma.processing.transformations import FieldMappingTransformation
from sigma.rule import SigmaRule

from generator.authoring.importing.source import Gathering, Imported
from generator.authoring.native import MAX_NAME, PRODUCTS, detection_path, native_text, with_filter
from generator.authoring.risk import findings, implied_parents
from generator.base.frozen import dataclass
from generator.content.model import RiskObject
from generator.content.names import file_stem

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from sigma.rule import SigmaLogSource

_IDS: Final = uuid.UUID("3d4b3b3c-5b0a-5f4d-9b1e-9f0f4b9a3c55")
_STORY: Final = "Imported Sigma Rules"
#: What pySigma raises while it reads or converts a stranger's file: its own errors, those of YAML, and those of a value that has
#: another shape than it expects (a text for a mapping, a number for a title), which it does not check everywhere.
_REFUSALS: Final = (SigmaError, yaml.YAMLError, AttributeError, TypeError, ValueError, LookupError, RuntimeError)

#: Sigma's level -> type and risk score. Levels are those of Sigma's specification; the scores are ours, in the middle of
#: Enterprise Security's bands (20 informational, 40 low, 60 medium, 80 high).
LEVELS: Final[Mapping[str, tuple[str, int]]] = {
    "informational": ("Hunting", 10),
    "low": ("Anomaly", 30),
    "medium": ("Anomaly", 50),
    "high": ("TTP", 70),
    "critical": ("TTP", 90),
}

_SYSMON: Final = "Microsoft-Windows-Sysmon/Operational"
#: Sigma's Windows categories -> event codes of Sysmon ("Sysmon" page of Microsoft's Sysinternals).
_SYSMON_EVENTS: Final[Mapping[str, tuple[int, ...]]] = {
    "process_creation": (1,),
    "file_change": (2,),
    "network_connection": (3,),
    "sysmon_status": (4, 16),
    "process_termination": (5,),
    "driver_load": (6,),
    "image_load": (7,),
    "create_remote_thread": (8,),
    "raw_access_thread": (9,),
    "process_access": (10,),
    "file_event": (11,),
    "registry_event": (12, 13, 14),
    "registry_add": (12,),
    "registry_delete": (12,),
    "registry_set": (13,),
    "registry_rename": (14,),
    "create_stream_hash": (15,),
    "pipe_created": (17, 18),
    "wmi_event": (19, 20, 21),
    "dns_query": (22,),
    "file_delete": (23, 26),
    "clipboard_capture": (24,),
    "process_tampering": (25,),
    "file_block_executable": (27,),
    "file_executable_detected": (29,),
}
_CHANNELS: Final[Mapping[str, str]] = {
    "security": "Security",
    "system": "System",
    "application": "Application",
    "sysmon": _SYSMON,
    "powershell": "Microsoft-Windows-PowerShell/Operational",
    "powershell-classic": "Windows PowerShell",
    "taskscheduler": "Microsoft-Windows-TaskScheduler/Operational",
    "wmi": "Microsoft-Windows-WMI-Activity/Operational",
    "windefend": "Microsoft-Windows-Windows Defender/Operational",
    "bits-client": "Microsoft-Windows-Bits-Client/Operational",
    "dns-server": "DNS Server",
    "ntlm": "Microsoft-Windows-NTLM/Operational",
    "codeintegrity-operational": "Microsoft-Windows-CodeIntegrity/Operational",
    "applocker": "Microsoft-Windows-AppLocker/EXE and DLL",
    "terminalservices-localsessionmanager": "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
}
_POWERSHELL_EVENTS: Final = {"ps_script": 4104, "ps_module": 4103}
_SOURCES: Final[Mapping[tuple[str, str], str]] = {
    ("linux", "auditd"): "sourcetype=linux_audit",
    ("linux", "auth"): "sourcetype=linux_secure",
    ("linux", "sshd"): "sourcetype=linux_secure",
    ("linux", "syslog"): "sourcetype=syslog",
    ("linux", "process_creation"): "sourcetype=sysmon:linux EventCode=1",
    ("linux", "network_connection"): "sourcetype=sysmon:linux EventCode=3",
    ("linux", "file_event"): "sourcetype=sysmon:linux EventCode=11",
    ("aws", "cloudtrail"): "sourcetype=aws:cloudtrail",
    ("azure", "activitylogs"): "sourcetype=mscs:azure:audit",
    ("azure", "auditlogs"): "sourcetype=azure:monitor:aad",
    ("azure", "signinlogs"): "sourcetype=azure:monitor:aad",
    ("m365", "audit"): "sourcetype=o365:management:activity",
    ("okta", "okta"): "sourcetype=OktaIM2:log",
    ("github", "audit"): "sourcetype=github:enterprise:audit",
    ("gcp", "gcp.audit"): "sourcetype=google:gcp:pubsub:message",
    ("zeek", "dns"): "sourcetype=bro:dns:json",
    ("zeek", "http"): "sourcetype=bro:http:json",
}
_CLOUD: Final[Mapping[str, str]] = {
    "aws": "AWS Account",
    "azure": "Azure Tenant",
    "m365": "O365 Tenant",
    "gcp": "GCP Account",
    "google_workspace": "GSuite",
    "github": "GitHub",
    "kubernetes": "Kubernetes",
}


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The text of a Sigma file, and its path for messages."""

    path: str
    text: str


class _Unwritable(Exception):  # noqa: N818 - says of the rule what it is
    """The rule has no search in SPL; the message says why."""


def import_sigma(files: Iterable[RuleFile], *, today: datetime.date, data_model: bool = False) -> Imported:
    """Return detections, macros and a story for Sigma rules.

    Args:
        files: YAML files, each with one rule or several documents.
        today: the date of rules without one.
        data_model: search accelerated data models where pySigma's CIM pipeline knows the log source.
    """
    gathering = Gathering()
    macros: dict[str, tuple[str, str]] = {}
    for file in files:
        try:
            collection = SigmaCollection.from_yaml(file.text)
        except _REFUSALS as error:
            gathering.refuse(f"cannot be read ({_first_line(error)})", _place_in(file, error))
            continue
        for rule in collection.rules:
            about = f"{file.path}: {rule.title}"
            if not isinstance(rule, SigmaRule):
                gathering.refuse(
                    "a correlation rule or a filter is not imported: write it as a search over its rules' risk", about
                )
                continue
            try:
                _rule(rule, file.path, today, gathering, macros, data_model=data_model)
            except _Unwritable as error:
                gathering.refuse(f"pySigma cannot write its search ({_first_line(error)})", about)
    for name, (definition, source) in sorted(macros.items()):
        gathering.add(f"macros/{name}.yml", _macro(name, definition, source, today))
        if definition == "index=*":
            gathering.note("say in the macro where the events of this log source are; it searches all indexes", name)
    if any(path.startswith("detections/") for path in gathering.files):
        gathering.add(f"stories/{file_stem(_STORY)}.yml", _story(today))
    return gathering.imported()


def _place_in(file: RuleFile, error: Exception) -> str:
    """Return a file's path, with line and column where the YAML parser says them."""
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return file.path if mark is None else f"{file.path}:{mark.line + 1}:{mark.column + 1}"


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200]


def _rule(
    rule: SigmaRule,
    path: str,
    today: datetime.date,
    gathering: Gathering,
    macros: dict[str, tuple[str, str]],
    *,
    data_model: bool,
) -> None:
    name = _name(rule.title)
    source = _log_source(rule.logsource)
    search, entity = _search(rule, source, macros, gathering, data_model=data_model)
    level = rule.level.name.lower() if rule.level is not None else "medium"
    if rule.level is None:
        gathering.note("has no level; `medium` is taken", name)
    kind, score = LEVELS[level]
    asset, category, domain = _place(source)
    made_on = (rule.date or today).isoformat()
    changed_on = (rule.modified or rule.date or today).isoformat()
    techniques = [
        tag.name.upper()
        for tag in rule.tags
        if tag.namespace == "attack" and re.fullmatch(r"t1\d{3}(\.\d{3})?", tag.name)
    ]
    implied = implied_parents(techniques)
    urls, others = _references(rule.references or [])
    described = (rule.description or f"Finds what the Sigma rule `{rule.title}` describes.").strip()
    macro = _macro_name(source)
    values: dict[str, Any] = {
        "name": name,
        "id": str(rule.id or uuid.uuid5(_IDS, f"{path}:{rule.title}")),
        "version": 1,
        "creation_date": made_on,
        "modification_date": max(changed_on, made_on),
        "author": (rule.author or "unknown").strip()[:255],
        "status": "experimental",
        "type": kind,
        "description": "\n".join([described, *(f"See also: {text}" for text in others)]),
        "data_source": [],
        "search": with_filter(search, name),
        "how_to_implement": f"Collect the events of Sigma's log source {' / '.join(source)}"
        + ("." if data_model else f", and say in the macro `{macro}` where they are.")
        + (f" {rule.logsource.definition.strip()}" if rule.logsource.definition else ""),
        "known_false_positives": "; ".join(str(text).strip() for text in rule.falsepositives or [])
        or "None are known yet.",
        "references": urls,
        "analytic_story": [_STORY],
        "asset_type": asset,
        "mitre_attack_id": [tid for tid in dict.fromkeys(techniques) if tid not in implied],
        "product": list(PRODUCTS),
        "category": category,
        "security_domain": domain,
    }
    cves = [
        f"CVE-{tag.name}" for tag in rule.tags if tag.namespace == "cve" and re.fullmatch(r"\d{4}-\d{4,7}", tag.name)
    ]
    if cves:
        values["cve"] = cves
    risk = RiskObject(field=entity, type="system", score=score)
    values |= findings(kind, [risk], f"{rule.title.rstrip('.')} on ${entity}$")
    status = rule.status.name.lower() if rule.status is not None else "none"
    comments = [
        f"From the Sigma rule {rule.id or ''} ({path.rpartition('/')[2]}): status {status}, level {level}.",
        "Experimental here until a test shows that it fires: a Sigma rule brings no events.",
    ]
    gathering.add(detection_path(name, category), native_text(values, comments))


def _name(title: str) -> str:
    name = re.sub(r"[^A-Za-z0-9 ._-]+", " ", title)
    return re.sub(r"\s+", " ", name).strip()[:MAX_NAME].strip()


def _log_source(logsource: SigmaLogSource) -> tuple[str, ...]:
    parts = (logsource.product, logsource.category, logsource.service)
    return tuple(str(part).lower() for part in parts if part) or ("any",)


def _references(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    urls = [text for text in texts if re.fullmatch(r"https?://[^\s]+", str(text))]
    return list(dict.fromkeys(urls)), [str(text) for text in texts if text not in urls]


def _search(
    rule: SigmaRule,
    source: tuple[str, ...],
    macros: dict[str, tuple[str, str]],
    gathering: Gathering,
    *,
    data_model: bool,
) -> tuple[str, str]:
    """Return the search and the field that names the host. Raises _Unwritable for what the backend cannot write."""
    if data_model:
        try:
            pipeline = cast("Any", splunk_cim_data_model)()  # pySigma gives it no types
            return _converted(rule, pipeline, "data_model"), "dest"
        except _Unwritable:
            gathering.note("has no place in pySigma's data models; it searches events", rule.title)
    first, _, rest = _converted(rule, _event_codes(), "default").partition("\n")
    name = _macro_name(source)
    macros[name] = (_definition(source), " / ".join(source))
    wanted = f"`{name}`" if first.strip() in ("", "*") else f"`{name}` ({first.strip()})"
    return (f"{wanted}\n{rest}" if rest else wanted), "host"


def _converted(rule: SigmaRule, pipeline: ProcessingPipeline, form: str) -> str:
    try:
        found = SplunkBackend(pipeline).convert(SigmaCollection([rule]), output_format=form)
    except _REFUSALS as error:
        raise _Unwritable(_first_line(error)) from error
    texts = [str(text).strip() for text in cast("list[Any]", found)]
    if len(texts) == 1:
        return texts[0]
    if any("|" in text for text in texts):
        raise _Unwritable("it has several conditions with commands behind them")
    return " OR ".join(f"({text})" for text in texts)


def _event_codes() -> ProcessingPipeline:
    """Return the pipeline that names the event's number as Splunk's add-on for Windows does."""
    return ProcessingPipeline(
        name="contentpack",
        priority=10,
        items=[ProcessingItem(transformation=FieldMappingTransformation({"EventID": "EventCode"}))],
    )


def _macro_name(source: tuple[str, ...]) -> str:
    return file_stem("_".join(("sigma", *source)))


def _definition(source: tuple[str, ...]) -> str:
    """Return where the events of a log source are in Splunk, `index=*` where no add-on gives a usual place."""
    product, *rest = source
    key = rest[0] if rest else product
    if product == "windows":
        if key in _SYSMON_EVENTS:
            codes = " OR ".join(f"EventCode={code}" for code in _SYSMON_EVENTS[key])
            return f"{_channel(_SYSMON)} ({codes})" if " OR " in codes else f"{_channel(_SYSMON)} {codes}"
        if key in _POWERSHELL_EVENTS:
            return f"{_channel(_CHANNELS['powershell'])} EventCode={_POWERSHELL_EVENTS[key]}"
        if key in _CHANNELS:
            return _channel(_CHANNELS[key])
    return _SOURCES.get((product, key), "index=*")


def _channel(channel: str) -> str:
    return f'(source="XmlWinEventLog:{channel}" OR source="WinEventLog:{channel}")'


def _place(source: tuple[str, ...]) -> tuple[str, str, str]:
    """Return asset type, category and security domain."""
    words = set(source)
    if source[0] in ("windows", "linux", "macos"):
        return "Endpoint", "endpoint", "endpoint"
    if source[0] in _CLOUD:
        return _CLOUD[source[0]], "cloud", "threat"
    if source[0] == "okta":
        return "Okta Tenant", "application", "identity"
    if words & {"webserver", "proxy", "apache", "nginx", "iis"}:
        return "Web Server", "web", "network"
    if words & {"firewall", "dns", "zeek", "cisco", "fortios", "paloalto", "juniper", "huawei"}:
        return "Network", "network", "network"
    return "Endpoint", "endpoint", "threat"


def _macro(name: str, definition: str, source: str, today: datetime.date) -> str:
    return native_text(
        {
            "name": name,
            "id": str(uuid.uuid5(_IDS, f"macro:{name}")),
            "version": 1,
            "creation_date": today.isoformat(),
            "modification_date": today.isoformat(),
            "author": "contentpack import",
            "description": f"The events of Sigma's log source {source}. Put the index of your site in front.",
            "definition": definition,
        }
    )


def _story(today: datetime.date) -> str:
    return native_text(
        {
            "name": _STORY,
            "id": str(uuid.uuid5(_IDS, f"story:{_STORY}")),
            "version": 1,
            "creation_date": today.isoformat(),
            "modification_date": today.isoformat(),
            "author": "contentpack import",
            "status": "production",
            "description": "Detections that were imported from Sigma rules.",
            "narrative": "Sigma rules describe suspicious events for any log system. Each detection here searches for what its "
            "rule describes; move them to stories of your own as you take them over.",
            "references": ["https://sigmahq.io/"],
            "category": ["Adversary Tactics"],
            "usecase": "Advanced Threat Detection",
            "product": list(PRODUCTS),
        }
    )
