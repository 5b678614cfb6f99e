"""A detection of contentctl 3, 4 or 5 becomes a native one: `tags` to the top, risk to findings, tests by type.

What the risk becomes, by type: a TTP has the finding for its first risk object with the highest score and intermediate
findings for the others; an Anomaly intermediate findings only; a Correlation the finding only; a Hunting search none.
Field tables: those of contentctl 4.4.3, 5.6.2 and contentctl-ng 1.1.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from generator.authoring.migrate.draft import Draft, NotMigrated, begin, native_keys
from generator.authoring.native import PRODUCTS
from generator.authoring.risk import findings, implied_parents, threat_objects
from generator.authoring.yamltext import Entry, children, ended, line_end_of
from generator.content.model import ConfStyle, Detection, Dialect, Kind
from generator.content.reader import compose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Deprecation, RiskObject

_RISK: Final = frozenset(("observable", "message"))
_DERIVED: Final = frozenset(("risk_score",))
_OF_V4: Final = frozenset(("confidence", "impact"))
RENAMED: Final = {"group": "threat_group"}
_TEST_KEYS: Final = {"earliest_time": "earliest", "latest_time": "latest"}
_DATA_KEYS: Final = {"custom_index": "index"}
_DROPPED_DATA: Final = frozenset(("update_timestamp",))
_SCHEDULE: Final = ("cron_schedule", "earliest_time", "latest_time", "schedule_window")


def migrate(detection: Detection, deprecation: Deprecation | None, style: ConfStyle = ConfStyle.V6) -> Draft:
    """Return the native form of a detection.

    `deprecation` is what a mapping file says of it, `style` that of the app where `legacy` shall keep it the same.

    Raises:
        NotMigrated: it says what the native dialect cannot say.
        UnmovableText: its layout cannot be taken apart.
    """
    document = detection.document
    _refuse(detection, deprecation, style)
    draft, entries = begin(document, _edited, style)
    parents = implied_parents(detection.mitre_attack_id)
    if parents:
        draft.notes.append(f"{', '.join(f'`{name}`' for name in parents)} goes: a sub-technique says it already")
        draft.legacy_value("mitre_attack_id", list(detection.mitre_attack_id))
    tags = next((entry for entry in entries if entry.key == "tags"), None)
    tagged = {child.key for child in children(tags)} if tags is not None else set()
    for entry in entries:
        if entry.key == "tags":
            _tags(draft, detection, entry, own={item.key for item in entries})
        elif entry.key == "rba":
            _risk(draft, detection, entry, lead=entry.lead)
        else:
            _top(draft, detection, entry)
    if "observable" not in tagged and document.dialect in (Dialect.V3, Dialect.V4):
        _risk(draft, detection, None, lead="")
    _complete(draft, detection, deprecation)
    draft.end()
    return draft


def _refuse(detection: Detection, deprecation: Deprecation | None, style: ConfStyle) -> None:
    if detection.document.dialect is Dialect.NATIVE:
        return
    gone = detection.status == "deprecated" or "deprecated" in detection.path.split("/")[:-1]
    if gone and deprecation is None:
        raise NotMigrated(
            "it is deprecated, and the native dialect asks for a `deprecation_info` (reason, removed_in_version) that "
            "this file does not have"
        )
    wants = {"TTP": "a finding", "Correlation": "a finding", "Anomaly": "intermediate findings"}.get(detection.type)
    if wants and not detection.risk.objects:
        raise NotMigrated(f"type `{detection.type}` needs {wants}, and no field of it is a risk object (a victim)")
    if wants and "$" not in detection.risk.message and (style is ConfStyle.V6 or not detection.risk.message.strip()):
        raise NotMigrated("its risk message has no `$field$`, which the native dialect asks for: write one first")
    inline = detection.document.data.get("deployment")
    if isinstance(inline, dict) and inline.get("alert_action"):
        raise NotMigrated("its own `deployment` has alert actions, which the native dialect cannot say")


def _top(draft: Draft, detection: Detection, entry: Entry) -> None:
    key = entry.key
    if key == "date":
        draft.add(entry.renamed("creation_date"))
        draft.add(Entry("modification_date", "", entry.renamed("modification_date").body))
    elif key == "data_sources":
        draft.add(entry.renamed("data_source"))
        draft.notes.append("`data_sources` is `data_source` now: contentctl 4 ignored the misspelt key")
    elif key == "deployment":
        schedule(draft, entry)
    elif key == "tests" and not detection.tests:
        draft.put_aside(entry)
    elif key == "references" and entry_is_null(entry):
        draft.value("references", [], lead=entry.lead)
    elif key in native_keys(Kind.DETECTION):
        draft.add(entry)
    else:
        draft.put_aside(entry)


def entry_is_null(entry: Entry) -> bool:
    """Say whether an entry has a key and nothing else."""
    root = compose(entry.body)
    value = root.value[0][1] if isinstance(root, MappingNode) and root.value else None
    return isinstance(value, ScalarNode) and not value.style and value.value in ("", "~", "null")


def schedule(draft: Draft, entry: Entry) -> None:
    """Keep an inline deployment's schedule; its alert actions were refused before."""
    for child in children(entry):
        if child.key == "scheduling":
            inner = "".join(
                f"  {ended(item.body, draft.line_end)}" for item in children(child) if item.key in _SCHEDULE
            )
            draft.add(Entry("custom_schedule", entry.lead + child.lead, f"custom_schedule:{draft.line_end}{inner}"))
        else:
            draft.put_aside(child, "deployment.")


