"""A condition tree in words, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _

from survey_app.conditions.trees import Tree


def sentence(tree: Tree | None, labels: Mapping[str, str]) -> str:
    """Return the condition in words.

    `labels` names fields (`answer.nps`) and, where they have names of their own, values (`answer.plan=gold`).
    """
    if tree is None or tree in ({"all": []}, {"any": []}):
        return _("no condition") if tree != {"any": []} else _("never")
    return _words(tree, labels, nested=False)


def operator_labels() -> dict[str, str]:
    """Return every operator's name for choosing one in a form."""
    return {
        "is": _("is"),
        "is_not": _("is not"),
        "at_least": _("is at least"),
        "at_most": _("is at most"),
        "more_than": _("is more than"),
        "less_than": _("is less than"),
        "in_last_days": _("is in the last … days"),
        "over_days_ago": _("is more than … days ago"),
        "in_next_days": _("is in the next … days"),
        "contains": _("contains"),
        "one_of": _("is one of"),
        "is_known": _("is known"),
        "is_unknown": _("is not known"),
    }


def within_words(within: Mapping[str, Any] | None) -> str:
    """Return what a count is narrowed down to, in brackets; nothing where it is of everything."""
    if not within:
        return ""
    wordings = {
        "days": lambda value: _("last %(n)s days", n=value),
        "product": lambda value: _("product %(name)s", name=value),
        "channel": lambda value: _("channel %(name)s", name=value),
        "location": lambda value: _("location %(name)s", name=value),
    }
    return f"({', '.join(wordings[name](within[name]) for name in wordings if name in within)})"


def _words(tree: Tree, labels: Mapping[str, str], *, nested: bool) -> str:
    if "field" in tree:
        return _comparison(tree, labels)
    if "not" in tree:
        return _("not (%(condition)s)", condition=_words(tree["not"], labels, nested=False))
    is_all = "all" in tree
    parts = [_words(each, labels, nested=True) for each in tree["all" if is_all else "any"]]
    joined = format_list(parts, style="standard" if is_all else "or", locale=get_locale() or "en")
    return _("(%(condition)s)", condition=joined) if nested and len(parts) > 1 else joined


def _comparison(tree: Tree, labels: Mapping[str, str]) -> str:
    field = tree["field"]
    label = f"{labels.get(field, field)} {within_words(tree.get('within'))}".strip()
    names = {"field": label, "value": _value(tree, labels)}
    wordings = {
        "in_last_days": _("%(field)s is in the last %(value)s days", **names),
        "over_days_ago": _("%(field)s is more than %(value)s days ago", **names),
        "in_next_days": _("%(field)s is in the next %(value)s days", **names),
        "is": _("%(field)s is %(value)s", **names),
        "is_not": _("%(field)s is not %(value)s", **names),
        "at_least": _("%(field)s is at least %(value)s", **names),
        "at_most": _("%(field)s is at most %(value)s", **names),
        "more_than": _("%(field)s is more than %(value)s", **names),
        "less_than": _("%(field)s is less than %(value)s", **names),
        "contains": _("%(field)s contains %(value)s", **names),
        "one_of": _("%(field)s is one of %(value)s", **names),
        "is_known": _("%(field)s is known", **names),
        "is_unknown": _("%(field)s is not known", **names),
    }
    return wordings[tree["op"]]


def _value(tree: Tree, labels: Mapping[str, str]) -> str:
    value = tree.get("value")
    values = value if isinstance(value, list) else [value]
    names = [labels.get(f"{tree['field']}={each}", str(each)) for each in values]
    return format_list(names, style="or", locale=get_locale() or "en")
