"""Text that means harm, and reading pages for anything of it that came alive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

STRINGS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{7*7}}{% raw %}${7*7}",
    "{0.__class__} %(x)s %s {",
    "\u202eover\u202c",
    "=?utf-8?q?x=0D=0ABcc:_y?=",
    "=1+1",
    "\uff1d1+1",
    "</textarea></select><svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "]]><!--",
    "line\u2028end\u0085",
)
ALL = " ".join(STRINGS)
OURS = ("/static/", "/bootstrap/static/")
_LEADS_TO_PROGRAMS = re.compile(r"\s*(javascript|vbscript|data(?!:,))", re.IGNORECASE)
_LEADING = ("href", "src", "action", "formaction", "data", "xlink:href")


def alive(page: str) -> list[str]:
    """Return everything on a page that runs, loads or leads where only a program of somebody else's could want to."""
    tree: Element = html5lib.parse(page, namespaceHTMLElements=False)
    found = [what for element in tree.iter() if isinstance(element.tag, str) for what in _of_element(element)]
    said = "".join(tree.itertext())
    return found + ["a template was evaluated"] * ("49{%" in said or "$49" in said)


def _of_element(element: Element) -> Iterator[str]:
    source = element.get("src") or ""
    if element.tag == "script" and not source.startswith(OURS):
        yield f"script {source}"
    if element.tag in {"object", "embed", "base"} or (element.tag in {"img", "iframe"} and not source.startswith("/")):
        yield f"{element.tag} {source}"
    if element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
        yield "refresh"
    for name, value in element.attrib.items():
        if str(name).startswith("on") or (name in _LEADING and _LEADS_TO_PROGRAMS.match(value)):
            yield f"{element.tag} {name}={value[:40]}"
