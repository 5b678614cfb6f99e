"""Hash functions, of a text in UTF-8, in lower-case hexadecimal digits.

Source: Search Reference, "Cryptographic functions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.functions.signature import FunctionSignature, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

STRING = Kind.STRING


def _hashing(name: str) -> Callable[[str], str]:
    def hashed(text: str) -> str:
        import hashlib  # noqa: PLC0415 - checking a call does not need it

        return hashlib.new(name, text.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()

    return hashed


SIGNATURES = (
    FunctionSignature("md5", 1, 1, (STRING,), STRING, "MD5 as hexadecimal text", call=_hashing("md5")),
    FunctionSignature("sha1", 1, 1, (STRING,), STRING, "SHA-1 as hexadecimal text", call=_hashing("sha1")),
    FunctionSignature("sha256", 1, 1, (STRING,), STRING, "SHA-256 as hexadecimal text", call=_hashing("sha256")),
    FunctionSignature("sha512", 1, 1, (STRING,), STRING, "SHA-512 as hexadecimal text", call=_hashing("sha512")),
)
"""The signatures of these functions."""
