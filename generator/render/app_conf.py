"""default/app.conf, server.conf, distsearch.conf, content-version.conf, metadata/default.meta and app.manifest.

What Splunk and AppInspect must know of the app as a whole. `build` stands where the peers write the time: the newest
content date and six digits of a checksum over all other files, so that it changes exactly when the app does.

Custom confs (those that are not Splunk's own) need a reload trigger, and replication in a search head cluster.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from generator.content.model import ConfStyle
from generator.knowledge.conf import parse_conf
from generator.render.confwrite import Stanza, clean, header, write_conf
from generator.render.context import ESCU_UID
from generator.render.templating import render_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.render.context import RenderContext

# Splunk's own conf files; a trigger for one of these is a failure when its objects are exported.
SPLUNK_CONFS = frozenset(
    [
        "addon_builder",
        "alert_actions",
        "app",
        "audit",
        "authentication",
        "authorize",
        "bookmarks",
        "checklist",
        "collections",
        "commands",
        "crawl",
        "datamodels",
        "datatypesbnf",
        "default-mode",
        "deployment",
        "deploymentclient",
        "distsearch",
        "event_renderers",
        "eventdiscoverer",
        "eventgen",
        "eventtypes",
        "fields",
        "global-banner",
        "health",
        "indexes",
        "inputs",
        "instance",
        "limits",
        "literals",
        "livetail",
        "macros",
        "messages",
        "metric_alerts",
        "metric_rollups",
        "multikv",
        "outputs",
        "passwords",
        "procmon-filters",
        "props",
        "pubsub",
        "restmap",
        "rolling_upgrade",
        "savedsearches",
        "searchbnf",
        "searchscripts",
        "segmenters",
        "server",
        "serverclass",
        "source-classifier",
        "sourcetypes",
        "tags",
        "telemetry",
        "times",
        "transactiontypes",
        "transforms",
        "ui-prefs",
        "ui-tour",
        "user-prefs",
        "user-seed",
        "viewstates",
        "visualizations",
        "web",
        "web-features",
        "wmi",
        "workflow_actions",
        "workload_policy",
        "workload_pools",
        "workload_rules",
    ]
)
# Not files but kinds of object, which a default.meta names as well.
_META_OBJECTS = frozenset({"views", "nav", "panels", "lookups", "searchscripts", "models", "apps", "data", "bin"})
_V4_TRIGGERS = (
    "analytic_stories",
    "usage_searches",
    "use_case_library",
    "correlationsearches",
    "analyticstories",
    "governance",
    "managed_configurations",
    "postprocess",
    "content-version",
    "es_investigations",
)
_V6_TRIGGERS = ("analyticstories", "content-version", "es_investigations")
_DEFAULT_META = "metadata/default.meta"


def render_content_version(context: RenderContext) -> bytes:
    """Return content-version.conf, from which Enterprise Security learns which content is installed."""
    return write_conf(
        "default/content-version.conf",
        context.app,
        [Stanza("content-version", [("version", context.app.version)])],
        template="content-version.conf.j2",
    )


def custom_confs(files: Iterable[str]) -> list[str]:
    """Return the names of the app's confs that are not Splunk's own, sorted."""
    names = (path.removeprefix("default/").removesuffix(".conf") for path in files if _is_conf(path))
    return sorted(name for name in names if name not in SPLUNK_CONFS)


def _is_conf(path: str) -> bool:
    return path.startswith("default/") and path.endswith(".conf") and path.count("/") == 1


def _meta_confs(files: Mapping[str, bytes]) -> list[str]:
    """Return the custom confs that default.meta gives access to, whether or not the app ships them."""
    data = files.get(_DEFAULT_META, b"")
    names = {stanza.name.partition("/")[0] for stanza in _parsed(data, _DEFAULT_META)}
    return sorted(names - SPLUNK_CONFS - _META_OBJECTS - {"", "default"})


def _parsed(data: bytes, path: str) -> list[Stanza]:
    values = parse_conf(data, path).values()
    return [Stanza(name, list(settings.items())) for name, settings in values.items()]


def render_server(context: RenderContext, files: Mapping[str, bytes]) -> bytes:
    """Return server.conf: the template's settings, and replication of each custom conf in a search head cluster."""
    native = context.style is ConfStyle.V6
    names = set(custom_confs(files)) | (set(_V6_TRIGGERS) if native else set())
    merged = {name: dict(values) for name, values, _ in _parsed(files.get("default/server.conf", b""), "server.conf")}
    cluster = merged.setdefault("shclustering", {})
    for name in sorted(names):
        cluster[f"conf_replication_include.{name}"] = "1" if native else "true"
    return write_conf(
        "default/server.conf",
        context.app,
        [Stanza(name, list(values.items())) for name, values in merged.items()],
        template="server.conf.j2",
    )


def render_distsearch(context: RenderContext) -> bytes:
    """Return distsearch.conf: the app's tables are not sent to search peers (V6; older packs bring their own file)."""
    name = context.app.id.replace("\\", "").replace(".", "\\.")
    return write_conf(
        "default/distsearch.conf",
        context.app,
        [
            Stanza(
                "replicationDenylist", [(f"exclude{_word(context.prefix)}", rf"apps[/\\]{name}[/\\]lookups[/\\]...")]
            ),
            Stanza("replicationSettings:refineConf", [("replicate.analytic_stories", "0")]),
        ],
        template="distsearch.conf.j2",
    )


