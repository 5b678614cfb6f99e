"""APP014 refused-conf: a `.conf` file that a content pack must not bring.

## What it does

Reports conf files that configure Splunk itself (`limits.conf`, `messages.conf`, ...) with settings in them, network and script
inputs, settings of the server and its web pages, roles that inherit from `admin`, links to http addresses, accelerated data models, and
settings under `[default]` in files that all apps share.
Files that AppInspect lets pass with a remark are warnings.

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
from generator.knowledge.conf import is_true
from generator.rules.app.files import conf, conf_paths, parsed, place
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.knowledge.conf import Stanza
    from generator.rules.base import AppContext

_REFUSED = frozenset({"limits", "crawl", "messages", "deploymentclient", "serverclass"})
_REMARKED = frozenset({"passwords", "bookmarks"})
_SHARED = frozenset(
    {"eventtypes", "fields", "macros", "props", "tags", "transforms", "workflow_actions", "indexes", "inputs"}
)
_GENERAL = frozenset({"default", "general", "global", "stash"})
_NETWORK = ("tcp", "udp", "splunktcp", "http", "script", "fifo")


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the files and stanzas that are refused."""
    for path in conf_paths(ctx.app):
        name = path.removeprefix("default/").removesuffix(".conf")
        if name in _REFUSED | _REMARKED and parsed(ctx, path).stanzas:
            refused = name in _REFUSED
            yield Found(
                message=f"`{path}` configures Splunk itself",
                hint="leave it out of the app",
                span=place(ctx, path),
                severity=None if refused else Severity.WARNING,
            )
    for path in conf_paths(ctx.app):
        name = path.removeprefix("default/").removesuffix(".conf")
        for stanza in parsed(ctx, path).stanzas if name in _SHARED else ():
            if stanza.name in _GENERAL and stanza.settings:
                yield Found(
                    message=f"[{stanza.name}] of `{path}` changes the defaults of all apps",
                    hint="name the stanzas that the app has",
                    span=place(ctx, path, stanza.line),
                )
    for name, reason in (
        ("inputs", _opens_input),
        ("web", _configures_web),
        ("server", _configures_server),
        ("datamodels", _is_accelerated),
        ("authorize", _inherits_admin),
        ("workflow_actions", _leads_to_http),
    ):
        file = conf(ctx, name)
        for stanza in file.stanzas if file is not None else ():
            message = reason(stanza)
            if message is not None:
                yield Found(
                    message=f"[{stanza.name}] {message}",
                    hint="leave it out of the app",
                    span=place(ctx, f"default/{name}.conf", stanza.line),
                )


def _opens_input(stanza: Stanza) -> str | None:
    return "opens an input" if stanza.name.partition(":")[0].lower() in _NETWORK else None


def _configures_web(stanza: Stanza) -> str | None:
    return None if stanza.name.startswith(("endpoint:", "expose:")) else "configures Splunk's web server"


def _configures_server(stanza: Stanza) -> str | None:
    return None if stanza.name in {"shclustering", "diag"} or not stanza.settings else "configures the server"


def _is_accelerated(stanza: Stanza) -> str | None:
    on = is_true(stanza.values().get("acceleration", ""))
    return "is accelerated as soon as the app is installed" if on else None


def _inherits_admin(stanza: Stanza) -> str | None:
    roles = {role.strip() for role in stanza.values().get("importRoles", "").split(";")}
    return "makes a role as powerful as `admin`" if "admin" in roles else None


def _leads_to_http(stanza: Stanza) -> str | None:
    return "leads to an http address" if stanza.values().get("link.uri", "").startswith("http://") else None


RULE = Rule(code="APP014", name="refused-conf", severity=Severity.ERROR, since="0.1", check_app=check)
