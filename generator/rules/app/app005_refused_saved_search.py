"""APP005 refused-saved-search: a saved search that AppInspect does not let pass.

## What it does

Looks at the rendered savedsearches.conf for scheduled searches without a time range, a cron expression that cannot be
read, more than twelve runs an hour, real-time searches, and the alert action that runs scripts. What a rule of group SCD
reports already, at the content that it comes from, is not repeated.

## Why it matters

AppInspect refuses the app, or warns. Such searches come from `static_configs/savedsearches_fbd.conf`, which is taken over
as it stands, or from actions in deployments.

## Example

    [ACME - Nightly Report]
    search = index=win | stats count by dest
    enableSched = 1
    cron_schedule = 0 2 * * *

## Use instead

    [ACME - Nightly Report]
    search = index=win | stats count by dest
    enableSched = 1
    cron_schedule = 0 2 * * *
    dispatch.earliest_time = -1d@d
    dispatch.latest_time = @d
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.knowledge.conf import is_true
from generator.knowledge.cron import CronError, parse_cron
from generator.rules.app.files import conf, owner_of, place
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.knowledge.conf import Stanza
    from generator.rules.base import AppContext

_PATH = "default/savedsearches.conf"
_MOST_RUNS = 12


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield the searches that are refused."""
    file = conf(ctx, "savedsearches")
    for stanza in file.stanzas if file is not None else ():
        values = stanza.values()
        for key in ("action.script", "action.script.filename"):
            if key in values:
                yield _found(ctx, stanza, key, f"`{key}` runs a script, which is refused", None)
        if owner_of(ctx.pack, stanza.name) is None:
            yield from _schedule(ctx, stanza, values)


def _schedule(ctx: AppContext, stanza: Stanza, values: dict[str, str]) -> Iterator[Found]:
    scheduled = is_true(values.get("enableSched", ""))
    search = values.get("search", "").lstrip()
    if scheduled and not search.startswith("|"):
        bounds = (
            ("earliest", "earliest_time", "index_earliest", Severity.ERROR),
            ("latest", "latest_time", "index_latest", Severity.WARNING),
        )
        for word, key, index_key, severity in bounds:
            if not values.get(f"dispatch.{key}") and not values.get(f"dispatch.{index_key}") and word not in search:
                message = f"the scheduled search has no `dispatch.{key}`"
                yield _found(ctx, stanza, "enableSched", message, severity)
    for key in ("dispatch.earliest_time", "dispatch.latest_time"):
        if values.get(key, "").startswith("rt"):
            on = scheduled and not is_true(values.get("disabled", ""))
            severity = Severity.ERROR if on else Severity.WARNING
            yield _found(ctx, stanza, key, f"`{values[key]}` makes this a real-time search", severity)
    if values.get("cron_schedule"):
        try:
            runs = parse_cron(values["cron_schedule"]).runs_per_hour
        except CronError as error:
            yield _found(ctx, stanza, "cron_schedule", f"invalid cron schedule: {error}", Severity.ERROR)
        else:
            if runs > _MOST_RUNS:
                yield _found(ctx, stanza, "cron_schedule", f"the search runs {runs} times an hour", Severity.WARNING)


def _found(ctx: AppContext, stanza: Stanza, key: str, message: str, severity: Severity | None) -> Found:
    line = next((setting.line for setting in stanza.settings if setting.key == key), stanza.line)
    return Found(
        message=f"[{stanza.name}]: {message}",
        hint="change what it was rendered from",
        span=place(ctx, _PATH, line),
        severity=severity,
    )


RULE = Rule(code="APP005", name="refused-saved-search", severity=Severity.ERROR, since="0.1", check_app=check)
