"""How an item is to be answered, in a line or two under its question."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.rendering.rankings import n_places
from survey_app.questionnaires.rendering.reading import Wording
from survey_app.questionnaires.saying import number_in


def hints_of(item: Item, words: Wording) -> list[str]:
    """Return the author's hint and what the type needs said; types that explain themselves add nothing."""
    own = words(item.hint)
    usual = _USUAL.get(item.type, _nothing)(item, words)
    needed = _NEEDED.get(item.type, _nothing)(item, words)
    return [line for line in (own or usual, needed) if line]


def _nothing(item: Item, words: Wording) -> str:  # noqa: ARG001 - every hint's signature
    return ""


def _choosing(item: Item, words: Wording) -> str:  # noqa: ARG001 - every hint's signature
    return "" if item.fewest or item.most else _("Choose all that apply.")


def _how_many(item: Item, words: Wording) -> str:  # noqa: ARG001 - every hint's signature
    least, most = item.fewest, item.most
    if least and most and least < most:
        return _("Choose %(least)s to %(most)s answers.", least=least, most=most)
    if least and most:
        return ngettext("Choose %(num)s answer.", "Choose %(num)s answers.", most)
    if most:
        return ngettext("Choose at most %(num)s answer.", "Choose at most %(num)s answers.", most)
    if least:
        return ngettext("Choose at least %(num)s answer.", "Choose at least %(num)s answers.", least)
    return ""


def _ranking(item: Item, words: Wording) -> str:  # noqa: ARG001 - every hint's signature
    return _("Give 1 to your first choice, 2 to the next, and so on.")


def _how_many_places(item: Item, words: Wording) -> str:  # noqa: ARG001 - every hint's signature
    most, least = n_places(item), item.fewest or 0
    if most < len(item.options):
        return ngettext("Rank your first choice only.", "Rank your first %(num)s choices.", most)
    return ngettext("Rank at least %(num)s answer.", "Rank at least %(num)s answers.", least) if least else ""


def _total(item: Item, words: Wording) -> str:
    total = f"{number_in(item.total, words.language)} {words(item.unit)}".strip()
    return _("Share %(total)s among these. Leave empty what gets nothing.", total=total)


def _ends(item: Item, words: Wording) -> str:
    """Return what the ends of a scale mean, where not every point says it."""
    scale = item.scale
    if scale is None or has_named_points(item):
        return ""
    first, last = words(scale.labels.get(scale.low, {})), words(scale.labels.get(scale.high, {}))
    if not first and not last:
        return ""
    return _("%(low)s = %(first)s, %(high)s = %(last)s", low=scale.low, first=first, high=scale.high, last=last)


def has_named_points(item: Item) -> bool:
    """Return whether every point of the item's scale has a label."""
    return item.scale is not None and len(item.scale.labels) == len(item.scale.points)


_USUAL: dict[ItemType, Callable[[Item, Wording], str]] = {
    ItemType.MULTIPLE: _choosing,
    ItemType.RANKING: _ranking,
}
_NEEDED: dict[ItemType, Callable[[Item, Wording], str]] = {
    ItemType.NPS: _ends,
    ItemType.CSAT: _ends,
    ItemType.CES: _ends,
    ItemType.MULTIPLE: _how_many,
    ItemType.RANKING: _how_many_places,
    ItemType.SUM: _total,
}
