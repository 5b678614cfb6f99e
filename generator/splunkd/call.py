"""A request as handlers see it, and the error that becomes an answer in Splunk's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.base.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRUE = frozenset({"1", "t", "true", "y", "yes"})
_FALSE = frozenset({"0", "f", "false", "n", "no", ""})


class ApiError(Exception):
    """A request that is refused: the HTTP status, and the text of the message; `kind` is `ERROR`, `FATAL` or `WARN`."""

    def __init__(self, status: int, message: str, kind: str = "ERROR") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    `path` are the decoded segments behind the namespace. `owner` and `app` are those of `/servicesNS/<owner>/<app>/`, both None below
    `/services/`. `user` is who asks, "" on the paths that are open to all. `names` are the parts of the path that stand for names.
    `query` and `form` hold each parameter's values in order.
    """

    method: str
    path: tuple[str, ...]
    owner: str | None
    app: str | None
    user: str
    names: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]
    form: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str]
    body: bytes
    base: str
    session: str = ""

    def get(self, name: str, default: str = "") -> str:
        """Return a parameter's last value; one of the body counts before one of the address."""
        values = self.form.get(name) or self.query.get(name)
        return values[-1] if values else default

    def find(self, name: str) -> str | None:
        """Return a parameter's last value, or None where it is not given."""
        values = self.form.get(name) or self.query.get(name)
        return values[-1] if values else None

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a parameter."""
        return self.form.get(name) or self.query.get(name) or ()

    def given(self) -> dict[str, tuple[str, ...]]:
        """Return all parameters."""
        return {**self.query, **self.form}

    def number(self, name: str, default: int) -> int:
        """Return a parameter that is a whole number.

        Raises:
            ApiError: it is none.
        """
        text = self.find(name)
        if text is None or not text.strip():
            return default
        try:
            return int(text)
        except ValueError:
            raise ApiError(
                400, f"Invalid value '{text}' for the argument '{name}': a whole number is expected."
            ) from None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a parameter that is a Boolean.

        Raises:
            ApiError: it is none.
        """
        text = self.find(name)
        return default if text is None else boolean(text, name)

    @property
    def json(self) -> bool:
        """Whether the answer is to be JSON."""
        return self.get("output_mode", "xml").startswith("json")

    @property
    def home_owner(self) -> str:
        """The owner of what this request creates."""
        return self.user if self.owner in {None, "-"} else str(self.owner)

    @property
    def home_app(self) -> str:
        """The app of what this request creates."""
        return "search" if self.app in {None, "-"} else str(self.app)


def boolean(text: str, name: str) -> bool:
    """Return a Boolean of a request or a conf file.

    Raises:
        ApiError: the text is none.
    """
    folded = text.strip().lower()
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    raise ApiError(400, f"Invalid value '{text}' for the argument '{name}': a Boolean is expected.")


def is_true(text: str | None) -> bool:
    """Whether a setting says yes; anything that is no Boolean does not."""
    return text is not None and text.strip().lower() in _TRUE
