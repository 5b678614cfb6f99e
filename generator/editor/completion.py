"""What could come next at the cursor: in searches by the command and the fields before it, elsewhere by the key."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from generator.analysis.model import Role
from generator.base.frozen import dataclass
from generator.content.model import DataSource, Detection, Dialect, Kind
from generator.content.schema import load_schema, schema_name
from generator.editor.cursor import Cursor, Stage, stage_at
from generator.functions import EVAL, STATS
from generator.knowledge.datamodels import ALWAYS_FIELDS
from generator.spl.fields import FieldState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.content.model import Document
    from generator.editor.workspace import Workspace

LIMIT: Final = 500
LOOKUP_COMMANDS: Final = frozenset(("lookup", "inputlookup", "outputlookup"))
AGGREGATING: Final = frozenset(
    (
        "stats",
        "eventstats",
        "streamstats",
        "chart",
        "timechart",
        "tstats",
        "mstats",
        "sistats",
        "geostats",
        "top",
        "rare",
    )
)
_EVALUATING: Final = frozenset(("eval", "where", "fieldformat"))
_OUTPUT: Final = re.compile(r"\boutput(?:new)?\b", re.IGNORECASE)
_MODEL: Final = re.compile(r"datamodel\s*[=:]\s*\"?([\w.]*)\Z", re.IGNORECASE)
_NAMED_MODEL: Final = re.compile(r"datamodel\s*[=:]\s*\"?(\w+)(?:\.([\w.]+))?", re.IGNORECASE)
_BY: Final = re.compile(r"\b(?:by|where)\b", re.IGNORECASE)
_TOKEN: Final = re.compile(r"\$[\w.]*\Z")
_COMMON_FIELDS: Final = ("_time", "_raw", "host", "source", "sourcetype", "index")


class Sort(Enum):
    """What a proposal is; editors show an icon for each."""

    FIELD = "field"
    COMMAND = "command"
    FUNCTION = "function"
    MACRO = "macro"
    LOOKUP = "lookup"
    MODEL = "model"
    OPTION = "option"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One completion. `replaces` is how many characters left of the cursor it takes the place of."""

    label: str
    sort: Sort
    detail: str = ""
    documentation: str = ""
    insert: str = ""
    replaces: int = 0

    @property
    def text(self) -> str:
        """What is inserted."""
        return self.insert or self.label


def complete(workspace: Workspace, path: str, cursor: Cursor) -> list[Proposal]:
    """Return the proposals at a cursor, those that begin with what is typed; at most `LIMIT`."""
    document = workspace.document(path)
    found = _spl(workspace, path, cursor) if cursor.is_spl else _values(workspace, document, cursor)
    kept: dict[str, Proposal] = {}
    for proposal in found:
        typed = cursor.before[len(cursor.before) - proposal.replaces :].lower() if proposal.replaces else ""
        if _fits(proposal, typed):
            kept.setdefault(proposal.label, proposal)
        if len(kept) >= LIMIT:
            break
    return list(kept.values())


def _fits(proposal: Proposal, typed: str) -> bool:
    """Whether a proposal begins with what is typed, or (a technique, a story) has it in its words."""
    if proposal.text.lower().startswith(typed) or proposal.label.lower().startswith(typed):
        return True
    return proposal.sort is Sort.VALUE and len(typed) > 1 and typed in f"{proposal.label} {proposal.detail}".lower()


# -- searches --------------------------------------------------------------------------------------------------------


def _spl(workspace: Workspace, path: str, cursor: Cursor) -> Iterator[Proposal]:
    stage = stage_at(cursor.before)
    typed = len(cursor.word_before)
    env = workspace.env
    if stage.in_macro is not None:
        if "(" not in stage.in_macro:
            yield from _macros(workspace, len(stage.in_macro), closed=cursor.after.startswith("`"))
        return
    model = _MODEL.search(stage.text)
    if model is not None:
        yield from _models(workspace, model[1])
        return
    words = stage.text.split()
    if (stage.pipeline or cursor.before.lstrip().startswith("|")) and stage.is_naming:
        for name in env.commands:
            spec = env.commands.get(name)
            if spec is not None:
                yield Proposal(name, Sort.COMMAND, spec.summary, spec.syntax, replaces=typed)
        return
    command = stage.command
    if command in LOOKUP_COMMANDS and len([word for word in words[1:] if "=" not in word]) <= (
        0 if stage.text[-1:].isspace() else 1
    ):
        yield from _lookups(workspace, typed)
    yield from _fields(workspace, path, stage, typed)
    for table, wanted in (
        (EVAL, command in _EVALUATING),
        (STATS, command in AGGREGATING and not _BY.search(stage.text)),
    ):
        if wanted:
            for name, signature in table.items():
                yield Proposal(name, Sort.FUNCTION, signature.takes, signature.summary, f"{name}(", typed)
    yield from _options(workspace, command, stage, typed)
    if command == "tstats":
        for name in ("datamodel=", "where", "by", "from"):
            yield Proposal(name, Sort.OPTION, replaces=typed)


