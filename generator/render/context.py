"""What all outputs share: the pack without what is skipped, names of stanzas, deployments, texts that depend on status.

Three conf styles (`ConfStyle`): V4 and V5 give the keys of contentctl 4 and 5, V6 those of contentctl-ng.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from generator.content.model import AlertActions, ConfStyle, ContentObject, Deployment, Dialect, Kind, Scheduling
from generator.render.confwrite import clean, stanza_name
from generator.render.derived import mappings
from generator.render.jsontext import compact, spaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet

    from generator.content.config import AppConfig
    from generator.content.model import (
        Baseline,
        DataSource,
        Detection,
        Investigation,
        Lookup,
        Macro,
        Pack,
        Story,
    )
    from generator.render.derived import KillChain
    from generator.render.inputs import RenderInputs

_Object = TypeVar("_Object", bound=ContentObject)

ESCU_UID = 3449
ESCU_ID = "DA-ESS-ContentUpdate"
_DEFAULT_SCHEDULE = Scheduling(
    cron_schedule="0 * * * *", earliest_time="-70m@m", latest_time="-10m@m", schedule_window="auto"
)
_BASELINE_SCHEDULE = Scheduling(
    cron_schedule="10 0 * * *", earliest_time="-1450m@m", latest_time="-10m@m", schedule_window="auto"
)
_NOTABLE = {"rule_title": "%name%", "rule_description": "%description%", "nes_fields": ["user", "dest"]}
_DEFAULT_ACTIONS = {
    "TTP": AlertActions(notable=_NOTABLE, rba_enabled=True),
    "Anomaly": AlertActions(rba_enabled=True),
    "Correlation": AlertActions(notable=_NOTABLE),
}
_NATIVE_DEFAULTS = {"Baseline": "Default Baseline"}


@dataclass(frozen=True)
class RenderContext:
    """A pack on its way to an app. `attack` is None where the style has no kill chain phases."""

    pack: Pack
    inputs: RenderInputs
    attack: KillChain | None = None
    skip: AbstractSet[str] = field(default_factory=frozenset)

    @property
    def app(self) -> AppConfig:
        """The app's identity."""
        return self.pack.config.app

    @property
    def style(self) -> ConfStyle:
        """Which keys are written."""
        return self.pack.config.conf_style

    @property
    def is_escu(self) -> bool:
        """Whether this is Splunk's own pack, which alone is updated from Splunkbase under its id."""
        return self.app.uid == ESCU_UID or (self.app.uid is None and self.app.id == ESCU_ID)

    @property
    def is_contentctl(self) -> bool:
        """Whether the app is configured by a contentctl.yml, whose `label` is the prefix and whose `title` is shown."""
        document = self.pack.config.document
        return document is not None and document.path.rpartition("/")[2] == "contentctl.yml"

    @cached_property
    def prefix(self) -> str:
        """What every saved search's name begins with."""
        app = self.app
        first, second = (app.label, app.prefix) if self.is_contentctl else (app.prefix, app.label)
        return clean(first) or clean(second) or clean(app.id)

    @property
    def shown_label(self) -> str:
        """The app's name in Splunk's menus."""
        app = self.app
        return app.title or app.label if self.is_contentctl else app.label or app.title

    @cached_property
    def json(self) -> Callable[[Any], str]:
        """Write JSON in the style's spelling."""
        return compact if self.style is ConfStyle.V6 else spaced

    @cached_property
    def detections(self) -> tuple[Detection, ...]:
        """The detections to render."""
        return self._kept(self.pack.detections)

    @cached_property
    def baselines(self) -> tuple[Baseline, ...]:
        """The baselines to render."""
        return self._kept(self.pack.baselines)

    @cached_property
    def investigations(self) -> tuple[Investigation, ...]:
        """The investigations to render; only contentctl 4 has them."""
        return self._kept(self.pack.investigations) if self.style is ConfStyle.V4 else ()

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """The stories to render."""
        return self._kept(self.pack.stories)

    def story_members(self, name: str) -> list[Detection]:
        """Return the rendered detections that a story names as theirs, in their order."""
        return self._by_story.get(name, [])

    @cached_property
    def _by_story(self) -> dict[str, list[Detection]]:
        found: dict[str, list[Detection]] = {}
        for item in self.detections:
            for name in dict.fromkeys(item.analytic_story):
                found.setdefault(name, []).append(item)
        return found

    @cached_property
    def macros(self) -> tuple[Macro, ...]:
        """The macros that have files."""
        return self._kept(self.pack.macros)

    @cached_property
    def lookups(self) -> tuple[Lookup, ...]:
        """The lookups whose data file is there (a KV store has none)."""
        return tuple(
            lookup
            for lookup in self._kept(self.pack.lookups)
            if lookup.type == "kvstore" or (lookup.data_path is not None and lookup.data_path in self.inputs.data)
        )

    @cached_property
    def data_sources(self) -> tuple[DataSource, ...]:
        """The data sources to list."""
        return self._kept(self.pack.data_sources)

    def _kept(self, objects: Iterable[_Object]) -> tuple[_Object, ...]:
        return tuple(item for item in objects if item.name and item.path not in self.skip)

    @cached_property
    def newest_date(self) -> datetime.date | None:
        """The newest date of any content, which stands for the day of the build."""
        return max((o.modification_date for o in self.pack.objects() if o.modification_date), default=None)

    def stanza(self, item: ContentObject) -> str:
        """Return the name of the saved search that a detection, baseline or investigation becomes."""
        key = (item.kind, item.name)
        name = self._stanza_names.get(key)
        if name is None:
            name = stanza_name(f"{self.prefix} - {item.name}{_SUFFIXES.get(item.kind, '')}")
            self._stanza_names[key] = name
        return name

    @cached_property
    def _stanza_names(self) -> dict[tuple[Kind, str], str]:
        return {}

    def described(self, item: ContentObject) -> str:
        """Return the description with a warning in front for experimental and deprecated content."""
        return self._warning(item) + item.description

    def _warning(self, item: ContentObject) -> str:
        if item.status not in {"experimental", "deprecated"}:
            return ""
        kind = _KIND_NAMES.get(item.kind, "content")
        if self.style is ConfStyle.V4:
            if kind != "Detection":
                return ""
            kind = "detection"
        team, email = "the Splunk Threat Research Team", "research@splunk.com"
        if self.style is ConfStyle.V6:  # the older tools name Splunk's team in everybody's app
            team = f"the {self.app.author_name}" if self.app.author_name.endswith(" Team") else self.app.author_name
            email = self.app.author_email
        return _WARNINGS[item.status].format(kind=kind, team=team, email=email)

    def deployment(self, item: Detection | Baseline) -> Deployment:
        """Return the schedule and actions in force: inline, by name, by type, or the built-in default."""
        if item.deployment is not None:
            return item.deployment
        if item.schedule:
            named = self._deployments_by_name.get(item.schedule)
            if named is not None:
                return named
        kind = item.type or "Baseline"
        found = self._default_deployments.get(kind)
        if found is None:
            scheduling = _BASELINE_SCHEDULE if kind == "Baseline" else _DEFAULT_SCHEDULE
            actions = _DEFAULT_ACTIONS.get(kind, AlertActions())
            found = Deployment(document=item.document, scheduling=scheduling, actions=actions)
            native = self._deployments_by_name.get(_NATIVE_DEFAULTS.get(kind, "Default EventBasedDetection"))
            if native is not None:
                found = Deployment(document=native.document, scheduling=native.scheduling, actions=actions)
        return found

    def actions(self, detection: Detection) -> AlertActions:
        """Return the alert actions in force: a native schedule has none of its own, so those of the type stand."""
        if self.is_native(detection):
            found = self._default_deployments.get(detection.type)
            return found.actions if found is not None else _DEFAULT_ACTIONS.get(detection.type, AlertActions())
        return self.deployment(detection).actions

    def titled_by_deployment(self, detection: Detection) -> bool:
        """Say whether a deployment file of the pack, and not the finding, says how notables are called."""
        found = self._default_deployments.get(detection.type)
        return found is not None and found.actions.notable is not None

    def scheduling(self, item: Detection | Baseline) -> Scheduling:
        """Return when a search runs; the built-in schedule where a deployment leaves it out."""
        fallback = _BASELINE_SCHEDULE if item.kind is Kind.BASELINE else _DEFAULT_SCHEDULE
        return self.deployment(item).scheduling or fallback

    @cached_property
    def _deployments_by_name(self) -> dict[str, Deployment]:
        return {deployment.name: deployment for deployment in self.pack.deployments}

    @cached_property
    def _default_deployments(self) -> dict[str, Deployment]:
        """Type to its deployment: the one named `... Default Configuration <type>`, else the first of the type."""
        found: dict[str, Deployment] = {}
        for deployment in self.pack.deployments:
            if deployment.type:
                is_default = deployment.name.endswith(f"Default Configuration {deployment.type}")
                if is_default or deployment.type not in found:
                    found[deployment.type] = deployment
        return found

    def mappings(self, detection: Detection) -> dict[str, Any]:
        """Return a detection's framework mappings in the style's order."""
        return mappings(detection, self.attack, ordered=self.style is ConfStyle.V6)

    def is_native(self, detection: Detection) -> bool:
        """Say whether findings (native) or a deployment's actions (older dialects) make a detection's alerts."""
        return detection.document.dialect is Dialect.NATIVE


