"""Functions that turn one kind of value into another, and those that ask for the kind."""

from __future__ import annotations

import ipaddress
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from generator.engine.values import Value, multivalue, number_of, shown, text_of
from generator.functions.json import json_array_to_mv
from generator.functions.math import ALL_DIGITS
from generator.functions.paths import MISSING, read_json, write_json
from generator.functions.signature import FunctionSignature, Kind
from generator.spl.ast import Call, StringLiteral

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.engine.contracts import Builder

    Row = tuple[Any, ...]

ANY, BOOL, NUMBER, STRING, MULTIVALUE = Kind.ANY, Kind.BOOL, Kind.NUMBER, Kind.STRING, Kind.MULTIVALUE

_PREFIX = re.compile(r"0[xX](?=.)")


def _tonumber(value: Value, base: float = 10) -> float | None:
    """A text to a base of 2 to 36; to base 10 as numbers are read everywhere."""
    if base == 10:
        return number_of(value)
    text = shown(value)
    if not 2 <= base <= 36 or "_" in text or text != text.strip():
        return None
    try:
        return int(_PREFIX.sub("", text) if base == 16 else text, int(base))
    except ValueError:
        return None


def _tostring(value: Any, form: str | None = None) -> Value:  # noqa: ANN401 - a value or a Boolean
    if isinstance(value, tuple):
        return multivalue(
            made for one in value if (made := _tostring(one, form)) is not None and not isinstance(made, tuple)
        )
    if isinstance(value, bool) or form is None:
        return None if value is None else text_of(value)
    number = number_of(value)
    if number is None:
        return None if value is None else shown(value)
    if form == "hex":
        return f"0x{int(number):X}" if number >= 0 else f"-0x{-int(number):X}"
    if form == "binary":
        return f"{int(number):b}"
    if form == "commas":
        whole = Decimal(text_of(number))
        return (
            f"{whole:,}"
            if float(number).is_integer()
            else f"{whole.quantize(Decimal('0.01'), ROUND_HALF_UP, ALL_DIGITS):,}"
        )
    if form == "duration":
        return _duration(number)
    return shown(value)


def _duration(number: float) -> str:
    sign = "-" if number < 0 else ""
    days, rest = divmod(int(abs(number)), 86_400)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    fraction = abs(number) % 1
    if fraction:
        clock += f"{fraction:.6f}"[1:]
    return f"{sign}{days}+{clock}" if days else f"{sign}{clock}"


# --- numbers and Booleans --------------------------------------------------------------------------------------------


def _toint(value: Value, base: float = 10) -> int | None:
    number = _tonumber(value, base)
    return None if number is None else math.floor(number)


def _tobool(value: Any) -> bool | None:  # noqa: ANN401 - a value or a Boolean
    if isinstance(value, bool):
        return value
    number = number_of(value)
    if number is not None:
        return number != 0
    return {"true": True, "True": True, "false": False, "False": False}.get(shown(value))


def _asking(test: Callable[[Any], Any], of_text: object) -> Callable[[Call, Builder], Callable[[Row], Any]]:
    """Return what builds a question about a value; `of_text` is the answer for a text in quotes, digits or not."""

    def build(call: Call, builder: Builder) -> Callable[[Row], Any]:
        if isinstance(call.args[0], StringLiteral):
            return lambda _: of_text
        run = builder.build(call.args[0])
        return lambda row: test(run(row))

    return build


def _isint(value: Any) -> bool:  # noqa: ANN401 - a value or a Boolean
    """A number without a fraction; a text that is written with one (`3.0`) is none."""
    number = number_of(value)
    if number is None:
        return False
    return "." not in value and "e" not in value.lower() if isinstance(value, str) else float(number).is_integer()


def _isdouble(value: Any) -> bool:  # noqa: ANN401 - a value or a Boolean
    return number_of(value) is not None and not _isint(value)


def _isstr(value: Any) -> bool:  # noqa: ANN401 - a value or a Boolean
    return value is not None and not isinstance(value, bool) and number_of(value) is None


def _typeof(value: Any) -> str:  # noqa: ANN401 - a value or a Boolean
    if value is None:
        return "Invalid"
    if isinstance(value, bool):
        return "Bool"
    if isinstance(value, tuple):
        return "Multivalue"
    return "String" if number_of(value) is None else "Number"


# --- arrays, objects, multivalues ------------------------------------------------------------------------------------


def _document(value: Any, kind: type) -> Any:  # noqa: ANN401 - a value; JSON
    document = read_json(value) if isinstance(value, str) and value.lstrip()[:1] in {"{", "["} else MISSING
    return document if isinstance(document, kind) else None


def _toarray(value: Value) -> str | None:
    """Each value of a multivalue is read as JSON; a text must be an array."""
    if isinstance(value, tuple):
        found = [read_json(text_of(one)) for one in value]
        return write_json([None if one is MISSING else one for one in found])
    document = _document(value, list)
    return None if document is None else write_json(document)


