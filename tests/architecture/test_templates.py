"""Templates escape everything, name the ends of their blocks, and hold neither script nor style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
PAGES = [path for path in TEMPLATES if path.suffix == ".html" and "emails" not in path.parts and path.stem != "mail"]
LONGEST = 120


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_nothing_switches_escaping_off(session_app: Flask, path: Path) -> None:
    tree = session_app.jinja_env.parse(path.read_text(encoding="utf-8"))
    assert not [node.lineno for node in tree.find_all(nodes.Filter) if node.name in {"safe", "forceescape"}]
    assert not [node.lineno for node in tree.find_all(nodes.ScopedEvalContextModifier)]
    assert not [node.lineno for node in tree.find_all(nodes.Call) if getattr(node.node, "name", "") == "Markup"]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_is_short_and_says_which_block_ends(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= LONGEST
    begun = re.findall(r"{%-?\s*block\s+(\w+)", source)
    ended = re.findall(r"{%-?\s*endblock\s*(\w*)", source)
    assert sorted(begun) == sorted(ended)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_holds_no_script_and_no_style_of_its_own(path: Path) -> None:
    source = re.sub(r"{[{%#].*?[}%#]}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    # The respondent's pages save a request: their one stylesheet stands inside, allowed by its hash.
    source = source.replace("<style></style>", "")
    assert not re.search(r"\sstyle\s*=", source), "styles belong into a stylesheet"
    assert not re.search(r"<style", source, re.IGNORECASE)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source, re.IGNORECASE), "handlers belong into a module"
    for script in re.findall(r"<script[^>]*>", source):
        assert "src=" in script
    assert not re.search(r"http-equiv\s*=\s*[\"']refresh", source, re.IGNORECASE)


def test_every_template_that_is_extended_included_or_imported_exists(session_app: Flask) -> None:
    for path in TEMPLATES:
        tree = session_app.jinja_env.parse(path.read_text(encoding="utf-8"))
        for kind in (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport):
            for node in tree.find_all(kind):
                if isinstance(node.template, nodes.Const):
                    assert (ROOT / "templates" / node.template.value).exists(), (
                        f"{name_of(path)}: {node.template.value}"
                    )