def _tags(draft: Draft, detection: Detection, tags: Entry, own: set[str]) -> None:
    first = len(draft.parts)
    lead = tags.lead
    found = children(tags)
    for child in found:
        key = RENAMED.get(child.key, child.key)
        if child.key in _RISK:
            if child.key == "observable":
                _risk(draft, detection, child, lead=child.lead)
            elif detection.type == "Hunting":
                draft.put_aside(child, "tags.")
        elif child.key in _OF_V4:
            if draft.style is ConfStyle.V4:
                draft.to_legacy(child)
            else:
                draft.put_aside(child, "tags.")
        elif child.key in _DERIVED and detection.type != "Hunting":
            continue  # it is the score of each finding
        elif child.key == "CVE" and not any(other.key == "cve" for other in found):
            draft.add(child.renamed("cve"))
            draft.notes.append("`tags.CVE` is `cve` now: contentctl 4 ignored it")
        elif child.key == "product" and _products(draft, detection, child):
            continue
        elif key in native_keys(Kind.DETECTION) and key not in own:
            draft.add(child.renamed(key) if key != child.key else child)
        else:
            draft.put_aside(child, "tags.")
    if lead and len(draft.parts) > first:
        part = draft.parts[first]
        draft.parts[first] = Entry(part.key, lead + part.lead, part.body)


def _products(draft: Draft, detection: Detection, child: Entry) -> bool:
    if set(detection.product) == set(PRODUCTS):
        return False
    draft.to_legacy(child, "tags.")
    draft.value("product", list(PRODUCTS))
    draft.notes.append("`product` is always the same three in the native dialect")
    return True


def _risk(draft: Draft, detection: Detection, entry: Entry | None, *, lead: str) -> None:
    """Write finding, intermediate findings and threat objects in place of observables or `rba`."""
    if detection.type == "Hunting":
        if entry is not None:
            draft.put_aside(entry, "tags." if entry.key == "observable" else "")
        return
    risk = detection.risk
    objects = _once(draft, risk.objects)
    message = risk.message
    if objects and "$" not in message:
        draft.legacy_value("message", message)
        message = f"{message.rstrip().rstrip('.')} (${objects[0].field}$)"
        draft.notes.append(f"its risk message had no `$field$`: it ends in `(${objects[0].field}$)` now")
    made = findings(detection.type, objects, message)
    for key, value in made.items():
        draft.value(key, value, lead=lead)
        lead = ""
    left = [item for item in objects if item.field != made.get("finding", {}).get("entity", {}).get("field")]
    if detection.type == "Correlation" and left:
        shown = ", ".join(f"`{item.field}`" for item in left)
        draft.notes.append(f"a Correlation has one entity: {shown} stays as a comment")
        draft.aside += [] if entry is None else [entry]
    threats, refused = threat_objects(risk.threats)
    if threats:
        draft.value("threat_objects", threats, lead=lead)
    if refused:
        draft.notes.append(f"no threat object type of the native dialect fits {', '.join(refused)}")
        if entry is not None and entry not in draft.aside:
            draft.aside.append(entry)


