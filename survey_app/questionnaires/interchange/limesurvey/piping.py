"""LimeSurvey's expressions in texts as merge fields of ours, where they only repeat something known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Questionnaire, Texts
from survey_app.questionnaires.interchange.accounting import brief
from survey_app.questionnaires.interchange.limesurvey.computing import groups_of
from survey_app.questionnaires.interchange.limesurvey.customers import attribute_named
from survey_app.questionnaires.interchange.limesurvey.reading import EXPRESSION, Reading
from survey_app.questionnaires.interchange.limesurvey.survey import Raw
from survey_app.questionnaires.texts import with_texts

_ANSWER = re.compile(r"(?:INSERTANS:)?([A-Za-z_]\w*|\d+X\d+X\w+)(?:\.(?:shown|NAOK|value|code|valueNAOK))?")
_PERSON = {
    "TOKEN:FIRSTNAME": "{customer.first_name}",
    "FIRSTNAME": "{customer.first_name}",
    "TOKEN:LASTNAME": "{customer.name}",
    "LASTNAME": "{customer.name}",
}


def with_pipes(reading: Reading, questionnaire: Questionnaire) -> Questionnaire:
    """Return the questionnaire with the expressions in its texts replaced; each text that held any is entered."""
    by_chance = {f"{each.code} {each.code}" for each in reading.survey.questions() if groups_of(each)}
    for name, text in _raw_texts(reading):
        if name.partition(" (")[0] in by_chance and "{" in text:
            reading.ledger.changed("expression", name, _("It becomes a group by chance."))
        else:
            _enter(reading, name, text)

    def change(_key: str, texts: Texts) -> Texts:
        return {tag: _piped(reading, text) for tag, text in texts.items() if _piped(reading, text)}

    return with_texts(questionnaire, change)


def _piped(reading: Reading, text: str) -> str:
    return EXPRESSION.sub(lambda match: _field(reading, match[1]) or "", text).strip() if "{" in text else text


def _field(reading: Reading, source: str) -> str | None:
    """Return the merge field that says the same, or None."""
    source = source.strip()
    if source in _PERSON:
        return _PERSON[source]
    if attribute := attribute_named(source):
        return f"{{{attribute.name}}}"
    found = _ANSWER.fullmatch(source)
    target = reading.answerables.get(found[1]) if found else None
    return f"{{answer.{target.code}}}" if target else None


def _enter(reading: Reading, name: str, text: str) -> None:
    lost = [match[0] for match in EXPRESSION.finditer(text) if _field(reading, match[1]) is None]
    if lost:
        message = _("Ours compute nothing in texts; left out: %(what)s", what=brief(" ".join(lost)))
        reading.ledger.lost("expression", name, message)
    elif EXPRESSION.search(text):
        reading.ledger.changed("expression", name, _("It becomes a merge field."))


def _raw_texts(reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield every text of the file that people may read, by name and language."""
    survey = reading.survey
    for row in survey.tables.of("surveys_languagesettings"):
        for key in ("surveyls_title", "surveyls_description", "surveyls_welcometext", "surveyls_endtext"):
            yield f"{key} ({row.get('surveyls_language', '')})", row.get(key, "")
    for group in survey.groups:
        yield from _named(f"group {group.gid}", group.names)
        yield from _named(f"group {group.gid} description", group.descriptions)
    for question in (*survey.questions(), *survey.stray):
        for each in (question, *question.subquestions):
            yield from _named(f"{question.code} {each.code}", each.texts)
            yield from _named(f"{question.code} {each.code} help", each.hints)
        for answer in question.answers:
            yield from _named(f"{question.code} {answer.code}", answer.texts)


def _named(name: str, raw: Raw) -> Iterator[tuple[str, str]]:
    for language, text in raw.items():
        yield f"{name} ({language})", text
