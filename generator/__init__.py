"""contentpack: a git repository of Splunk detections in YAML becomes a checked, documented, reproducible Splunk app.

The public Python interface. Names are imported on first use, so that `import generator` costs nothing.
"""

from typing import TYPE_CHECKING

from generator.version import __version__

if TYPE_CHECKING:
    from generator.backends.embedded import Engine
    from generator.build import build_app
    from generator.content.load import load_pack

__all__ = ["Engine", "__version__", "build_app", "load_pack"]

_HOMES = {
    "Engine": "generator.backends.embedded",
    "build_app": "generator.build",
    "load_pack": "generator.content.load",
}


def __getattr__(name: str) -> object:
    """Import a public name from its home on first use.

    Raises:
        AttributeError: the name is not part of the public interface.
    """
    if name not in _HOMES:
        raise AttributeError(f"module 'generator' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - lazy on purpose

    return getattr(import_module(_HOMES[name]), name)
