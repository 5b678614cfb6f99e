"""Checks and escapes for the XML files of the app: comments, CDATA, well-formedness."""

from __future__ import annotations

import re
from xml.parsers import expat

from generator.base.diagnostics import GeneratorError

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TWO_HYPHENS = re.compile("-(?=-)")


def xml_comment(text: str) -> str:
    """Return text as an XML comment; `--` inside would end it early, and a `<!` could be taken for a document type."""
    return f"<!--\n{_TWO_HYPHENS.sub('- ', _NOT_XML.sub(' ', text)).replace('<!', '< !')}\n-->"


def json_in_cdata(text: str) -> str:
    """Return JSON text that cannot end the CDATA section around it, by an escape that JSON readers undo."""
    return text.replace("]]>", "]]\\u003e")


def check_xml(path: str, text: str) -> bytes:
    """Return the bytes of an XML file that Splunk can load; characters that XML cannot hold become blanks.

    Raises:
        GeneratorError: the text is not well-formed, or has a document type (AppInspect refuses entities).
    """
    data = _NOT_XML.sub(" ", text).encode("utf-8")

    def refuse(*_: object) -> None:
        raise GeneratorError(f"{path}: a document type or entity is not allowed in a view; remove it")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse  # entities can only be declared inside of one
    try:
        parser.Parse(data, True)  # noqa: FBT003 - "this is all of it", positional only
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise GeneratorError(
            f"{path}: line {error.lineno}, column {error.offset + 1} of the rendered XML: {what}"
        ) from error
    return data
