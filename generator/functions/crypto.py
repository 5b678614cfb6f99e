"""Hash functions."""

from __future__ import annotations

from generator.functions.signature import FunctionSignature, Kind

ANY, STRING = Kind.ANY, Kind.STRING

SIGNATURES = (
    FunctionSignature("md5", 1, 1, (ANY,), STRING, "MD5 as hexadecimal text"),
    FunctionSignature("sha1", 1, 1, (ANY,), STRING, "SHA-1 as hexadecimal text"),
    FunctionSignature("sha256", 1, 1, (ANY,), STRING, "SHA-256 as hexadecimal text"),
    FunctionSignature("sha512", 1, 1, (ANY,), STRING, "SHA-512 as hexadecimal text"),
)
"""The signatures of these functions."""
