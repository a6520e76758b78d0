"""Reading a page as browsers and screen readers do: what every page owes, whichever room drew it."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree.ElementTree import Element

import html5lib

LABELLED = {"input", "select", "textarea"}
UNLABELLED_KINDS = {"hidden", "submit", "button", "image"}


def parse(page: str) -> Element:
    """Return the page's tree; raise on HTML that browsers would have to guess at."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree: Element = parser.parse(page)
    faults = [fault for fault in parser.errors if fault[1] != "expected-doctype-but-got-chars"]
    assert not faults, f"invalid HTML: {faults[:3]}"
    return tree


def text_of(element: Element) -> str:
    """Return what an element says."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def check(page: str) -> None:
    """Raise AssertionError, saying what is wrong, where a page breaks a promise that all pages make."""
    tree = parse(page)
    assert tree.get("lang"), "the page does not say its language"
    titles = [text_of(title) for title in tree.findall("./head/title")]
    assert len(titles) == 1
    assert len(titles[0]) > 3, "the title says nothing"
    headings = [text_of(heading) for heading in tree.iter("h1")]
    assert len(headings) == 1, f"{len(headings)} main headings"
    assert headings[0]
    assert len(list(tree.iter("main"))) == 1
    _check_ids(tree)
    _check_controls(tree)
    _check_links(tree)
    _check_code(tree)


def _check_ids(tree: Element) -> None:
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    assert not [name for name, times in ids.items() if times > 1], f"ids twice: {ids.most_common(2)}"
    for element in tree.iter():
        for attribute in ("aria-describedby", "aria-labelledby", "for"):
            for name in (element.get(attribute) or "").split():
                assert name in ids, f"{element.tag} {attribute} names {name}, which is not there"


def _check_controls(tree: Element) -> None:
    labelled = {label.get("for") for label in tree.iter("label")}
    inside = {id(control) for label in tree.iter("label") for control in label.iter() if control.tag in LABELLED}
    for control in tree.iter():
        if control.tag not in LABELLED or control.get("type") in UNLABELLED_KINDS:
            continue
        has_name = control.get("aria-label") or control.get("aria-labelledby") or id(control) in inside
        assert has_name or control.get("id") in labelled, f"{control.get('name')} has no label"
    for button in tree.iter("button"):
        assert text_of(button) or button.get("aria-label"), "a button says nothing"


def _check_links(tree: Element) -> None:
    for link in tree.iter("a"):
        href = link.get("href") or ""
        assert text_of(link) or link.get("aria-label"), f"the link to {href} says nothing"
        assert re.match(r"(/|#|\?|https?:|mailto:|tel:)", href), f"a link leads to {href!r}"
    for image in tree.iter("img"):
        assert image.get("alt") is not None, "an image has no description"
    for cell in tree.iter("th"):
        assert cell.get("scope") or not text_of(cell), f"the heading {text_of(cell)!r} does not say of what"


def _check_code(tree: Element) -> None:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        handlers = [name for name in element.attrib if name.startswith("on")]
        assert not handlers, f"{element.tag} carries {handlers}"
        assert element.get("style") is None, f"{element.tag} carries a style"
        if element.tag == "script":
            assert element.get("src"), "a script stands in the page"
        for name in ("src", "action", "href"):
            address = element.get(name) or ""
            is_foreign = address.startswith(("http:", "https:", "//")) and element.tag != "a"
            assert not is_foreign, f"{element.tag} loads from {address}"
