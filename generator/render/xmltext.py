"""Checks and escapes for the XML files of the app: comments, CDATA, well-formedness."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from generator.base.diagnostics import GeneratorError

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def xml_comment(text: str) -> str:
    """Return text as an XML comment; `--` inside would end it early."""
    return f"<!--\n{_NOT_XML.sub(' ', text).replace('--', '- -')}\n-->"


def json_in_cdata(text: str) -> str:
    """Return JSON text that cannot end the CDATA section around it, by an escape that JSON readers undo."""
    return text.replace("]]>", "]]\\u003e")


def check_xml(path: str, text: str) -> bytes:
    """Return the bytes of an XML file that Splunk can load; characters that XML cannot hold become blanks.

    Raises:
        GeneratorError: the text is not well-formed, or has a document type (AppInspect refuses entities).
    """
    text = _NOT_XML.sub(" ", text)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise GeneratorError(f"{path}: a document type or entity is not allowed in a view; remove it")
    data = text.encode("utf-8")
    try:
        ET.fromstring(data)  # noqa: S314 - see the import
    except ET.ParseError as error:
        line, column = error.position
        raise GeneratorError(f"{path}: line {line}, column {column + 1} of the rendered XML: {error.msg}") from error
    return data
