"""Garbage collection put off while a pack is read: of what that makes, nothing is cyclic and most stays until the end.

Python's collector counts what is made and, sooner or later, walks all of it: 50 ms over a large pack, several times.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def put_off() -> Iterator[None]:
    """Collect nothing inside, and never look again at what was made there (`gc.freeze`)."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()
            gc.enable()
