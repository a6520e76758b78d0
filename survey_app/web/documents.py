"""Files that people write in YAML or JSON: read as plain data, refused in words where they are damaged or a trap."""

from __future__ import annotations

from typing import Any

import yaml
from flask_babel import gettext as _

LARGEST_TEXT = 1_000_000
# A questionnaire of 300 items in 30 languages stays below; what repeats itself by reference into millions does not.
MOST_VALUES = 500_000


class DocumentError(ValueError):
    """A file is no document that can be read; the message says where to look."""


def read_document(text: str | bytes) -> Any:
    """Return what a text in YAML (or JSON, which is YAML too) says; raise DocumentError in words where it cannot be."""
    if len(text) > LARGEST_TEXT:
        raise DocumentError(_("This file is larger than %(most)s characters. Shorten it.", most=LARGEST_TEXT))
    try:
        return _loaded(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except UnicodeDecodeError as error:
        raise DocumentError(_("This file is not written in UTF-8. Save it as UTF-8 and try again.")) from error
    except yaml.YAMLError as error:
        raise DocumentError(_position(error)) from error
    # Impossible dates, numbers without end, nesting without end, references that multiply or lead to themselves.
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise DocumentError(
            _(
                "This file holds what cannot be read as values: a day that does not exist, a number or nesting without "
                "end, or references that lead to themselves or multiply. Write it out plainly."
            )
        ) from error


def _loaded(text: str) -> Any:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _measure(node, {}, set())
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _measure(node: yaml.Node, known: dict[int, int], open_nodes: set[int]) -> int:
    """Return how many values a node stands for once every reference is written out; raise ValueError beyond the most.

    Reading takes nothing for a reference, but every walk through the document pays for it in full.
    """
    if id(node) in known:
        return known[id(node)]
    if id(node) in open_nodes:
        raise ValueError("a reference leads to itself")
    open_nodes.add(id(node))
    size = 1
    for child in _children(node):
        size += _measure(child, known, open_nodes)
        if size > MOST_VALUES:
            raise ValueError("references multiply")
    open_nodes.discard(id(node))
    known[id(node)] = size
    return size


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _position(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return _("This file is neither YAML nor JSON.")
    return _(
        "This file is neither YAML nor JSON: look at line %(line)s, column %(column)s.",
        line=mark.line + 1,
        column=mark.column + 1,
    )
