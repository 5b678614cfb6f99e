"""What reaches the user: text to stdout, messages and progress to stderr, colour and width where a person looks on.

Output goes out whole or the command fails: a full disk is an error (exit code 2). A reader that has seen enough
(`contentpack validate | head`) is none: the rest is dropped and the command's own exit code stands.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Self, TextIO

from generator.base.diagnostics import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN_WIDTH = 120
_REDRAW_SECONDS = 0.1


class OutputError(GeneratorError):
    """Standard output could not be written."""


def prepare() -> None:
    """Make sure that printing cannot fail for a character that the terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def emit(text: str) -> None:
    """Write text to stdout, in the terminal's encoding."""
    _write(lambda: sys.stdout.write(text))


def emit_bytes(data: bytes) -> None:
    """Write bytes to stdout as they are: a machine format is UTF-8 whatever the terminal speaks."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        _write(lambda: sys.stdout.write(data.decode("utf-8")))
        return

    def write() -> int:
        sys.stdout.flush()
        written: int = buffer.write(data)
        return written

    _write(write)


def note(text: str, *, raw: bool = False) -> None:
    """Write a line to stderr. Unless `raw` (our own text, may span lines), it is made safe to print."""
    if not raw:
        text = "\n".join(printable(line) for line in text.split("\n"))
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def printable(line: str) -> str:
    """Return a line of untrusted text with what would act on a terminal written out; tabs stay."""
    from generator.report.visible import visible

    return "\t".join(visible(part) for part in line.split("\t"))


def error(message: str) -> None:
    """Write `error: …` to stderr."""
    note(f"error: {message}")


def discard_stdout() -> None:
    """Drop what is still to be written: the reader is gone."""
    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, descriptor)
    os.close(devnull)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person sees this stream."""
    return stream.isatty()


def width() -> int:
    """Return how many cells a line may take: the terminal's, or 120 where output goes to a file."""
    if not is_terminal(sys.stdout):
        return _PLAIN_WIDTH
    import shutil

    return max(40, shutil.get_terminal_size((_PLAIN_WIDTH, 24)).columns)


def use_color() -> bool:
    """Whether stdout takes colour: a terminal that is not dumb, unless NO_COLOR is set; FORCE_COLOR overrides."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb" and (os.name != "nt" or _windows_colors())


def _windows_colors() -> bool:
    return bool(os.environ.get("WT_SESSION") or os.environ.get("TERM") or os.environ.get("ANSICON"))


class Progress:
    """One line on stderr that says how far the work is; nothing at all where stderr is no terminal.

    Drawn by the caller's thread: a thread of its own would keep the layers below from forking workers.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._shown = is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"
        self._clock = clock
        self._last = clock()
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def step(self, what: str, done: int | None = None, total: int | None = None) -> None:
        """Show `what`, with `done` of `total` items if known; at most ten times a second."""
        now = self._clock()
        if not self._shown or (self._drawn and now - self._last < _REDRAW_SECONDS):
            return
        self._last, self._drawn = now, True
        count = "" if done is None else f" {done:,}" if total is None else f" {min(done, total):,}/{total:,}"
        sys.stderr.write(f"\r\x1b[2K{what}{count}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            self._drawn = False
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def _write(write: Callable[[], int]) -> None:
    try:
        write()
        sys.stdout.flush()
    except BrokenPipeError:
        discard_stdout()
    except OSError as trouble:
        discard_stdout()
        raise OutputError(f"cannot write to standard output: {trouble.strerror or trouble}") from trouble