def _once(draft: Draft, objects: tuple[RiskObject, ...]) -> list[RiskObject]:
    """Return the risk objects, each field once: the native dialect allows no second."""
    found: dict[str, RiskObject] = {}
    for item in objects:
        if item.field in found:
            draft.notes.append(f"`{item.field}` was a risk object twice; the one with the higher score stays")
        if item.field not in found or item.score > found[item.field].score:
            found[item.field] = item
    return list(found.values())


def _complete(draft: Draft, detection: Detection, deprecation: Deprecation | None) -> None:
    """Add what the native dialect asks for and the older ones leave out."""
    if not draft.has("status"):
        draft.value("status", detection.status)
        if not detection.tests and detection.status == "production" and not detection.manual_test:
            draft.notes.append("has no test, which the native dialect asks of a production detection (`TST001`)")
    if not draft.has("data_source"):
        draft.value("data_source", list(detection.data_source))
    if not draft.has("mitre_attack_id"):
        draft.value("mitre_attack_id", [])
    if not draft.has("category") and detection.category:
        draft.value("category", detection.category)
        draft.before("security_domain", draft.parts[-1:])
    if deprecation is not None and not draft.has("deprecation_info"):
        draft.value("deprecation_info", deprecation_data(deprecation))


def deprecation_data(deprecation: Deprecation) -> dict[str, Any]:
    """Return what `deprecation_info` says, as YAML data."""
    data: dict[str, Any] = {"reason": deprecation.reason, "removed_in_version": deprecation.removed_in_version}
    if deprecation.replacement_content:
        data["replacement_content"] = list(deprecation.replacement_content)
    return data


# -- tests -----------------------------------------------------------------------------------------------------------


def _edited(text: str) -> str:
    """Return the text with each test's type written, tests' keys by their native names, and no implied techniques."""
    edits: list[tuple[int, int, str]] = []
    for key, value in _pairs(compose(text)):
        if key.value == "tests" and isinstance(value, SequenceNode):
            for test in value.value:
                edits += _test_edits(text, test)
        if key.value == "tags":
            for tag, listed in _pairs(value):
                if tag.value == "mitre_attack_id" and isinstance(listed, SequenceNode):
                    edits += _technique_edits(text, listed)
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _pairs(node: Node | None) -> Iterator[tuple[ScalarNode, Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield key, value


def _technique_edits(text: str, listed: SequenceNode) -> list[tuple[int, int, str]]:
    values = tuple(str(item.value) for item in listed.value)
    parents = implied_parents(values)
    if not parents:
        return []
    if listed.flow_style:
        kept = ", ".join(value for value in dict.fromkeys(values) if value not in parents)
        return [(listed.start_mark.index, listed.end_mark.index, f"[{kept}]")]
    edits = []
    for item, value in zip(listed.value, values, strict=True):
        if value in parents:
            start = text.rfind("\n", 0, item.start_mark.index) + 1
            stop = text.find("\n", item.end_mark.index) + 1
            edits.append((start, stop or len(text), ""))
    return edits


def _test_edits(text: str, test: Node) -> list[tuple[int, int, str]]:
    pairs = list(_pairs(test))
    edits = [
        (key.start_mark.index, key.end_mark.index, _TEST_KEYS[key.value]) for key, _ in pairs if key.value in _TEST_KEYS
    ]
    if pairs and all(key.value != "test_type" for key, _ in pairs):
        key = pairs[1 if len(pairs) > 1 else 0][0]
        gap = ", " if getattr(test, "flow_style", False) else line_end_of(text) + " " * key.start_mark.column
        edits.append((key.start_mark.index, key.start_mark.index, f"test_type: unit{gap}"))
    for key, value in pairs:
        if key.value == "attack_data" and isinstance(value, SequenceNode):
            for item in value.value:
                edits += _data_edits(text, item)
    return edits


def _data_edits(text: str, item: Node) -> list[tuple[int, int, str]]:
    edits: list[tuple[int, int, str]] = []
    for key, _ in _pairs(item):
        start, end = key.start_mark.index, key.end_mark.index
        if key.value in _DATA_KEYS:
            edits.append((start, end, _DATA_KEYS[key.value]))
        elif key.value in _DROPPED_DATA and not text[text.rfind("\n", 0, start) + 1 : start].strip():
            edits.append((start, start, "# "))  # behind a `-` it stays, and the check of the result refuses the file
    return edits
