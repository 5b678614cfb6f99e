"""`foreach`: runs a sub-pipeline once for each field that a list names, or for each value of a field.

In the sub-pipeline `<<FIELD>>`, `<<MATCHSTR>>`, `<<MATCHSEG1>>`..., `<<ITEM>>` and `<<ITER>>` are put in as text. Where
options give these marks other names, the sub-pipeline is no SPL before they are put in: its errors are not reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.commands.eval import Eval
from generator.commands.shapes import given
from generator.commands.uses import match_wildcard, read_expression, read_names
from generator.spl.ast import Command, Field, MacroCall, Name, Option, Options, Subsearch
from generator.spl.printer import join_words, print_options, print_subsearch, print_values
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind
from generator.spl.walk import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.spl.fields import FieldState, FlowEnv
    from generator.spl.reader import ArgReader

MARKS = ("fieldstr", "matchstr", "matchseg1", "matchseg2", "matchseg3", "itemstr", "iterstr")
"""The options that give the marks of a template other names."""

_EACH_FIELD = frozenset({"", "multifield", "auto_collections"})
_SEGMENT = re.compile(r"<<MATCHSEG([123])>>")
_UNKNOWN = re.compile(r"[{$]|<<")


@dataclass(frozen=True, slots=True)
class Foreach(Command):
    """`fields` are names and wildcards, or the one field whose values are taken (`mode=multivalue`, `json_array`)."""

    options: Options
    fields: tuple[Field, ...]
    body: Subsearch

    @property
    def mode(self) -> str:
        """`multifield` (also by default), `multivalue`, `json_array` or `auto_collections`, in lower case."""
        return given(self.options, "mode", "multifield").lower()

    @property
    def renames_marks(self) -> bool:
        """Whether a mark of the template has another name than by default."""
        return any(isinstance(option, Option) and option.name in MARKS for option in self.options)

    def arguments(self) -> str:
        """Print options, fields and the sub-pipeline."""
        return join_words(print_options(self.options), print_values(self.fields, " "), print_subsearch(self.body))


def parse(args: ArgReader) -> Foreach:
    """Read options and fields in any order, and the sub-pipeline."""
    options, fields = args.mixed()
    if not fields and given(options, "mode") in _EACH_FIELD - {"auto_collections"}:
        raise args.expected("a field name or a wildcard")
    marked = any(isinstance(option, Option) and option.name in MARKS for option in options)
    body = args.subpipeline_of(tolerant=marked)
    return Foreach(*args.head, options + tuple(iter(args.option, None)), fields, body)


def flow(node: Foreach, state: FieldState, env: FlowEnv) -> FieldState:
    """Fields that the sub-pipeline makes are added; their names are known where the fields of the list are."""
    each_field = node.mode in _EACH_FIELD
    read_names(node.fields, state, env, optional=each_field)
    if node.renames_marks or any(isinstance(item, MacroCall) for item in (*node.fields, *node.options)):
        return state.opened()
    commands = node.body.pipeline.commands
    if not all(isinstance(command, Eval) for command in commands):
        return state.merged(env.continue_with(node.body.pipeline, state))
    evals = list(find(node.body, Eval))
    # What one round makes, the next may read.
    plain = [a.target.text for e in evals for a in e.assignments if not _UNKNOWN.search(a.target.text)]
    made = state.add(plain)
    for command in evals:
        for assignment in command.assignments:
            read_expression(assignment.value, made, env)
    unknown = False
    for command in evals:
        for assignment in command.assignments:
            target = assignment.target.text
            if "<<" not in target:
                unknown = unknown or _UNKNOWN.search(target) is not None
                continue
            names = list(_filled(node, target, state)) if each_field else []
            unknown = unknown or not each_field or any(_UNKNOWN.search(name) for name in names)
            if target != "<<FIELD>>":
                unknown = unknown or state.open or bool(state.patterns)
            made = made.add(names)
    return made.opened() if unknown else made


def _filled(node: Foreach, target: str, state: FieldState) -> Iterator[str]:
    """Yield the names that a target stands for, one for each field of the list that is known."""
    for field in node.fields:
        if not isinstance(field, Name):
            continue
        if "*" not in field.text:
            yield _fill(target, field.text, ())
            continue
        for known in sorted(state.names):
            matched = match_wildcard(field.text, known)
            if matched is not None:
                yield _fill(target, known, matched)


def _fill(target: str, name: str, matched: tuple[str, ...]) -> str:
    target = target.replace("<<FIELD>>", name).replace("<<MATCHSTR>>", "".join(matched))
    return _SEGMENT.sub(lambda m: matched[int(m[1]) - 1] if len(matched) >= int(m[1]) else m[0], target)


SPEC = CommandSpec(
    name="foreach",
    kind=CommandKind.STREAMING,
    summary="Runs a sub-pipeline for each field or value.",
    syntax="foreach [mode=multifield|multivalue|json_array|auto_collections] <field>... [fieldstr=<string>] "
    "[matchstr=<string>] [matchseg1|2|3=<string>] [itemstr=<string>] [iterstr=<string>] [<pipeline>]",
    options={
        "mode": ("multifield", "multivalue", "json_array", "auto_collections"),
        **dict.fromkeys(MARKS, OptionKind.TEXT),
    },
    parse=parse,
    flow=flow,
    source="Search Reference: foreach",
)
