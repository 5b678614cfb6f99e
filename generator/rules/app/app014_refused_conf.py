"""APP014 refused-conf: a `.conf` file that a content pack must not bring.

## What it does

Reports conf files that configure Splunk itself (`indexes.conf`, `limits.conf`, `outputs.conf`, `web.conf`, ...) with settings in
them, network and script inputs, and accelerated data models. Files that AppInspect lets pass with a remark are warnings.

## Why it matters

Splunk Cloud refuses apps that change the system.

## Example

    app_template/default/limits.conf

## Use instead

Leave it to the people who run the system, and describe what they should set in the README.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.app.files import conf, conf_paths, parsed, place
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext

_REFUSED = frozenset(
    {"limits", "crawl", "messages", "deploymentclient", "serverclass", "outputs", "deployment", "pubsub"}
)
_REMARKED = frozenset({"passwords", "bookmarks"})
_NETWORK = ("tcp", "udp", "splunktcp", "http", "script", "fifo")
_TRUE = frozenset({"1", "true", "yes", "t", "y"})


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the files and stanzas that are refused."""
    for path in conf_paths(ctx.app):
        name = path.removeprefix("default/").removesuffix(".conf")
        if name in _REFUSED | _REMARKED and parsed(ctx.app, path).stanzas:
            refused = name in _REFUSED
            yield Found(
                message=f"`{path}` configures Splunk itself",
                hint="leave it out of the app",
                span=place(ctx, path),
                severity=None if refused else Severity.WARNING,
            )
    inputs = conf(ctx.app, "inputs")
    for stanza in inputs.stanzas if inputs is not None else ():
        if stanza.name.partition(":")[0].lower() in _NETWORK:
            yield Found(
                message=f"[{stanza.name}] opens an input",
                hint="leave inputs to the people who run the system",
                span=place(ctx, "default/inputs.conf", stanza.line),
            )
    models = conf(ctx.app, "datamodels")
    for stanza in models.stanzas if models is not None else ():
        for setting in stanza.settings:
            if setting.key == "acceleration" and setting.value.lower() in _TRUE:
                yield Found(
                    message=f"[{stanza.name}] is accelerated as soon as the app is installed",
                    hint="leave acceleration to the people who run the system",
                    span=place(ctx, "default/datamodels.conf", setting.line),
                )


RULE = Rule(code="APP014", name="refused-conf", severity=Severity.ERROR, since="0.1", check_app=check)
