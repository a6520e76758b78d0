"""The settings of a survey, a page and an item in words, by their names: what two versions are compared by."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import get_locale
from flask_babel import gettext as _

from survey_app.conditions.rules import Tree
from survey_app.conditions.sentences import sentence
from survey_app.questionnaires.definition import (
    END,
    SCALED,
    SCREEN_OUT,
    Item,
    ItemType,
    Look,
    Option,
    Page,
    Questionnaire,
    Variant,
)
from survey_app.questionnaires.names import condition_labels, role_names, type_names
from survey_app.questionnaires.saying import field_name

Settings = dict[str, str]
Labels = Mapping[str, str]


def labels_of(questionnaire: Questionnaire) -> Labels:
    """Return what fields and values are called in conditions, in the language of the page."""
    locale = get_locale()
    return condition_labels(questionnaire, locale.language if locale else "en")


def survey_settings(questionnaire: Questionnaire, labels: Labels) -> Settings:
    """Return what holds for the whole survey."""
    found = {_("Languages"): ", ".join(questionnaire.languages)}
    for quota in questionnaire.quotas:
        found[_("Quota “%(code)s”", code=quota.code)] = _(
            "at most %(limit)s for whom %(condition)s",
            limit=quota.limit,
            condition=sentence(quota.when, labels),
        )
    return found


def page_settings(page: Page, labels: Labels) -> Settings:
    """Return what holds for a page beside its items."""
    jumps = [
        _("to %(place)s if %(condition)s", place=_target(jump.to), condition=sentence(jump.when, labels))
        for jump in page.jumps
    ]
    return {
        _("Condition of page “%(code)s”", code=page.code): _condition(page.show_if, labels),
        _("Jumps from page “%(code)s”", code=page.code): "; ".join(jumps),
        _("Order of items on page “%(code)s”", code=page.code): _("random") if page.is_shuffled else "",
    }


def item_settings(item: Item, labels: Labels) -> Settings:
    """Return what holds for an item beside its words."""
    name = _("“%(code)s”", code=item.code)
    found = {
        _("%(item)s, settings", item=name): ", ".join(part for part in (*_kind(item), *_permissions(item)) if part),
        _("Condition of %(item)s", item=name): _condition(item.show_if, labels),
        _("%(item)s, options", item=name): ", ".join(_option(each) for each in item.options),
        _("%(item)s, statements", item=name): ", ".join(row.code for row in item.rows),
        _("%(item)s, split ballot", item=name): ", ".join(_variant(each) for each in item.variants),
        _("%(item)s, limits", item=name): ", ".join(part for part in _limits(item) if part),
    }
    return {key: text for key, text in found.items() if text}


def _kind(item: Item) -> list[str]:
    parts = [type_names()[item.type], role_names()[item.role] if item.role else ""]
    if item.scale is not None and item.type in SCALED:
        parts.append(_("scale from %(low)s to %(high)s", low=item.scale.low, high=item.scale.high))
        parts.append("" if item.scale.higher_is_better else _("a low score is good"))
        looks = {Look.STARS: _("stars"), Look.FACES: _("faces")}
        parts.append(looks.get(item.scale.look, ""))
    return [*parts, *(field_name(each.value) for each in item.contact_fields), _source(item)]


def _source(item: Item) -> str:
    return _("assigned by chance") if item.is_by_chance else item.source or ""


def _permissions(item: Item) -> list[str]:
    return [
        _("primary outcome") if item.is_primary else "",
        _("required") if item.is_required else "",
        _("not applicable allowed") if item.allows_not_applicable else "",
        _("don't know allowed") if item.allows_dont_know else "",
        _("in random order") if item.is_shuffled else "",
        _("one line") if item.is_short else "",
    ]


def _limits(item: Item) -> list[str]:
    bounds = item.bounds
    return [
        _("at least %(n)s", n=item.fewest) if item.fewest is not None else "",
        _("at most %(n)s", n=item.most) if item.most is not None else "",
        _("total %(n)s", n=item.total) if item.type is ItemType.SUM else "",
        _("from %(low)s", low=bounds.lowest) if bounds.lowest is not None else "",
        _("to %(high)s", high=bounds.highest) if bounds.highest is not None else "",
        _("%(n)s decimals", n=bounds.decimals) if bounds.decimals else "",
        _("at most %(n)s characters", n=item.max_length) if item.type is ItemType.TEXT else "",
    ]


def _option(option: Option) -> str:
    marks = [
        _("other") if option.is_other else "",
        _("excludes the rest") if option.is_exclusive else "",
        _("keeps its place") if option.is_fixed else "",
    ]
    said = ", ".join(mark for mark in marks if mark)
    return f"{option.code} ({said})" if said else option.code


def _variant(variant: Variant) -> str:
    return _("%(code)s (turned round)", code=variant.code) if variant.is_reversed else variant.code


def _target(to: str) -> str:
    named = {END: _("the end"), SCREEN_OUT: _("the thanks for those who are not asked")}
    return named.get(to, _("page “%(code)s”", code=to))


def _condition(tree: Tree | None, labels: Labels) -> str:
    return "" if tree is None else sentence(tree, labels)
