"""`dataclass` of the standard library, quick to define where it is frozen and has slots.

The standard library compiles six methods for each such class, 0.7 to 1.5 ms. With the 200 records that `validate` needs
that is most of its start. Here `__init__` alone is compiled; the other methods are closures over the fields. Type checkers
see the standard `dataclass`, and for `dataclasses.fields`, `replace` and `is_dataclass` the classes are what they seem.
What is not frozen, or has no slots, or has an order, is left to the standard library; so are its subclasses' needs: a
frozen class can only be derived from a frozen one of the same maker.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - re-exported for type checkers
else:

    def dataclass(
        cls: type[Any] | None = None,
        /,
        *,
        frozen: bool = False,
        slots: bool = False,
        kw_only: bool = False,
        eq: bool = True,
        order: bool = False,
    ) -> Any:  # noqa: ANN401 - a class, or what makes one
        """Make a dataclass; the options are those of `dataclasses.dataclass`."""

        def make(plain: type[Any]) -> type[Any]:
            if not (frozen and slots) or order:
                options = {"frozen": frozen, "slots": slots, "kw_only": kw_only, "eq": eq, "order": order}
                return dataclasses.dataclass(**options)(plain)
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(plain)
            _freeze(made, compares=eq)
            return made

        return make if cls is None else make(cls)


def _freeze(cls: type[Any], *, compares: bool) -> None:
    """Give a class with slots the methods of a frozen dataclass."""
    fields = dataclasses.fields(cls)
    names = [field.name for field in fields]
    values_of = _getter(names)
    setters = [getattr(cls, name).__set__ for name in names]

    def get_state(self: object) -> tuple[Any, ...]:
        return values_of(self)

    def set_state(self: object, state: tuple[Any, ...]) -> None:
        for put, value in zip(setters, state, strict=True):
            put(self, value)

    methods: dict[str, Callable[..., Any]] = {
        "__init__": _init(cls, fields),
        "__repr__": _repr,
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
        "__getstate__": get_state,
        "__setstate__": set_state,
    }
    if compares:
        compared_of = _getter([field.name for field in fields if field.compare])

        def equal(self: object, other: object) -> object:
            if other.__class__ is not self.__class__:
                return NotImplemented
            return compared_of(self) == compared_of(other)

        def hashed(self: object) -> int:
            return hash(compared_of(self))

        methods |= {"__eq__": equal, "__hash__": hashed}
    own = cls.__dict__
    for name, method in methods.items():
        # As the standard library does: what a class writes itself stays.
        if not (name in {"__repr__", "__eq__", "__hash__"} and own.get(name) is not None):
            setattr(cls, name, method)


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that gives these attributes of an object as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    if names:
        one = attrgetter(names[0])
        return lambda self: (one(self),)
    return lambda _: ()


def _init(cls: type[Any], fields: tuple[dataclasses.Field[Any], ...]) -> Callable[..., None]:
    """Compile `__init__`. Its text is made of the names of fields only, which are names of Python."""
    known: dict[str, Any] = {"_MISSING": dataclasses.MISSING}
    positional: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for field in fields:
        name = value = parameter = field.name
        known[f"_set_{name}"] = getattr(cls, name).__set__
        if field.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = field.default
            parameter = f"{name}=_default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"] = field.default_factory
            parameter = f"{name}=_MISSING"
            value = f"_make_{name}() if {name} is _MISSING else {name}"
        (named if field.kw_only else positional).append(parameter)
        body.append(f"    _set_{name}(self, {value})")
    parameters = ["self", *positional, *(("*", *named) if named else ())]
    exec("\n".join((f"def __init__({', '.join(parameters)}):", *(body or ("    pass",)))), known)  # noqa: S102 - see above
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _repr(self: Any) -> str:  # noqa: ANN401 - an object of any such class
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
