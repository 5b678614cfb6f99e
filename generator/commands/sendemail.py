"""`sendemail`: sends the results by mail."""

from __future__ import annotations

from dataclasses import dataclass

from generator.commands.flow import keeps
from generator.commands.shapes import OptionsCommand, options_parser
from generator.spl.syntax import CommandKind, CommandSpec, OptionKind


@dataclass(frozen=True, slots=True)
class Sendemail(OptionsCommand):
    """It has only options."""


SPEC = CommandSpec(
    name="sendemail",
    kind=CommandKind.STREAMING,
    summary="Sends results by mail.",
    syntax="sendemail to=<addresses> [from=<address>] [cc=<addresses>] [bcc=<addresses>] [subject=<string>] [<option>=<value>]...",
    options={
        "to": OptionKind.TEXT,
        "from": OptionKind.TEXT,
        "cc": OptionKind.TEXT,
        "bcc": OptionKind.TEXT,
        "subject": OptionKind.TEXT,
        "message": OptionKind.TEXT,
        "footer": OptionKind.TEXT,
        "sendresults": OptionKind.BOOL,
        "inline": OptionKind.BOOL,
        "format": OptionKind.TEXT,
        "sendcsv": OptionKind.BOOL,
        "sendpdf": OptionKind.BOOL,
        "pdfview": OptionKind.TEXT,
        "paperorientation": (
            "portrait",
            "landscape",
        ),
        "papersize": OptionKind.TEXT,
        "priority": OptionKind.TEXT,
        "server": OptionKind.TEXT,
        "graceful": OptionKind.BOOL,
        "content_type": (
            "html",
            "plain",
        ),
        "width_sort_columns": OptionKind.BOOL,
        "use_ssl": OptionKind.BOOL,
        "use_tls": OptionKind.BOOL,
        "maxinputs": OptionKind.INT,
        "maxtime": OptionKind.TEXT,
        "responsetimeout": OptionKind.TEXT,
        "allow_empty_attachment": OptionKind.BOOL,
        "preprocess_results": OptionKind.TEXT,
        "escapecsvnewline": OptionKind.BOOL,
        "sendtestemail": OptionKind.BOOL,
        "username": OptionKind.TEXT,
        "password": OptionKind.TEXT,
    },
    parse=options_parser(Sendemail, required=("to",)),
    flow=keeps,
    source="Search Reference: sendemail",
)