def _word(text: str) -> str:
    return "".join(character for character in text if character.isalnum() and character.isascii()) or "App"


def render_app_conf(context: RenderContext, files: Mapping[str, bytes]) -> bytes:
    """Return app.conf; `files` are all other files of the app, which the build number is made from."""
    app = context.app
    style = context.style
    author = app.author_name if style is ConfStyle.V6 else app.author_company or app.author_name
    yes, no = ("1", "0") if style is ConfStyle.V6 else ("true", "false")
    names = dict.fromkeys((*custom_confs(files), *_meta_confs(files)))
    if style is ConfStyle.V4:
        names = dict.fromkeys((*_V4_TRIGGERS, *names))
    elif style is ConfStyle.V6:
        names = dict.fromkeys((*_V6_TRIGGERS, *names))
    package = [("id", app.id)]
    from_splunkbase = context.is_escu if style is ConfStyle.V6 else app.uid == ESCU_UID
    if style is not ConfStyle.V4:
        package.append(("check_for_updates", yes if from_splunkbase else no))
    return write_conf(
        "default/app.conf",
        app,
        [
            Stanza(
                "install",
                [
                    ("is_configured", no),
                    ("state", "enabled"),
                    ("state_change_requires_restart", no),
                    ("build", build_number(context, files)),
                ],
            ),
            Stanza("triggers", [(f"reload.{name}", "simple") for name in names]),
            Stanza(
                "launcher",
                [("author", author), ("version", app.version), ("description", app.description)],
            ),
            Stanza("ui", [("is_visible", yes), ("label", context.shown_label or app.id)]),
            Stanza("package", package),
            Stanza("id", [("name", app.id), ("version", app.version)]),
        ],
        template="app.conf.j2",
        by_name=style is ConfStyle.V6,
    )


def build_number(context: RenderContext, files: Mapping[str, bytes]) -> str:
    """Return 14 digits: the newest content date, then six of a checksum over version and files."""
    total = hashlib.sha256(context.app.version.encode("utf-8", errors="replace"))
    for path in sorted(files):
        total.update(path.encode("utf-8", errors="replace") + b"\0" + hashlib.sha256(files[path]).digest())
    date = context.newest_date
    return f"{date:%Y%m%d}{int(total.hexdigest()[:12], 16) % 1_000_000:06d}" if date else "0"


def render_meta(context: RenderContext) -> bytes:
    """Return default.meta: the template's, or our own; the `[default]` saved search is never exported to other apps."""
    data = context.inputs.static.get(_DEFAULT_META)
    if data is None:
        return render_template("default.meta.j2", header=header(context.app)).encode("utf-8")
    names = {stanza.name for stanza in _parsed(data, _DEFAULT_META)}
    if context.style is ConfStyle.V4 or "savedsearches/default" in names:
        return data
    kept = data.decode("utf-8", errors="replace").rstrip().rstrip("\\").encode()
    return kept + b"\n\n" + render_template("default_savedsearch.meta.j2").encode("utf-8")


def render_manifest(context: RenderContext, files: Mapping[str, bytes]) -> bytes:
    """Return app.manifest; `releaseDate` is the newest content date. Values are escaped (the peers paste them in)."""
    app = context.app
    info: dict[str, Any] = {
        "title": clean(app.title or app.label or app.id),
        "id": {"group": None, "name": app.id, "version": app.version},
        "author": [
            {
                "name": clean(app.author_name),
                "email": clean(app.author_email) or None,
                "company": clean(app.author_company) or None,
            }
        ],
        "releaseDate": context.newest_date.isoformat() if context.newest_date else None,
        "description": clean(app.description),
        "classification": {"intendedAudience": None, "categories": [], "developmentStatus": None},
        "commonInformationModels": None,
        "license": {"name": None, "text": None, "uri": None},
        "privacyPolicy": {"name": None, "text": None, "uri": None},
        "releaseNotes": {"name": None, "text": "./README.md" if "README.md" in files else None, "uri": None},
    }
    manifest: dict[str, Any] = {
        "schemaVersion": "2.0.0" if context.style is ConfStyle.V6 else "1.0.0",
        "targetWorkloads": ["_search_heads"],
        "info": info,
        "dependencies": None,
        "tasks": None,
        "inputGroups": None,
        "incompatibleApps": None,
        "platformRequirements": None,
    }
    if context.style is ConfStyle.V4:
        del manifest["targetWorkloads"]
    elif context.style is ConfStyle.V6:
        manifest["supportedDeployments"] = ["_standalone", "_distributed", "_search_head_clustering"]
    return (json.dumps(manifest, indent=2) + "\n").encode("ascii")


def nav(files: Mapping[str, bytes]) -> bytes:
    """Return the app's menu: its own boards, then the search page. Only for a pack that brings no menu."""
    views = sorted(
        path.rpartition("/")[2].removesuffix(".xml") for path in files if path.startswith("default/data/ui/views/")
    )
    return render_template("xml/nav.xml.j2", views=views).encode("utf-8")