def _toobject(value: Value) -> str | None:
    document = _document(value, dict)
    return None if document is None else write_json(document)


def _tomv(value: Value) -> Value:
    """A multivalue as it is, an array as its elements with their quotes; no other text."""
    return value if isinstance(value, tuple) else json_array_to_mv(value, quoted=True)


# --- printf and addresses --------------------------------------------------------------------------------------------

_CONVERSION = re.compile(r"%(?:(%)|([-+0 #']*)(\*|\d+)?(?:(\.)(\*|\d*))?([aAcdieEfFgGosuxXpz]))", re.ASCII)
_MAX_WIDTH = 10_000


def _printf(form: str, *given: Value) -> str | None:
    """As C's `sprintf`, with `'` for thousands, `%p` for `%X` and `%z` for `%s`.

    Null where an argument is missing or does not fit, and where the format has a conversion that is not supported.
    """
    values = iter(given)
    parts: list[str] = []
    position = 0
    while True:
        start = form.find("%", position)
        if start < 0:
            return "".join((*parts, form[position:]))
        match = _CONVERSION.match(form, start)
        if match is None:
            return None
        parts.append(form[position:start])
        made = "%" if match[1] else _converted(match, values)
        if made is None:
            return None
        parts.append(made)
        position = match.end()


def _printf_builder(call: Call, builder: Builder) -> Callable[[Row], Any]:
    """Where `pi()` is an argument itself it has all its digits, as `printf("%A", pi())` of the documentation shows."""
    form, *given = [
        (lambda _: math.pi) if isinstance(argument, Call) and argument.name.lower() == "pi" else builder.build(argument)
        for argument in call.args
    ]

    def printed(row: Row) -> str | None:
        text = form(row)
        return (
            None if text is None or isinstance(text, tuple) else _printf(shown(text), *(value(row) for value in given))
        )

    return printed


def _converted(match: re.Match[str], values: Any) -> str | None:  # noqa: ANN401 - an iterator of values
    flags, kind = match[2], match[6]
    width = _size(match[3] or "0", values)
    precision = _size(match[5] or "0", values) if match[4] else -1
    value = next(values, None)
    if width is None or precision is None or value is None or isinstance(value, tuple):
        return None
    if width < 0:
        flags, width = f"{flags}-", -width
    if kind in "sz":
        text = text_of(value)
        return _padded("", text if precision < 0 else text[:precision], width, flags.replace("0", ""))
    number = number_of(value)
    if kind == "c":
        letter = chr(int(number)) if number is not None and 0 <= number < 0x110000 else text_of(value)[:1]
        return _padded("", letter, width, flags.replace("0", ""))
    if number is None:
        return None
    if kind in "diouxXp":
        sign, digits = _integer(int(number), flags, precision, kind)
        return _padded(sign, digits, width, flags if precision < 0 else flags.replace("0", ""))
    sign, digits = _floating(float(number), flags, precision, kind)
    return _padded(sign, digits, width, flags)


def _size(text: str, values: Any) -> int | None:  # noqa: ANN401 - an iterator of values
    number = number_of(next(values, None)) if text == "*" else number_of(text)
    return int(number) if number is not None and abs(number) <= _MAX_WIDTH else None


def _sign(flags: str, *, negative: bool) -> str:
    return "-" if negative else "+" if "+" in flags else " " if " " in flags else ""


def _padded(sign: str, digits: str, width: int, flags: str) -> str:
    if "-" in flags:
        return f"{sign}{digits}".ljust(width)
    if "0" in flags:
        return sign + digits.rjust(width - len(sign), "0")
    return f"{sign}{digits}".rjust(width)


def _integer(number: int, flags: str, precision: int, kind: str) -> tuple[str, str]:
    """Octal and hexadecimal numbers have no sign: negative ones are those of 64 bits."""
    if kind in "di":
        sign, number = _sign(flags, negative=number < 0), abs(number)
    else:
        sign, number = "", number % 2**64
    letter = {"d": "d", "i": "d", "u": "d", "p": "X"}.get(kind, kind)
    digits = (
        ""
        if precision == 0 and number == 0
        else format(number, f",{letter}" if "'" in flags and letter == "d" else letter)
    )
    digits = digits.rjust(precision, "0")
    if "#" in flags:
        if kind == "o" and not digits.startswith("0"):
            digits = f"0{digits}"
        elif kind in "xX" and number:
            sign = f"0{kind}"
    return sign, digits


