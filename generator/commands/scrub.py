"""`scrub`: replaces names, addresses and other identifying text by made-up ones."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Scrub(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="scrub",
    kind=CommandKind.STREAMING,
    summary="Replaces names and addresses by made-up ones.",
    syntax="scrub [public-terms=<file>] [private-terms=<file>] [name-terms=<file>] [dictionary=<file>] [timeconfig=<file>] [namespace=<app>]",
    options={
        "public-terms": OptionKind.TEXT,
        "private-terms": OptionKind.TEXT,
        "name-terms": OptionKind.TEXT,
        "dictionary": OptionKind.TEXT,
        "timeconfig": OptionKind.TEXT,
        "namespace": OptionKind.TEXT,
    },
    parse=options_parser(Scrub),
    flow=keeps,
    source="Search Reference: scrub",
)
