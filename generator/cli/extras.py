"""Says how to install an optional part of the tool that a command needs and does not find."""

from __future__ import annotations

import re

_EXTRA = re.compile(r"""\s*;.*\bextra\s*==\s*['"]([^'"]+)['"]""")


def how_to_install(extra: str) -> str:
    """Return the command for the packages of an extra, as the installed tool's metadata names them.

    The packages are named and not `contentpack[...]`, since that works however the tool itself was installed.
    """
    from importlib import metadata

    try:
        requirements = metadata.requires("contentpack") or []
    except metadata.PackageNotFoundError:
        requirements = []
    packages = [
        requirement[: found.start()]
        for requirement in requirements
        if (found := _EXTRA.search(requirement)) is not None and found[1] == extra
    ]
    # A checkout on the path that was never installed has no metadata.
    return "pip install " + (" ".join(f"'{package}'" for package in packages) or f"'.[{extra}]'")