def day(date: datetime.date | None) -> str:
    """Return a date as `YYYY-MM-DD`; empty when there is none."""
    return date.isoformat() if date else ""


def epoch(date: datetime.date | None) -> float:
    """Return a date's midnight UTC in seconds; 0.0 when there is none."""
    if date is None:
        return 0.0
    return float((date.toordinal() - _EPOCH) * 86400)


_EPOCH = datetime.date(1970, 1, 1).toordinal()
_SUFFIXES = {Kind.DETECTION: " - Rule", Kind.INVESTIGATION: " - Response Task"}
_KIND_NAMES = {Kind.DETECTION: "Detection", Kind.BASELINE: "Baseline", Kind.STORY: "Story"}
# Part of the output format: these texts begin the descriptions that users of the older tools' apps know.
_WARNINGS = {
    "experimental": (
        "**WARNING**, this {kind} is marked **EXPERIMENTAL** by {team}. This means that the {kind} has been manually "
        "tested but we do not have the associated attack data to perform automated testing or cannot share this attack "
        "dataset due to its sensitive nature. If you have any questions feel free to email us at: {email}. "
    ),
    "deprecated": (
        "**WARNING**, this {kind} has been marked **DEPRECATED** by {team}. This means that it will no longer be "
        "maintained or supported. If you have any questions feel free to email us at: {email}. "
    ),
}
