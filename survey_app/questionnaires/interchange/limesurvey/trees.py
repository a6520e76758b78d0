"""Condition trees put together so that what always or never holds falls out."""

from __future__ import annotations

from survey_app.questionnaires.interchange.answerables import Tree
from survey_app.questionnaires.interchange.assembling import joined

ALWAYS: Tree = {"all": []}
NEVER: Tree = {"any": []}


def all_of(trees: list[Tree]) -> Tree:
    """Return the condition that all of some hold."""
    if NEVER in trees:
        return NEVER
    parts = [each for each in trees if each != ALWAYS]
    return joined("all", parts) if parts else ALWAYS


def any_of(trees: list[Tree]) -> Tree:
    """Return the condition that one of some holds."""
    if ALWAYS in trees:
        return ALWAYS
    parts = [each for each in trees if each != NEVER]
    return joined("any", parts) if parts else NEVER


def not_so(tree: Tree) -> Tree:
    """Return the condition that another does not hold."""
    if tree in (ALWAYS, NEVER):
        return NEVER if tree == ALWAYS else ALWAYS
    return tree["not"] if set(tree) == {"not"} else {"not": tree}
