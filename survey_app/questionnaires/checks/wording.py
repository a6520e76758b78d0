"""Hints about wording in English, Vietnamese and Spanish: two questions in one, leading, absolute, negated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from survey_app.questionnaires.checking import CheckFinding, Spot, hint, warning
from survey_app.questionnaires.definition import UNASKED, Item, ItemType, Page, Questionnaire, Texts

RATED = frozenset({ItemType.CSAT, ItemType.CES, ItemType.LIKERT, ItemType.NPS})
# Recommending to "a friend or colleague" asks one thing.
JOINED = RATED - {ItemType.NPS}
WORD_START, WORD_END = r"(?<!\w)(", r")(?!\w)"


def _patterns(**words: str) -> dict[str, re.Pattern[str]]:
    return {tag: re.compile(f"{WORD_START}{each}{WORD_END}", re.IGNORECASE) for tag, each in words.items()}


# Circles of people, in which two words ask one thing.
PEOPLE = {
    "en": r"(?:friends?|famil(?:y|ies)|colleagues?|co-?workers?|relatives?|peers?)",
    "es": r"(?:amig[oa]s?|famili(?:a|ar|ares)|colegas?|compañer[oa]s?|conocid[oa]s?)",
    "vi": r"(?:bạn bè|đồng nghiệp|người thân|gia đình|người quen)",
}
# So do customary names and manners of speaking.
PAIRS = _patterns(
    en=rf"{PEOPLE['en']}(?: (?:and|or) (?:an? )?{PEOPLE['en']})+|more or less|one or (?:two|more)|terms and conditions"
    r"|bed and breakfast|health and safety|research and development|questions and answers|pros and cons",
    es=rf"{PEOPLE['es']}(?: (?:y|e|o|u) (?:una? )?{PEOPLE['es']})+|más o menos|una o (?:dos|más)"
    r"|términos y condiciones|preguntas y respuestas|alojamiento y desayuno",
    vi=rf"{PEOPLE['vi']}(?: (?:và|hoặc|hay) {PEOPLE['vi']})+|điều khoản và điều kiện|nghiên cứu và phát triển"
    r"|hỏi và đáp",
)
# Two things in one rated statement: nobody knows which of them the score is about.
JOINING = _patterns(en="and|or|as well as", es="y|e|o|u|así como", vi="và|hoặc|cũng như")
LEADING = _patterns(
    en=r"don['\u2019]t you (?:think|agree|find)|wouldn['\u2019]t you|isn['\u2019]t it|do you agree that|as you know"
    r"|of course|obviously|surely|most (?:people|customers)|how (?:great|excellent|amazing|wonderful|fantastic)"
    r"|amazing|award-winning|world-class|outstanding",
    es=r"no cree(?: usted)? que|no le parece|está de acuerdo en que|como sabe|por supuesto|obviamente|sin duda"
    r"|la mayoría de (?:la gente|los clientes)|maravillos[oa]s?|increíbles?|fantástic[oa]s?|verdad\?",
    vi=r"(?<!có )phải không|(?<!có )đúng không|có đồng ý rằng|như quý khách (?:đã )?biết|hiển nhiên|dĩ nhiên|chắc hẳn"
    r"|hầu hết mọi người|đa số khách hàng|tuyệt vời|hàng đầu thế giới",
)
ABSOLUTE = _patterns(
    en="always|never|everyone|everybody|nobody|no one|every time|completely all",
    es="siempre|nunca|jamás|todo el mundo|nadie|en ningún caso|todas las veces",
    vi="luôn luôn|luôn|không bao giờ|mọi lúc|tất cả mọi người|không ai",
)
# A Vietnamese question may end in "không", and "hay không" means "or not": neither negates.
NEGATED = _patterns(
    en=r"not|no longer|without|\w+n['\u2019]t|neither|nor",
    es=r"no|ni|sin|tampoco",
    vi=r"(?<!hay )không(?!\s*[?\uff1f.]?\s*$)(?! gian| khí)|chưa|chẳng|đừng",
)


@dataclass(frozen=True, slots=True)
class Habit:
    """One way of wording that spoils answers: how it is recognised, and the sentence about it."""

    patterns: Mapping[str, re.Pattern[str]]
    types: frozenset[ItemType]
    sentence: str
    is_grave: bool = False


def wording_findings(questionnaire: Questionnaire) -> Iterator[CheckFinding]:
    """Yield a finding for every text and habit, once whatever the number of languages that show it."""
    habits = _habits()
    for page in questionnaire.pages:
        for item in page.items:
            for code, texts in _asked(item):
                yield from _of(code, texts, habits, (page, item))


def _habits() -> list[Habit]:
    two_in_one = _("“%(code)s” may ask two things at once (“%(word)s”). Ask one, so that the score says what to mend.")
    leading = _("“%(code)s” may lead people to an answer (“%(word)s”). Ask neutrally.")
    absolute = _("“%(code)s” is absolute (“%(word)s”): people who mean “mostly” cannot agree.")
    negated = _(
        "“%(code)s” is negated (“%(word)s”): agreeing with a “not” is easily mistaken. Turn the sentence round."
    )
    return [
        Habit(JOINING, JOINED, two_in_one, is_grave=True),
        Habit(LEADING, frozenset(ItemType) - UNASKED, leading, is_grave=True),
        Habit(ABSOLUTE, RATED, absolute),
        Habit(NEGATED, RATED, negated),
    ]


def _of(code: str, texts: Texts, habits: list[Habit], place: tuple[Page, Item]) -> Iterator[CheckFinding]:
    page, item = place
    for habit in habits:
        word = _first_word(texts, habit.patterns) if item.type in habit.types else ""
        if word:
            found = warning if habit.is_grave else hint
            yield found(habit.sentence.replace("%(code)s", code).replace("%(word)s", word), Spot(page.code, item.code))


def _first_word(texts: Texts, patterns: Mapping[str, re.Pattern[str]]) -> str:
    for tag, text in texts.items():
        short = tag.split("-", maxsplit=1)[0]
        pattern = patterns.get(short)
        found = pattern.search(PAIRS[short].sub(" ", text)) if pattern else None
        if found:
            return found[0]
    return ""


def _asked(item: Item) -> list[tuple[str, Texts]]:
    if item.rows:
        return [(row.code, row.text) for row in item.rows]
    forms = [(item.code, each.text) for each in item.variants if each.text]
    return [(item.code, item.text), *forms]
