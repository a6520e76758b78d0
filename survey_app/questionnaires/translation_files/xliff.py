"""Translations as XLIFF: 1.2 is written, since every translation tool reads it; 1.2 and 2 are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from flask_babel import gettext as _

from survey_app.questionnaires.translating import Unit
from survey_app.questionnaires.translation import Row, Standing
from survey_app.questionnaires.translation_files.reading import Languages, TranslationFileError

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
STATES = {Standing.DONE: "translated", Standing.STALE: "needs-review-translation", Standing.MISSING: "new"}
UNTRANSLATED = frozenset({"new", "needs-translation", "initial"})
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(rows: Sequence[Row], languages: Languages) -> str:
    """Return the rows as an XLIFF 1.2 document."""
    root = Element("xliff", {"version": "1.2", "xmlns": NAMESPACE})
    about = {
        "original": "questionnaire",
        "datatype": "plaintext",
        "source-language": languages.main,
        "target-language": languages.target,
    }
    body = SubElement(SubElement(root, "file", about), "body")
    for row in rows:
        unit = SubElement(body, "trans-unit", {"id": row.wording.key, "resname": row.wording.key, SPACE: "preserve"})
        SubElement(unit, "source").text = written(row.source)
        SubElement(unit, "target", {"state": STATES[row.standing]}).text = written(row.target)
        SubElement(unit, "note").text = written(row.wording.label)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def written(text: str) -> str:
    """Return a text as XML can hold it."""
    return NOT_IN_XML.sub("", text)


def read(content: bytes, languages: Languages) -> list[Unit]:
    """Return the texts of an XLIFF document; raise TranslationFileError for what is none, or is a trap."""
    root = _root(content)
    if _name(root) != "xliff":
        raise TranslationFileError(_("This file is XML but no XLIFF document."))
    if root.get("srcLang") is not None or root.get("version", "").startswith("2"):
        languages.refuse_others(root.get("srcLang"), root.get("trgLang"))
        return [_unit(each, _segments(each)) for each in root.iter() if _name(each) == "unit"]
    for file in (each for each in root if _name(each) == "file"):
        languages.refuse_others(file.get("source-language"), file.get("target-language"))
    return [_unit(each, [each]) for each in root.iter() if _name(each) == "trans-unit"]


def _root(content: bytes) -> Element:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        message = _("This file defines entities, which no translation needs. Export it anew from your tool.")
        raise TranslationFileError(message) from error
    except (ParseError, ValueError, LookupError) as error:
        raise TranslationFileError(_("This file is broken XML. Export it anew from your tool.")) from error
    return root


def _name(element: Element) -> str:
    return str(element.tag).rsplit("}", maxsplit=1)[-1]


def _segments(unit: Element) -> list[Element]:
    return [each for each in unit.iter() if _name(each) in {"segment", "ignorable"}]


def _unit(unit: Element, parts: list[Element]) -> Unit:
    key = unit.get("resname") or unit.get("name") or unit.get("id") or ""
    sources, targets = ("".join(_texts(parts, name)) for name in ("source", "target"))
    # Some tools put the source where nobody has translated yet.
    is_copied = targets == sources and not UNTRANSLATED.isdisjoint(_states(parts))
    return Unit(key.strip(), sources, "" if is_copied else targets)


def _states(parts: list[Element]) -> set[str]:
    """Return how far a tool says that a text is translated: version 1.2 at the target, version 2 at the segment."""
    targets = [child for part in parts for child in part if _name(child) == "target"]
    return {each.get("state", "") for each in (*parts, *targets)}


def _texts(parts: list[Element], name: str) -> Iterator[str]:
    """Yield the plain text of every source or target, whatever marks a tool has put into it."""
    for part in parts:
        for child in (each for each in part if _name(each) == name):
            yield "".join(child.itertext())
