"""Records of made-up content, so that a test of rendering names only what it is about."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from generator.content.config import AppConfig, Config
from generator.content.model import (
    AlertActions,
    ConfStyle,
    Deployment,
    Detection,
    Dialect,
    Document,
    Drilldown,
    Finding,
    Kind,
    Lookup,
    Macro,
    Pack,
    Risk,
    RiskObject,
    Scheduling,
    Story,
    ThreatObject,
)
from generator.knowledge.conf import parse_conf
from generator.render import RenderInputs, render_app

DAY = datetime.date(2024, 2, 29)
APP = AppConfig(
    id="heron_pack",
    title="Heron Pack",
    label="HERON",
    prefix="HERON",
    version="1.2.3",
    description="Detections of the heronry.",
    author_name="Heron Team",
    author_email="heron@example.com",
    author_company="Heronry",
)


def document(path: str, kind: Kind, dialect: Dialect = Dialect.V5, **data: Any) -> Document:
    return Document(path, "", data, kind, dialect)


def detection(name: str = "Grey Heron", *, dialect: Dialect = Dialect.V5, **changes: Any) -> Detection:
    path = changes.pop("path", f"detections/endpoint/{name.lower().replace(' ', '_')}.yml")
    data = changes.pop("data", {})
    made = Detection(
        document=document(path, Kind.DETECTION, dialect, **data),
        name=name,
        id="00000000-0000-4000-8000-000000000001",
        version=3,
        creation_date=DAY,
        modification_date=DAY,
        author="A. Heron, Heronry",
        description="A heron stands.",
        type="TTP",
        search="index=pond | stats count by dest | `grey_heron_filter`",
        how_to_implement="Look at the pond.",
        known_false_positives="A stork.",
        risk=Risk(
            message="heron on $dest$",
            objects=(RiskObject(field="dest", type="system", score=64),),
            threats=(ThreatObject(field="src", type="ip_address"),),
            score=64,
        ),
        drilldowns=(Drilldown(name="See", search="%original_detection_search% | head 1", latest_offset="now"),),
        analytic_story=("Pond Life",),
        asset_type="Endpoint",
        mitre_attack_id=("T1078",),
        product=("Splunk Enterprise",),
        security_domain="endpoint",
    )
    if dialect is Dialect.NATIVE:
        entity = RiskObject(field="dest", type="system", score=64)
        message = RiskObject(field="dest", type="system", score=64, message="heron on $dest$")
        made = replace(
            made,
            finding=Finding(title="Heron at $dest$", entity=entity),
            risk=replace(made.risk, objects=(message,)),
        )
    return replace(made, **changes)


def deployment(kind: str = "TTP", *, inline: bool = False, **actions: Any) -> Deployment:
    return Deployment(
        document=document(f"deployments/{kind.lower()}.yml", Kind.DEPLOYMENT),
        name=f"HERON Default Configuration {kind}",
        type="" if inline else kind,
        scheduling=Scheduling(
            cron_schedule="7 * * * *", earliest_time="-2h@h", latest_time="-1h@h", schedule_window="auto"
        ),
        actions=AlertActions(**actions),
        inline=inline,
    )


def macro(name: str = "pond", definition: str = "index=pond", **changes: Any) -> Macro:
    made = Macro(
        document=document(f"macros/{name}.yml", Kind.MACRO), name=name, definition=definition, description="The pond."
    )
    return replace(made, **changes)


def lookup(name: str = "fishes", **changes: Any) -> Lookup:
    made = Lookup(
        document=document(f"lookups/{name}.yml", Kind.LOOKUP, **changes.pop("data", {})),
        name=name,
        description="Fishes.",
        modification_date=DAY,
        data_path=f"lookups/{name}.csv",
    )
    return replace(made, **changes)


def story(name: str = "Pond Life", **changes: Any) -> Story:
    made = Story(
        document=document(f"stories/{name.lower().replace(' ', '_')}.yml", Kind.STORY),
        name=name,
        version=2,
        creation_date=DAY,
        modification_date=DAY,
        author="A. Heron, Heronry, Ltd.",
        description="Life in a pond.",
        narrative="Birds eat fishes.",
        category=("Malware", "Abuse"),
        references=("https://example.com",),
    )
    return replace(made, **changes)


def pack(style: ConfStyle = ConfStyle.V5, app: AppConfig = APP, **changes: Any) -> Pack:
    settings = changes.pop("settings", {})
    return Pack(root="/", config=Config(app=app, conf_style=style, **settings), **changes)


class SeventyEight:
    """An ATT&CK table that knows T1078 only."""

    def kill_chain_phases(self, ids: Any) -> list[str]:
        return ["Installation", "Delivery"] if "T1078" in ids else []


def rendered(
    made: Pack, static: dict[str, bytes] | None = None, data: dict[str, bytes] | None = None, **options: Any
) -> dict[str, bytes]:
    return dict(render_app(made, RenderInputs(static or {}, data or {}), **options).files)


def conf(files: dict[str, bytes], name: str) -> dict[str, dict[str, str]]:
    return parse_conf(files[f"default/{name}.conf"].decode(), name).values()
