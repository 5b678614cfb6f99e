"""DET004 risk-mismatch: risk or a finding that does not fit the type of the detection.

## What it does

Compares what a detection raises with its type:

- native dialect: TTP and Correlation need a `finding`; Anomaly needs `intermediate_findings` and has no finding;
  Correlation has no intermediate findings; Hunting has neither of them, and no threat objects;
- v5: `rba` is there exactly when the deployment of the detection adds risk, as those of TTP and Anomaly do by default;
- v4: a TTP or Anomaly in production has an observable with the role `Victim`.

Detections that are deprecated are held to it in the newer dialects only. The v3 dialect has no such rule.

## Why it matters

The type says what the detection does with a result. Risk that is written down but not wanted by the type is never added;
where it is wanted but missing, the detection finds the attack and nobody hears of it.

## Example

    type: Hunting
    rba:
      message: A tool ran on $dest$

## Use instead

    type: Anomaly

or no `rba`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.diagnostics import Severity
from generator.content.model import Detection, Dialect
from generator.rules.base import Found, Rule
from generator.rules.det.types import adds_risk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.rules.base import ObjectContext

_TYPES = frozenset({"TTP", "Anomaly", "Hunting", "Correlation"})
_NEEDED = {"TTP": ("finding",), "Anomaly": ("intermediate_findings",), "Correlation": ("finding",), "Hunting": ()}
_FORBIDDEN = {
    "TTP": (),
    "Anomaly": ("finding",),
    "Correlation": ("intermediate_findings",),
    "Hunting": ("finding", "intermediate_findings", "threat_objects"),
}

_KNOWN_ROLES = frozenset({"attacker", "victim"})


def check(ctx: ObjectContext) -> Iterator[Found]:
    """Yield what is missing for the type, or too much for it."""
    item = ctx.item
    if not isinstance(item, Detection) or item.type not in _TYPES:
        return
    dialect = item.document.dialect
    if dialect is Dialect.NATIVE:
        yield from _native(item)
    elif dialect is Dialect.V5:
        yield from _v5(ctx, item)
    elif dialect is Dialect.V4:
        yield from _v4(item)


def _native(item: Detection) -> Iterator[Found]:
    data = item.document.data
    for key in _NEEDED[item.type]:
        if data.get(key) is None:
            yield Found(message=f"type `{item.type}` needs `{key}`", hint=f"add `{key}`", pointer=("type",), key=True)
    for key in _FORBIDDEN[item.type]:
        if data.get(key):
            yield Found(
                message=f"type `{item.type}` cannot have `{key}`",
                hint="remove it, or change the type",
                pointer=(key,),
                key=True,
            )


def _v5(ctx: ObjectContext, item: Detection) -> Iterator[Found]:
    wanted = adds_risk(item, ctx.env.deployments_by_type)
    has = item.document.data.get("rba") is not None
    if wanted and not has:
        yield Found(message=f"type `{item.type}` needs `rba`", hint="add `rba`", pointer=("type",), key=True)
    elif has and not wanted:
        yield Found(
            message=f"type `{item.type}` adds no risk, so `rba` has no effect",
            hint="remove it, or change the type",
            pointer=("rba",),
            key=True,
        )


def _v4(item: Detection) -> Iterator[Found]:
    if item.status != "production" or item.type not in {"TTP", "Anomaly"} or item.risk.objects:
        return
    if any(role.lower() not in _KNOWN_ROLES for seen in item.observables for role in seen.roles):
        return  # a role that is misspelt, which the schema reports
    yield Found(
        message=f"a production `{item.type}` needs an observable with the role `Victim`",
        hint="say which field of the results names who is attacked",
        pointer=("tags", "observable"),
        key=True,
    )


RULE = Rule(
    code="DET004",
    name="risk-mismatch",
    severity=Severity.ERROR,
    since="0.1",
    kinds=("detection",),
    check_object=check,
)