def _macros(workspace: Workspace, typed: int, *, closed: bool) -> Iterator[Proposal]:
    env = workspace.env
    end = "" if closed else "`"

    def proposal(name: str, arguments: Iterable[str], definition: str, text: str) -> Proposal:
        listed = ", ".join(arguments)
        label = f"{name}({listed})" if listed else name
        return Proposal(label, Sort.MACRO, definition[:120], text, f"{label}{end}", typed)

    for name, macros in env.macros.items():
        for macro in macros:
            yield proposal(name, macro.arguments, macro.definition, macro.description)
    for name, path in env.filter_macros.items():
        yield proposal(name, (), "search *", f"The filter macro of {path}.")
    for name, externals in env.external_macros.items():
        for external in externals:
            yield proposal(name, external.arguments, external.definition or "", f"Of {external.app_title}.")


def _models(workspace: Workspace, written: str) -> Iterator[Proposal]:
    models = workspace.env.models.models
    name, dot, _ = written.partition(".")
    if dot and name in models:
        for dataset in models[name].datasets.values():
            yield Proposal(f"{name}.{dataset.prefix}", Sort.MODEL, replaces=len(written))
            yield Proposal(f"{name}.{dataset.name}", Sort.MODEL, replaces=len(written))
        return
    for model in models.values():
        yield Proposal(model.name, Sort.MODEL, model.app, replaces=len(written))


def _lookups(workspace: Workspace, typed: int) -> Iterator[Proposal]:
    for name, lookup in workspace.env.lookups.items():
        yield Proposal(name, Sort.LOOKUP, lookup.type, lookup.description, replaces=typed)
    for name, external in workspace.env.external_lookups.items():
        yield Proposal(name, Sort.LOOKUP, external.app_title, replaces=typed)


def _options(workspace: Workspace, command: str, stage: Stage, typed: int) -> Iterator[Proposal]:
    spec = workspace.env.commands.get(command)
    if spec is None or stage.in_quotes:
        return
    for name, kind in spec.options.items():
        yield Proposal(
            f"{name}=", Sort.OPTION, " | ".join(kind) if isinstance(kind, tuple) else kind.value, replaces=typed
        )


def _fields(workspace: Workspace, path: str, stage: Stage, typed: int) -> Iterator[Proposal]:
    command = stage.command
    if command == "tstats" or (command == "" and "datamodel" in stage.text):
        yield from _model_fields(workspace, stage.text, typed)
        return
    if command == "lookup":
        yield from _columns(workspace, stage.text, typed)
        if _OUTPUT.search(stage.text):
            return
    state = fields_before(workspace, path, stage.pipeline)
    for name in sorted(state.names):
        yield Proposal(name, Sort.FIELD, "field of the results so far", replaces=typed)
    if state.open:
        yield from _event_fields(workspace, path, typed)


def _model_fields(workspace: Workspace, text: str, typed: int) -> Iterator[Proposal]:
    named = _NAMED_MODEL.search(text)
    if named is None:
        return
    models = workspace.env.models
    model = models.models.get(named[1])
    if model is None:
        return
    wanted = named[2] or (model.roots[0] if model.roots else "")
    dataset = models.dataset(model.name, wanted)
    if dataset is None:
        return
    for name in sorted(models.known_fields(model.name, dataset.name)):
        yield Proposal(f"{dataset.name}.{name}", Sort.FIELD, f"{model.name}.{dataset.prefix}", replaces=typed)
    for name in sorted(ALWAYS_FIELDS):
        yield Proposal(name, Sort.FIELD, replaces=typed)


