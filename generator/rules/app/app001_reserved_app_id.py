"""APP001 reserved-app-id: an app id that is taken, or that Splunk reads otherwise.

## What it does

Reports ids that begin with a digit, that are names of Splunk's own apps, that end in what looks like the suffix of a
package, or that Windows reserves. Characters that no id may have are reported by CON002.

## Why it matters

AppInspect refuses the app. One with the id of another app would be installed over it.

## Example

    app:
      id: search

## Use instead

    app:
      id: acme_detections
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.rules.app.files import about_app
from generator.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import AppContext, Found

_TAKEN = frozenset(
    {
        "alert_logevent",
        "alert_webhook",
        "appsbrowser",
        "dmc",
        "framework",
        "gettingstarted",
        "introspection_generator_addon",
        "launcher",
        "learned",
        "legacy",
        "missioncontrol",
        "sample_app",
        "search",
        "splunk_archiver",
        "splunk_gdi",
        "splunk_httpinput",
        "splunk_instrumentation",
        "splunk_internal_metrics",
        "splunk_metrics_workspace",
        "splunk_monitoring_console",
        "splunk_rapid_diag",
        "splunk_secure_gateway",
        "splunkclouduf",
        "splunkforwarder",
        "splunklightforwarder",
        "user-prefs",
    }
)
_RESERVED = re.compile(r"(?i)con|prn|aux|nul|com[0-9]|lpt[0-9]")


def check(ctx: AppContext) -> Iterator[Found]:
    """Yield what is wrong with the id."""
    name = ctx.app.app_id
    reason = None
    if name[:1].isdigit():
        reason = "begins with a digit"
    elif name in _TAKEN:
        reason = "is that of an app of Splunk's own"
    elif name.endswith((".", ".tar", ".tgz", ".tar.gz", ".spl")):
        reason = "ends like a package"
    elif _RESERVED.fullmatch(name):
        reason = "is reserved on Windows"
    if reason is not None:
        yield about_app(ctx, ("id", "appid"), f"the app id `{name}` {reason}", "choose another id")


RULE = Rule(code="APP001", name="reserved-app-id", severity=Severity.ERROR, since="0.1", check_app=check)
