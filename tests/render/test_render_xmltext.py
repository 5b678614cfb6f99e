"""XML of views: what is refused and what is only text. Truth: XML 1.0, sections 2.5 (comments), 2.7 (CDATA), 2.8 (prolog)."""

from __future__ import annotations

import pytest

from generator.base.diagnostics import GeneratorError
from generator.render.xmltext import check_xml, xml_comment


@pytest.mark.parametrize(
    "text", ["<!DOCTYPE a>", "<!ENTITY b 'c'>", "--><b/><!--", "-", "--", "---", "<!---->", "\x00\ufffe"]
)
def test_no_text_leaves_a_comment_or_looks_like_a_document_type(text: str) -> None:
    made = check_xml("view.xml", f"{xml_comment(text)}<a/>").decode()
    assert "<!DOCTYPE" not in made
    assert made.count("<!") == 1
    assert made.count("-->") == 1


def test_a_document_type_in_cdata_is_text() -> None:
    assert check_xml("view.xml", "<a><![CDATA[<!DOCTYPE a>]]></a>")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!DOCTYPE a><a/>", "document type"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
        ("<a>\n<b></a>", "line 2, column 6 of the rendered XML: mismatched tag"),
        ("", "no element found"),
    ],
)
def test_what_no_view_can_be_is_refused(text: str, message: str) -> None:
    with pytest.raises(GeneratorError, match=message):
        check_xml("view.xml", text)