def _columns(workspace: Workspace, text: str, typed: int) -> Iterator[Proposal]:
    words = [word for word in text.split()[1:] if "=" not in word]
    name = words[0] if words else ""
    external = workspace.env.external_lookups.get(name)
    columns = workspace.env.lookup_columns.get(name) or (external.fields if external is not None else None) or ()
    for column in sorted(columns):
        yield Proposal(column, Sort.FIELD, f"column of {name}", replaces=typed)


def fields_before(workspace: Workspace, path: str, pipeline: str) -> FieldState:
    """Return the fields that exist behind a pipeline's text."""
    document = workspace.document(path)
    if document is None or not pipeline.strip():
        return FieldState()
    return workspace.analyzer.analyze(document, ("search",), Role.SEARCH, pipeline).final


def _event_fields(workspace: Workspace, path: str, typed: int) -> Iterator[Proposal]:
    """Propose the fields of the events: those that the file's data sources say, and what every event has."""
    item = workspace.item(path)
    if isinstance(item, Detection):
        for listed in item.data_source:
            for name in listed.split(" AND "):
                source = workspace.env.data_sources.get(name)
                if isinstance(source, DataSource):
                    for field in (*source.output_fields, *source.fields):
                        yield Proposal(field, Sort.FIELD, f"field of {name}", replaces=typed)
    for name in _COMMON_FIELDS:
        yield Proposal(name, Sort.FIELD, "field of every event", replaces=typed)


# -- other values ----------------------------------------------------------------------------------------------------

_NAMES: Final = {
    "analytic_story": Kind.STORY,
    "data_source": Kind.DATA_SOURCE,
    "baselines": Kind.BASELINE,
    "schedule": Kind.DEPLOYMENT,
}
_TEXTS_WITH_TOKENS: Final = frozenset(("message", "title"))


def _values(workspace: Workspace, document: Document | None, cursor: Cursor) -> Iterator[Proposal]:
    if document is None or cursor.is_key:
        return
    keys = [step for step in cursor.pointer if isinstance(step, str)]
    key = keys[-1] if keys else ""
    typed = len(cursor.before)
    token = _TOKEN.search(cursor.before)
    if key in _TEXTS_WITH_TOKENS and token is not None:
        for name in sorted(result_fields(workspace, document)):
            yield Proposal(f"${name}$", Sort.FIELD, "field of the results", replaces=len(token.group()))
        return
    if key == "mitre_attack_id":
        for technique in workspace.env.attack.techniques.values():
            if not technique.is_revoked:
                yield Proposal(technique.id, Sort.VALUE, technique.name, ", ".join(technique.tactics), replaces=typed)
    elif key in _NAMES:
        kind = _NAMES[key]
        start = cursor.before.rpartition(" AND ")[2]
        for name, where in workspace.env.names.get(kind, {}).items():
            yield Proposal(name, Sort.VALUE, where, replaces=len(start))
    elif key == "field" or keys[-2:] == ["throttling", "fields"]:
        for name in sorted(result_fields(workspace, document)):
            yield Proposal(name, Sort.FIELD, "field of the results", replaces=typed)
    else:
        for value in _enumerated(document, cursor):
            yield Proposal(value, Sort.VALUE, replaces=typed)


def result_fields(workspace: Workspace, document: Document) -> frozenset[str]:
    """Return the fields of a detection's results."""
    search = document.data.get("search")
    if not isinstance(search, str):
        return frozenset()
    return workspace.analyzer.analyze(document, ("search",), Role.SEARCH, search).final.names


def _enumerated(document: Document, cursor: Cursor) -> Iterator[str]:
    """Yield the values that the schema allows at a place."""
    dialect = document.dialect if document.kind is not Kind.CONFIG else Dialect.NATIVE
    schema = load_schema(schema_name(document.kind, dialect, document.path))
    part: Any = schema
    for step in cursor.pointer:
        part = _resolved(schema, part)
        if not isinstance(part, dict):
            return
        part = part.get("items") if isinstance(step, int) else part.get("properties", {}).get(step)
    part = _resolved(schema, part)
    options = [part, *part.get("anyOf", ())] if isinstance(part, dict) else []
    for option in options:
        listed = option.get("enum", ()) if isinstance(option, dict) else ()
        yield from (value for value in listed if isinstance(value, str))


def _resolved(schema: dict[str, Any], part: Any) -> Any:  # noqa: ANN401 - any part of a JSON Schema
    while isinstance(part, dict) and "$ref" in part:
        part = schema["$defs"].get(str(part["$ref"]).rpartition("/")[2])
    return part
