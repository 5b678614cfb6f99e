"""What can go wrong with one piece of content while it is rendered."""

from __future__ import annotations

from generator.base.diagnostics import GeneratorError


class UnrenderableContentError(GeneratorError):
    """One content file cannot be rendered. `path` is that file: with it in `skip`, the rest of the app can be."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.path = path

    def __reduce__(self) -> tuple[type[UnrenderableContentError], tuple[str, str]]:
        """Let it come back from another process."""
        return type(self), (str(self), self.path)