def _floating(number: float, flags: str, precision: int, kind: str) -> tuple[str, str]:
    sign = _sign(flags, negative=math.copysign(1, number) < 0)
    number = abs(number)
    if kind in "aA":
        digits = _hexadecimal(number, precision)
        return sign + digits[:2].replace("x", "X" if kind == "A" else "x"), digits[
            2:
        ].upper() if kind == "A" else digits[2:]
    alternate = "#" if "#" in flags else ""
    group = "," if "'" in flags and kind in "fFgG" else ""
    return sign, format(number, f"{alternate}{group}.{6 if precision < 0 else precision}{kind}")


def _hexadecimal(number: float, precision: int) -> str:
    """Return a number as `0x1.922p+1`, its mantissa rounded to even where the precision cuts it."""
    if not number:
        return f"0x0{'.' + '0' * precision if precision > 0 else ''}p+0"
    mantissa, exponent = math.frexp(number)
    places = 13 if precision < 0 else min(precision, 13)
    scaled = round(mantissa * 2 * 16**places)
    whole, fraction = divmod(scaled, 16**places)
    shown_places = format(fraction, f"0{places}x") if places else ""
    shown_places = shown_places.rstrip("0") if precision < 0 else shown_places.ljust(precision, "0")
    return f"0x{whole}{'.' if shown_places else ''}{shown_places}p{exponent - 1:+d}"


def _ipmask(mask: str, address: str) -> str | None:
    try:
        masked = int(ipaddress.IPv4Address(mask)) & int(ipaddress.IPv4Address(address))
    except ValueError:
        return None
    return str(ipaddress.IPv4Address(masked))


SIGNATURES = (
    FunctionSignature("ipmask", 2, 2, (STRING, STRING), STRING, "an address with a mask put on", call=_ipmask),
    FunctionSignature(
        "printf", 1, None, (STRING, ANY), STRING, "values put into a format", call=_printf, build=_printf_builder
    ),
    FunctionSignature(
        "tonumber", 1, 2, (ANY, NUMBER), NUMBER, "a text as number, by default to base 10", call=_tonumber, each=True
    ),
    FunctionSignature(
        "tostring", 1, 2, (ANY, STRING), STRING, "as text, also as commas, duration or hex", call=_tostring
    ),
    FunctionSignature("toarray", 1, 1, (ANY,), ANY, "as JSON array", call=_toarray),
    FunctionSignature("tobool", 1, 1, (ANY,), BOOL, "as Boolean", call=_tobool),
    FunctionSignature("todouble", 1, 2, (ANY, NUMBER), NUMBER, "as floating-point number", call=_tonumber),
    FunctionSignature("toint", 1, 2, (ANY, NUMBER), NUMBER, "as whole number", call=_toint),
    FunctionSignature("tomv", 1, 1, (ANY,), MULTIVALUE, "as multivalue", call=_tomv),
    FunctionSignature("toobject", 1, 1, (ANY,), ANY, "as JSON object", call=_toobject),
    FunctionSignature(
        "isarray",
        1,
        1,
        (ANY,),
        BOOL,
        "whether it is a JSON array",
        call=lambda value: _document(value, list) is not None,
        takes_null=True,
    ),
    FunctionSignature(
        "isbool",
        1,
        1,
        (ANY,),
        BOOL,
        "whether it is Boolean",
        call=lambda value: isinstance(value, bool),
        takes_null=True,
    ),
    FunctionSignature(
        "isdouble", 1, 1, (ANY,), BOOL, "whether it is a floating-point number", build=_asking(_isdouble, of_text=False)
    ),
    FunctionSignature(
        "isint", 1, 1, (ANY,), BOOL, "whether it is a whole number", build=_asking(_isint, of_text=False)
    ),
    FunctionSignature(
        "ismv",
        1,
        1,
        (ANY,),
        BOOL,
        "whether it has several values",
        call=lambda value: isinstance(value, tuple),
        takes_null=True,
    ),
    FunctionSignature(
        "isnotnull",
        1,
        1,
        (ANY,),
        BOOL,
        "whether there is a value",
        call=lambda value: value is not None,
        takes_null=True,
    ),
    FunctionSignature(
        "isnull", 1, 1, (ANY,), BOOL, "whether there is no value", call=lambda value: value is None, takes_null=True
    ),
    FunctionSignature(
        "isnum",
        1,
        1,
        (ANY,),
        BOOL,
        "whether it is a number",
        build=_asking(lambda value: number_of(value) is not None, of_text=False),
    ),
    FunctionSignature(
        "isobject",
        1,
        1,
        (ANY,),
        BOOL,
        "whether it is a JSON object",
        call=lambda value: _document(value, dict) is not None,
        takes_null=True,
    ),
    FunctionSignature(
        "isstr",
        1,
        1,
        (ANY,),
        BOOL,
        "whether it is a text",
        build=_asking(_isstr, of_text=True),
    ),
    FunctionSignature("typeof", 1, 1, (ANY,), STRING, "the name of its kind", build=_asking(_typeof, of_text="String")),
)
"""The signatures of these functions."""
