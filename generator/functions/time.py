"""Functions on times (seconds since 1970)."""

from __future__ import annotations

from generator.functions.signature import FunctionSignature, Kind

NUMBER, STRING = Kind.NUMBER, Kind.STRING

SIGNATURES = (
    FunctionSignature("now", 0, 0, (), NUMBER, "when the search was started"),
    FunctionSignature("time", 0, 0, (), NUMBER, "the time at this moment"),
    FunctionSignature(
        "relative_time", 2, 2, (NUMBER, STRING), NUMBER, "a time moved and snapped by a modifier such as -1d@d"
    ),
    FunctionSignature("strftime", 2, 2, (NUMBER, STRING), STRING, "a time as text"),
    FunctionSignature("strptime", 2, 2, (STRING, STRING), NUMBER, "a text as time"),
)
"""The signatures of these functions."""
