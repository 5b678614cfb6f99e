"""CON001 unknown-setting: a setting in the configuration that has no meaning.

## What it does

Reports keys of `contentpack.yml` and `build.yml` that are not settings. `contentctl.yml` has many settings that mean
nothing here (containers, test servers, ...): of its keys, those are reported that are nearly a setting that does.

## Why it matters

A misspelt setting is silently without effect: the default is used.

## Example

    app:
      lable: My Pack

## Use instead

Correct the key (the help names the nearest one) or delete it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from generator.base.diagnostics import Severity, did_you_mean
from generator.content.schema import load_schema
from generator.rules.base import Found, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.content.model import Document, Pointer
    from generator.rules.base import PackContext

# Settings of contentctl 4 and 5 that are read by it alone.
_ITS_OWN = frozenset(
    [
        "path",
        "enrichments",
        "build_app",
        "build_ssa",
        "build_path",
        "apps",
        "mode",
        "test_instance",
        "container_settings",
        "test_data_caches",
        "post_test_behavior",
        "splunk_api_username",
        "splunk_api_password",
        "githash",
        "verbose",
        "plan_only",
        "disable_tqdm",
        "enable_integration_testing",
        "enable_metadata_validation",
        "suppress_missing_content_exceptions",
        "previous_build",
        "data_source_TA_validation",
    ]
)


def check(ctx: PackContext) -> Iterator[Found]:
    """Yield the keys of contentctl.yml that are nearly a setting."""
    document = ctx.env.config.document
    if document is None or not document.path.endswith("contentctl.yml"):
        return
    settings = load_schema("config.contentctl")["properties"]
    yield from _misspelt(document, document.data, (), settings)
    app = document.data.get("app")
    if isinstance(app, Mapping):
        yield from _misspelt(document, app, ("app",), settings["app"]["properties"])


def _misspelt(
    document: Document, data: Mapping[str, Any], pointer: Pointer, settings: Mapping[str, Any]
) -> Iterator[Found]:
    for key in data:
        if key in settings or key in _ITS_OWN:
            continue
        hint = did_you_mean(key, settings)
        if hint is not None:
            yield Found(
                message=f"unknown setting `{key}`", hint=hint, document=document, pointer=(*pointer, key), key=True
            )


RULE = Rule(
    code="CON001",
    name="unknown-setting",
    severity=Severity.WARNING,
    since="0.1",
    problems=("unknown-setting",),
    check_pack=check,
)
