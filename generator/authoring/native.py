"""Values become a file of the native dialect as a person would write it: keys in their usual order, texts readable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from generator.content.names import file_stem
from generator.content.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TYPES: Final = ("TTP", "Anomaly", "Hunting", "Correlation")
DOMAINS: Final = ("access", "audit", "endpoint", "identity", "network", "threat")
PRODUCTS: Final = ("Splunk Enterprise", "Splunk Enterprise Security", "Splunk Cloud")
#: How long a detection's name may be, so that the saved search's does not pass Splunk's 100 characters.
MAX_NAME: Final = 67
_ORDER: Final = (
    "name",
    "id",
    "version",
    "creation_date",
    "modification_date",
    "date",
    "author",
    "status",
    "deprecation_info",
    "type",
    "description",
    "narrative",
    "data_source",
    "lookup_type",
    "definition",
    "arguments",
    "search",
    "how_to_implement",
    "known_false_positives",
    "references",
    "finding",
    "intermediate_findings",
    "threat_objects",
    "drilldown_searches",
    "analytic_story",
    "asset_type",
    "mitre_attack_id",
    "cve",
    "product",
    "category",
    "security_domain",
)
_WIDTH: Final = 110


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as literal blocks."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value and not any(line.endswith((" ", "\t")) for line in value.split("\n")) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def native_text(values: Mapping[str, Any], comments: Iterable[str] = ()) -> str:
    """Return the file. `comments` stand above it, a line each; the first of them begins without its `#`."""
    rank = {key: number for number, key in enumerate(_ORDER)}
    ordered = dict(sorted(values.items(), key=lambda item: rank.get(item[0], len(rank))))
    head = "".join(f"# {line}\n" for comment in comments for line in comment.split("\n"))
    text: str = yaml.dump(
        ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH
    )
    return head + text


def asset_types() -> tuple[str, ...]:
    """Return the asset types that a native detection may have."""
    return tuple(load_schema("detection.native")["$defs"]["asset_type_native"]["enum"])


def entity_type(field: str) -> str:
    """Return what a field of results names, told from how the field is called: `user`, `system` or `other`."""
    return "user" if "user" in field else "system" if field in ("dest", "src", "host") else "other"


def detection_path(name: str, category: str) -> str:
    """Return where a detection's file lies."""
    return f"detections/{category}/{file_stem(name)}.yml"


def with_filter(search: str, name: str) -> str:
    """Return a search with the detection's filter macro: at its end, unless it stands somewhere already."""
    macro = f"`{file_stem(name)}_filter`"
    trimmed = search.rstrip().removesuffix("|").rstrip()
    if macro in trimmed:
        return search if not trimmed.endswith(macro) else trimmed
    joint = "\n| " if "\n" in trimmed else " | "
    return f"{trimmed}{joint}{macro}"
