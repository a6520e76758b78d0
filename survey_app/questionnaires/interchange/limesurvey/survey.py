"""A LimeSurvey survey as it is meant: groups, questions with subquestions and answers, texts by language.

Old versions repeat every row per language, newer ones keep the texts in tables of their own (`…_l10ns`); here both
look alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from survey_app.questionnaires.interchange.limesurvey.tables import Row, Tables, by_key
from survey_app.questionnaires.interchange.tongues import language_tags

# A text of the file by LimeSurvey's own language names.
Raw = dict[str, str]


@dataclass(slots=True)
class NativeAnswer:
    """One answer option."""

    code: str
    texts: Raw
    scale: str = "0"
    order: int = 0
    assessment: str = "0"


@dataclass(slots=True)
class Question:
    """One question or subquestion."""

    qid: str
    type: str
    code: str
    row: Row
    texts: Raw = field(default_factory=dict)
    hints: Raw = field(default_factory=dict)
    scripts: Raw = field(default_factory=dict)
    subquestions: list[Question] = field(default_factory=list)
    answers: list[NativeAnswer] = field(default_factory=list)
    # Values by name and language; "" is for all languages.
    attributes: dict[str, Raw] = field(default_factory=dict)
    # Attributes that stand in the file once more.
    repeated: list[str] = field(default_factory=list)
    # Answers that it begins with, in any language.
    defaults: list[str] = field(default_factory=list)

    @property
    def is_mandatory(self) -> bool:
        """Return whether it must be answered (`S` only asks to)."""
        return self.row.get("mandatory") == "Y"

    @property
    def has_other(self) -> bool:
        """Return whether people may give an answer of their own."""
        return self.row.get("other") == "Y"

    def attribute(self, name: str) -> str:
        """Return an attribute that holds for all languages, or the first language's."""
        values = self.attributes.get(name, {})
        return values.get("", "") or next(iter(values.values()), "")

    def scale(self, number: str) -> list[NativeAnswer]:
        """Return the answers of one scale in their order."""
        return sorted((each for each in self.answers if each.scale == number), key=lambda each: each.order)

    def axis(self, number: str) -> list[Question]:
        """Return the subquestions along one axis: rows are 0, columns 1."""
        return [each for each in self.subquestions if (each.row.get("scale_id") or "0") == number]


@dataclass(slots=True)
class Group:
    """One group of questions."""

    gid: str
    row: Row
    names: Raw = field(default_factory=dict)
    descriptions: Raw = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)


@dataclass(slots=True)
class Survey:
    """The whole survey; `tags` are our language tags by LimeSurvey's names."""

    tables: Tables
    settings: Row
    base: str
    languages: list[str]
    tags: dict[str, str]
    groups: list[Group]
    # Questions whose group is not in the file, and subquestions whose question is not.
    stray: list[Question]
    orphans: list[Question]

    def questions(self) -> Iterator[Question]:
        """Yield every question in the order in which it is asked."""
        for group in self.groups:
            yield from group.questions


def read_survey(tables: Tables) -> Survey:
    """Return what the tables mean."""
    settings = next(iter(tables.of("surveys")), {})
    languages = _languages(tables, settings)
    questions, orphans = _questions(tables)
    # A file without groups is one page.
    groups = _groups(tables) or [Group("", {}, questions=questions)]
    stray = _placed(groups, questions) if groups[0].row else []
    return Survey(tables, settings, languages[0], languages, language_tags(languages), groups, stray, orphans)


def _placed(groups: list[Group], questions: list[Question]) -> list[Question]:
    """Put the questions into their groups; return those whose group is not there."""
    places = {group.gid: group for group in groups}
    stray: list[Question] = []
    for question in questions:
        place = places.get(question.row.get("gid", ""))
        (place.questions if place else stray).append(question)
    return stray


def _languages(tables: Tables, settings: Row) -> list[str]:
    """Return the names of all languages, the base language first."""
    named = [settings.get("language", ""), *settings.get("additional_languages", "").split(), *tables.languages]
    rows = [row.get("surveyls_language", "") for row in tables.of("surveys_languagesettings")]
    texts = [row.get("language", "") for name in ("questions", "question_l10ns") for row in tables.of(name)]
    return [each for each in dict.fromkeys([*named, *rows, *texts]) if each] or ["en"]


