"""Triggers of a SurveyJS file that lead elsewhere: jumps at the end of the page that asks what they look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.definition import END
from survey_app.questionnaires.interchange.drafts import DraftJump, DraftPage
from survey_app.questionnaires.interchange.surveyjs.conditions import Trigger, fired
from survey_app.questionnaires.interchange.surveyjs.elements import as_text
from survey_app.questionnaires.interchange.surveyjs.making import Making


@dataclass(frozen=True, slots=True)
class Jumps:
    """Where everything of a file stands, so that triggers find the page to leave and the page to go to."""

    making: Making
    pages: list[DraftPage]
    page_of: Mapping[str, int]

    def enter(self, trigger: Trigger, shown: set[str]) -> None:
        """Turn "complete" and "skip" into jumps; others are lost by name."""
        if trigger.kind == "visible":
            if not shown & set(trigger.targets):
                self._lose(trigger, _("It shows nothing that is taken over."))
            return
        goal = self._goal(trigger)
        asked = self._asked(trigger)
        if goal is None or asked is None:
            said = trigger.element.word("expression")
            message = _("Nothing of ours does what it does.")
            self._lose(trigger, f"{message} [{said[:200]}]" if said else message)
            return
        condition = replace(fired(trigger, self.making.names), note=_("It is a jump at the end of its page."))
        self.pages[asked].jumps.append(DraftJump((condition,), goal))

    def _lose(self, trigger: Trigger, message: str) -> None:
        self.making.ledger.lost("trigger", trigger.name, message)

    def _goal(self, trigger: Trigger) -> str | None:
        if trigger.kind == "complete":
            return END
        place = self.page_of.get(as_text(trigger.element.get("gotoName"))) if trigger.kind == "skip" else None
        return None if place is None else self.pages[place].code

    def _asked(self, trigger: Trigger) -> int | None:
        """Return the page on which everything that a trigger looks at has been answered."""
        tree = fired(trigger, self.making.names).tree
        codes = {each.removeprefix("answer.") for each in _fields(tree)}
        places = [
            number
            for number, page in enumerate(self.pages)
            for each in page.items
            if codes & set(each.item.measure_codes)
        ]
        return max(places) if places else None


def _fields(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict) and "field" in tree:
        yield tree["field"]
    elif isinstance(tree, dict):
        for each in tree.values():
            for part in each if isinstance(each, list) else [each]:
                yield from _fields(part)
