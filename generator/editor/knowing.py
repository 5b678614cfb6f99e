"""What is known of the thing at the cursor: text for a hover, and where it is defined."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.base.frozen import dataclass
from generator.content.model import Kind
from generator.content.positions import locate
from generator.editor.completion import AGGREGATING, LOOKUP_COMMANDS
from generator.editor.cursor import Cursor, macro_call_at, stage_at
from generator.functions import aggregation, eval_function
from generator.spl.macrocalls import read_call

if TYPE_CHECKING:
    from generator.base.source import Span
    from generator.content.model import ContentObject
    from generator.editor.workspace import Workspace

_TECHNIQUE: Final = re.compile(r"T1\d{3}(?:\.\d{3})?")
_NAMED: Final = {
    "analytic_story": Kind.STORY,
    "data_source": Kind.DATA_SOURCE,
    "data_sources": Kind.DATA_SOURCE,
    "baselines": Kind.BASELINE,
    "detections": Kind.DETECTION,
    "schedule": Kind.DEPLOYMENT,
    "chain": Kind.DETECTION,
}
_LONGEST: Final = 4_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a word: Markdown for a hover (empty for nothing), and the place of its definition."""

    markdown: str = ""
    definition: Span | None = None


def known_at(workspace: Workspace, cursor: Cursor) -> Known:
    """Return what is known of what the cursor is on."""
    if cursor.is_key:
        return Known()
    if cursor.is_spl:
        return _in_search(workspace, cursor)
    key = next((step for step in reversed(cursor.pointer) if isinstance(step, str)), "")
    if key == "mitre_attack_id" or _TECHNIQUE.fullmatch(cursor.value.strip()):
        return _technique(workspace, cursor.value.strip())
    kind = _NAMED.get(key)
    if kind is None:
        return Known()
    name = cursor.value.strip()
    if kind is Kind.DATA_SOURCE and " AND " in name:
        start = cursor.before.rpartition(" AND ")[2]
        name = (start + cursor.after.partition(" AND ")[0]).strip()
    return _object(workspace, kind, name)


def _in_search(workspace: Workspace, cursor: Cursor) -> Known:
    call = macro_call_at(cursor.value, len(cursor.before))
    if call is not None:
        return _macro(workspace, call[0])
    stage = stage_at(cursor.before)
    word = cursor.word
    if not word:
        return Known()
    spec = workspace.env.commands.get(word.lower())
    if stage.is_naming and spec is not None:
        return Known(
            f"**{spec.name}** — {_plain(spec.summary)}\n\n{_code(spec.syntax)}"
            + (f"\n\n{spec.source}" if spec.source else "")
        )
    behind = cursor.after[len(word) - len(cursor.word_before) :]
    if behind.lstrip().startswith("("):
        first, second = (aggregation, eval_function) if stage.command in AGGREGATING else (eval_function, aggregation)
        function = first(word) or second(word)
        if function is not None:
            return Known(
                f"**{function.name}** — {_plain(function.summary)}\n\nTakes {function.takes}; gives {function.result.value}."
            )
    if stage.command in LOOKUP_COMMANDS and word in workspace.env.names.get(Kind.LOOKUP, {}):
        return _object(workspace, Kind.LOOKUP, word)
    return _field(workspace, cursor, word)


def _macro(workspace: Workspace, inside: str) -> Known:
    name, arguments = read_call(inside)
    env = workspace.env
    macros = env.macros.get(name, ())
    macro = next((macro for macro in macros if len(macro.arguments) == len(arguments)), macros[0] if macros else None)
    expansion = workspace.analyzer.expand(f"`{inside}`")
    if macro is not None:
        shown = f"**`{name}`** — {_plain(macro.description)}\n\n{_code(expansion)}"
        return Known(shown, locate(macro.document, ("definition",)))
    if name in env.filter_macros:
        path = env.filter_macros[name]
        return Known(f"**`{name}`** — the filter macro of {_plain(path)}; `search *` until somebody edits it.", None)
    externals = env.external_macros.get(name, ())
    if externals:
        definition = externals[0].definition
        shown = _code(expansion) if definition else "Its definition is not known here."
        return Known(f"**`{name}`** — of {_plain(externals[0].app_title)}\n\n{shown}")
    return Known()


def _technique(workspace: Workspace, identifier: str) -> Known:
    technique = workspace.env.attack.techniques.get(identifier)
    if technique is None:
        return Known()
    tactics = ", ".join(
        workspace.env.attack.tactics[name].name for name in technique.tactics if name in workspace.env.attack.tactics
    )
    successor = workspace.env.attack.successor(identifier)
    gone = f"\n\nRevoked; today it is {successor.id} {successor.name}." if successor is not None else ""
    address = f"https://attack.mitre.org/techniques/{identifier.replace('.', '/')}/"
    return Known(f"**{technique.id} {_plain(technique.name)}** — {_plain(tactics)}{gone}\n\n{address}")


def _object(workspace: Workspace, kind: Kind, name: str) -> Known:
    path = workspace.env.names.get(kind, {}).get(name)
    item: ContentObject | None = workspace.item(path) if path is not None else None
    if item is None:
        return Known()
    noun = kind.value.replace("_", " ")
    return Known(f"**{_plain(item.name)}** ({noun}) — {_plain(item.description)}", locate(item.document, ("name",)))


def _field(workspace: Workspace, cursor: Cursor, word: str) -> Known:
    models = workspace.env.models
    dataset, dot, field = word.partition(".")
    if dot:
        for model in models.models.values():
            found = models.dataset(model.name, dataset)
            if (
                found is not None
                and field in models.known_fields(model.name, found.name)
                and model.name in cursor.value
            ):
                return Known(
                    f"**{_plain(word)}** — field of the dataset `{model.name}.{found.prefix}` ({_plain(model.app)})"
                )
    return Known()


def _plain(text: str) -> str:
    """Return a stranger's text so that Markdown shows it as it is: no link, no picture, no HTML."""
    shown = re.sub(r"([\\`*_{}\[\]()#+!|<>~-])", r"\\\1", " ".join(text.split()))
    return shown[:_LONGEST]


def _code(text: str) -> str:
    """Return a text as a code block that nothing in it can end."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}spl\n{text[:_LONGEST]}\n{fence}"
