"""Reading the designer's pages as a browser does: every form with what stands in it, ready to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
from werkzeug.datastructures import MultiDict


def form_of(page: str, action: str) -> MultiDict[str, str]:
    """Return what a browser would send of the form with this action, without pressing a named button."""
    tree: Element = html5lib.parse(page, namespaceHTMLElements=False)
    form = next(each for each in tree.iter("form") if (each.get("action") or "") == action)
    return MultiDict(list(_controls(form)))


def _controls(form: Element) -> Iterator[tuple[str, str]]:
    for control in form.iter():
        name = control.get("name")
        if not name:
            continue
        if control.tag == "textarea":
            yield name, (control.text or "").replace("\n", "\r\n")
        elif control.tag == "select":
            yield from _chosen(control, name)
        elif control.tag == "input" and _is_sent(control):
            yield name, control.get("value") or ""


def _chosen(control: Element, name: str) -> Iterator[tuple[str, str]]:
    options = list(control.iter("option"))
    selected = [each for each in options if each.get("selected") is not None]
    if control.get("multiple") is None:
        # A browser sends the last one that is marked, else the first one.
        selected = selected[-1:] or options[:1]
    yield from ((name, each.get("value") or "") for each in selected)


def _is_sent(control: Element) -> bool:
    kind = control.get("type")
    return kind not in {"submit", "button"} and (
        kind not in {"checkbox", "radio"} or control.get("checked") is not None
    )
