"""`extract`: extracts field and value pairs, or what a stanza of transforms.conf says."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import opens
from generator.commands.shapes import FieldsCommand, fields_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Extract(FieldsCommand):
    """`fields` are names of stanzas, not of fields."""


SPEC = CommandSpec(
    name="extract",
    kind=CommandKind.STREAMING,
    summary="Extracts field and value pairs.",
    syntax="extract [pairdelim=<chars>] [kvdelim=<chars>] [limit=<int>] [maxchars=<int>] [mv_add=<bool>] [clean_keys=<bool>] [keep_empty_vals=<bool>] [auto=<bool>] [reload=<bool>] [segment=<bool>] [<stanza>...]",
    aliases=("kv",),
    options={
        "pairdelim": OptionKind.TEXT,
        "kvdelim": OptionKind.TEXT,
        "limit": OptionKind.INT,
        "maxchars": OptionKind.INT,
        "mv_add": OptionKind.BOOL,
        "clean_keys": OptionKind.BOOL,
        "keep_empty_vals": OptionKind.BOOL,
        "auto": OptionKind.BOOL,
        "reload": OptionKind.BOOL,
        "segment": OptionKind.BOOL,
    },
    parse=fields_parser(Extract),
    flow=opens,
    source="Search Reference: extract",
)
