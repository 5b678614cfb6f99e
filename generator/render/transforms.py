"""default/transforms.conf: one stanza a lookup, the generated lookups included.

contentctl 4 also writes stanzas for machine learning models; the newer tools only ship their files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.content.model import ConfStyle
from generator.render.confwrite import Stanza, stanza_name, write_conf
from generator.render.lookups import GENERATED, file_name, generated_tables

if TYPE_CHECKING:
    from generator.content.model import Lookup
    from generator.render.context import RenderContext

MITRE_LOOKUP = "mitre_enrichment"
DESCRIPTIONS = {
    "data_sources": "The data sources that the detections of this app search.",
    "deprecation_info": "Content that is deprecated or has been removed from this app, and what replaces it.",
}


def render(context: RenderContext) -> bytes:
    """Return the file. Raises GeneratorError as `write_conf`."""
    stanzas = [_lookup(context, lookup) for lookup in context.lookups if _has_stanza(context, lookup)]
    stanzas += _generated(context)
    stanzas.sort(key=lambda stanza: stanza.name)
    shipped = []
    if f"lookups/{MITRE_LOOKUP}.csv" in context.inputs.static and context.style is not ConfStyle.V6:
        shipped.append(Stanza(MITRE_LOOKUP, [("filename", f"{MITRE_LOOKUP}.csv")]))
    return write_conf(
        "default/transforms.conf",
        context.app,
        stanzas,
        shipped,
        template="transforms.conf.j2",
        by_name=context.style is ConfStyle.V6,
    )


def _has_stanza(context: RenderContext, lookup: Lookup) -> bool:
    return lookup.type != "mlmodel" or context.style is ConfStyle.V4


def _lookup(context: RenderContext, lookup: Lookup) -> Stanza:
    settings = []
    if lookup.type == "kvstore":
        settings += [("collection", collection_name(lookup)), ("external_type", "kvstore")]
    else:
        settings.append(("filename", file_name(context, lookup)))
    if lookup.default_match:
        settings.append(("default_match", lookup.default_match))
    if lookup.case_sensitive_match is not None:
        settings.append(("case_sensitive_match", _flag(context, lookup.case_sensitive_match)))
    if lookup.match_type:
        settings.append(("match_type", match_type(lookup)))
    if lookup.max_matches is not None:
        settings.append(("max_matches", str(lookup.max_matches)))
    if lookup.min_matches is not None:
        settings.append(("min_matches", str(lookup.min_matches)))
    if lookup.type == "kvstore" and lookup.fields:
        settings.append(("fields_list", fields_list(lookup)))
    return Stanza(stanza_name(lookup.name), settings, lookup.description)


def _flag(context: RenderContext, text: str) -> str:
    """Return a Boolean in the style's spelling: contentctl-ng writes 1 and 0."""
    if context.style is ConfStyle.V6:
        return {"true": "1", "false": "0"}.get(text, text)
    return text


def fields_list(lookup: Lookup) -> str:
    """Return a KV store lookup's fields in one text; a v4 file has the text itself, which is kept as it is."""
    written = lookup.document.data.get("fields_list")
    return written if isinstance(written, str) else ", ".join(lookup.fields)


def match_type(lookup: Lookup) -> str:
    """Return how a lookup's fields are compared, in one text; that of a v4 file as it is."""
    written = lookup.document.data.get("match_type")
    return written if isinstance(written, str) else ", ".join(lookup.match_type)


def collection_name(lookup: Lookup) -> str:
    """Return the KV store collection of a lookup: the one it names, else its own name."""
    return stanza_name(lookup.collection or lookup.name)


def _generated(context: RenderContext) -> list[Stanza]:
    known = {lookup.name for lookup in context.lookups}
    found = []
    for name in generated_tables(context):
        if name in known:
            continue
        settings = [("filename", GENERATED[name](context))]
        if name == "data_sources":
            settings.append(("case_sensitive_match", _flag(context, "false")))
        found.append(Stanza(name, settings, DESCRIPTIONS[name]))
    return found
