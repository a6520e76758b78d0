"""Names in the texts of a SurveyJS file (`{age}`) as merge fields of ours (`{answer.age|}`)."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Texts
from survey_app.questionnaires.interchange.surveyjs.making import Making

LENGTHS = (200, 500, 4000)
_NAME = re.compile(r"\{([^{}\n]{1,200})\}")


def pipe(making: Making) -> Callable[[str, Texts], Texts]:
    """Return what turns the names in a text into merge fields; each is entered as kept or lost."""

    def piped(key: str, texts: Texts) -> Texts:
        filled = {tag: _NAME.sub(lambda found: _field(found, key, making), text) for tag, text in texts.items()}
        # Where the fields' longer names do not fit, the words stay as they were typed.
        return {tag: text if len(text) <= _longest(texts[tag]) else texts[tag] for tag, text in filled.items()}

    return piped


def _field(found: re.Match[str], key: str, making: Making) -> str:
    name = found[1].strip()
    target = making.names.get(name) or making.names.get(name.casefold())
    if target is None:
        making.ledger.lost("reference", f"{key}: {found[0]}", _("It stays in the text as it is typed."))
        return found[0]
    making.ledger.kept("reference", f"{key}: {found[0]}")
    return f"{{answer.{target.code}}}"


def _longest(text: str) -> int:
    """Return how long a text may become: the next of the lengths that texts of its sort may have."""
    return next((longest for longest in LENGTHS if len(text) <= longest), 0)
