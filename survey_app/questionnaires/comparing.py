"""What differs between two questionnaires, for people: texts, settings, order."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Item, Questionnaire
from survey_app.questionnaires.names import role_names, type_names
from survey_app.questionnaires.texts import wordings


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same on both sides; nothing stands where a side does not have it."""

    label: str
    before: str
    after: str


def differences(before: Questionnaire, after: Questionnaire) -> list[Difference]:
    """Return what changed from one questionnaire to the other."""
    left, right = _described(before), _described(after)
    keys = [*left, *(key for key in right if key not in left)]
    return [
        Difference(label=key, before=left.get(key, ""), after=right.get(key, ""))
        for key in keys
        if left.get(key, "") != right.get(key, "")
    ]


def _described(questionnaire: Questionnaire) -> dict[str, str]:
    """Return every text and setting by its name for people."""
    found = {_("Languages"): ", ".join(questionnaire.languages)}
    for wording in wordings(questionnaire):
        found |= {f"{wording.label} ({tag})": text for tag, text in wording.texts.items()}
    for page in questionnaire.pages:
        found[_("Order on page “%(code)s”", code=page.code)] = ", ".join(item.code for item in page.items)
        found[_("Condition of page “%(code)s”", code=page.code)] = str(page.show_if or "")
    found[_("Order of pages")] = ", ".join(page.code for page in questionnaire.pages)
    for item in questionnaire.items:
        found[_("“%(code)s”, settings", code=item.code)] = _settings(item)
    return found


def _settings(item: Item) -> str:
    parts = [type_names()[item.type], role_names()[item.role] if item.role else ""]
    parts += [
        _("primary outcome") if item.is_primary else "",
        _("required") if item.is_required else "",
        _("not applicable allowed") if item.allows_not_applicable else "",
        _("don't know allowed") if item.allows_dont_know else "",
        _("scale from %(low)s to %(high)s", low=item.scale.low, high=item.scale.high) if item.scale else "",
        str(item.show_if or ""),
    ]
    return ", ".join(part for part in parts if part)