def _groups(tables: Tables) -> list[Group]:
    groups = []
    l10ns = dict(by_key(tables.of("group_l10ns"), "gid"))
    for gid, rows in by_key(tables.of("groups"), "gid"):
        own = [*rows, *l10ns.get(gid, [])]
        # The base language's row comes with the order; others may lack conditions.
        groups.append(Group(gid, _first(rows), _texts(own, "group_name"), _texts(own, "description")))
    # Ties keep the order of the file.
    return sorted(groups, key=lambda group: order_of(group.row, "group_order"))


def _questions(tables: Tables) -> tuple[list[Question], list[Question]]:
    """Return the questions in their order, each with all that is its own, and subquestions without a question."""
    l10ns = dict(by_key(tables.of("question_l10ns"), "qid"))
    rows = [*tables.of("questions"), *tables.of("subquestions")]
    every = {qid: _question(qid, own, l10ns.get(qid, [])) for qid, own in by_key(rows, "qid")}
    top = [each for each in every.values() if _parent(each) in {"", "0"}]
    orphans = _attached(every, {each.qid for each in top})
    for name, own in by_key(tables.of("question_attributes"), "qid"):
        if name in every:
            _add_attributes(every[name], own)
    _add_answers(tables, every)
    _add_defaults(tables, every)
    for each in every.values():
        each.subquestions.sort(key=lambda one: order_of(one.row, "question_order"))
    return sorted(top, key=lambda each: order_of(each.row, "question_order")), orphans


def _attached(every: dict[str, Question], top: set[str]) -> list[Question]:
    """Give questions their subquestions; return subquestions whose question is not there, or is none itself."""
    orphans: list[Question] = []
    for each in every.values():
        if each.qid in top:
            continue
        if _parent(each) in top:
            every[_parent(each)].subquestions.append(each)
        else:
            orphans.append(each)
    return orphans


def _add_defaults(tables: Tables, every: dict[str, Question]) -> None:
    l10ns = dict(by_key(tables.of("defaultvalue_l10ns"), "dvid"))
    for row in tables.of("defaultvalues"):
        own = l10ns.get(row.get("dvid", ""), []) if row.get("dvid") else []
        question = every.get(row.get("qid", ""))
        if question is not None:
            values = [each.get("defaultvalue", "") for each in (row, *own)]
            question.defaults += [each for each in values if each]


def _parent(question: Question) -> str:
    return question.row.get("parent_qid", "")


def _question(qid: str, rows: list[Row], l10ns: list[Row]) -> Question:
    row, texts = _first(rows), [*rows, *l10ns]
    return Question(
        qid=qid,
        type=row.get("type", ""),
        code=row.get("title", ""),
        row=row,
        texts=_texts(texts, "question"),
        hints=_texts(texts, "help"),
        scripts=_texts(l10ns, "script"),
    )


def _add_attributes(question: Question, rows: list[Row]) -> None:
    for row in rows:
        values = question.attributes.setdefault(row.get("attribute", ""), {})
        if row.get("language", "") in values:
            question.repeated.append(row.get("attribute", ""))
        values[row.get("language", "")] = row.get("value", "")


def _add_answers(tables: Tables, every: dict[str, Question]) -> None:
    l10ns = dict(by_key(tables.of("answer_l10ns"), "aid"))
    seen: dict[tuple[str, str, str], NativeAnswer] = {}
    for row in tables.of("answers"):
        key = (row.get("qid", ""), row.get("scale_id") or "0", row.get("code", ""))
        if key[0] not in every:
            continue
        if key not in seen:
            seen[key] = NativeAnswer(key[2], {}, key[1], order_of(row, "sortorder"), row.get("assessment_value", "0"))
            every[key[0]].answers.append(seen[key])
        own = l10ns.get(row.get("aid", ""), []) if row.get("aid") else []
        seen[key].texts |= _texts([row, *own], "answer")


def order_of(row: Row, key: str) -> int:
    """Return a number to sort by; what is no number comes first."""
    value = row.get(key, "").strip()
    return int(value) if value.lstrip("-").isdecimal() and value.isascii() and len(value) < 12 else 0  # noqa: PLR2004 - longer is no order


def _first(rows: list[Row]) -> Row:
    """Return one row of those that differ by language: what any of them says, the first first."""
    merged: Row = {}
    for row in rows:
        merged |= {key: value for key, value in row.items() if not merged.get(key)}
    return merged


def _texts(rows: list[Row], key: str) -> Raw:
    return {row["language"]: row[key] for row in rows if row.get("language") and row.get(key)}
