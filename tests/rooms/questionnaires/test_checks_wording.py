"""Hints about wording, order, personal data, merge fields and languages, by truth table; and every repair."""

from __future__ import annotations

from dataclasses import replace
from time import process_time
from typing import Any

import pytest

from survey_app.questionnaires.checking import Fix, Repair, Setting, Spot
from survey_app.questionnaires.checks import check_questionnaire, errors_of
from survey_app.questionnaires.definition import Questionnaire, Scale
from survey_app.questionnaires.duration import durations
from survey_app.questionnaires.editing import GoneError
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.repairs import repair_labels, repaired
from tests.factories.questionnaires import a_battery, a_choice, a_comment, a_definition, a_questionnaire, an_item

CONTACT = {"code": "who", "type": "contact", "text": "How can we reach you?", "contact_fields": ["email"]}
AGREE = {"consent": {"en": "You may keep this."}}


def of(*items: dict[str, Any], **overrides: Any) -> Questionnaire:
    """Return a questionnaire with NPS first and then a page per item."""
    every = [{"code": f"p{n}", "items": [each]} for n, each in enumerate([an_item(), *items])]
    return parse(a_definition(**({"pages": every} | overrides)))


def levels(questionnaire: Questionnaire, words: str, **setting: Any) -> list[str]:
    found = check_questionnaire(questionnaire, None, Setting(**setting))
    return [each.level.value for each in found if words in each.message]


def rated(text: str, language: str = "en") -> Questionnaire:
    return of({"code": "r", "type": "csat", "text": {language: text}}, languages=["en", "vi", "es"])


@pytest.mark.parametrize(
    ("text", "language", "words", "expected"),
    [
        ("How were price and quality?", "en", "two things at once", ["warning"]),
        ("¿Qué tal el precio y la calidad?", "es", "two things at once", ["warning"]),
        ("Giá cả và chất lượng thế nào?", "vi", "two things at once", ["warning"]),
        ("How was the handling?", "en", "two things at once", []),
        ("Would you tell a friend or a co-worker?", "en", "two things at once", []),
        ("Would you tell your friends and family, and buy again?", "en", "two things at once", ["warning"]),
        ("¿Hablaría de esto con amigos o familiares?", "es", "two things at once", []),
        ("Quý khách có kể với bạn bè hoặc người thân không?", "vi", "two things at once", []),
        ("Thông tin này có đúng không?", "vi", "may lead people", []),
        ("Don't you agree that we are quick?", "en", "may lead people", ["warning"]),
        ("¿No cree que somos rápidos?", "es", "may lead people", ["warning"]),
        ("Chúng tôi rất nhanh, đúng không?", "vi", "may lead people", ["warning"]),
        ("How satisfied are you with our speed?", "en", "may lead people", []),
        ("We are always on time.", "en", "is absolute", ["hint"]),
        ("Siempre llegamos a tiempo.", "es", "is absolute", ["hint"]),
        ("Chúng tôi luôn đúng giờ.", "vi", "is absolute", ["hint"]),
        ("We are mostly on time.", "en", "is absolute", []),
        ("It was not easy.", "en", "is negated", ["hint"]),
        ("It wasn't easy.", "en", "is negated", ["hint"]),
        ("It wasn\N{RIGHT SINGLE QUOTATION MARK}t easy.", "en", "is negated", ["hint"]),
        ("No fue fácil.", "es", "is negated", ["hint"]),
        ("Việc này không dễ.", "vi", "is negated", ["hint"]),
        ("Việc này có dễ không?", "vi", "is negated", []),
        ("Việc này dễ hay không dễ?", "vi", "is negated", []),
        ("The notes were easy.", "en", "is negated", []),
    ],
)
def test_wording_that_spoils_answers_is_noticed_in_three_languages(
    text: str, language: str, words: str, expected: list[str]
) -> None:
    assert levels(rated(text, language), words) == expected


OPTIONS = [{"code": f"o{n}", "text": f"Option {n}"} for n in range(16)]
OTHER = {"code": "other", "text": "Other", "other": True}


@pytest.mark.parametrize(
    ("questionnaire", "words", "expected"),
    [
        (of(a_choice(options=OPTIONS)), "no “other”", ["warning"]),
        (of(a_choice(options=[*OPTIONS, OTHER])), "people read the first ones best", ["hint"]),
        (of(a_choice(options=OPTIONS[:15])), "16 options", []),
        (of({"code": "k", "type": "ranking", "text": "Order", "options": OPTIONS[:8]}), "asks to rank 8", ["warning"]),
        (of({"code": "k", "type": "ranking", "text": "Order", "options": OPTIONS[:7]}), "asks to rank", []),
        (of(a_choice(options=[{"code": "a", "text": "Same"}, {"code": "b", "text": "same"}])), "twice", ["warning"]),
        (of(a_battery(rows=[{"code": c, "text": "Same"} for c in "ab"])), "asks “Same” twice", ["warning"]),
        (
            of(a_choice(shuffle=True, options=[{"code": c, "text": c, "fixed": True} for c in "ab"])),
            "nothing moves",
            ["warning"],
        ),
        (of(a_choice(shuffle=True)), "nothing moves", []),
        (
            of(a_comment(variants=[{"code": "a", "text": "Why?"}, {"code": "b", "text": "Why?"}])),
            "say the same",
            ["warning"],
        ),
        (of(a_comment(variants=[{"code": "a"}, {"code": "b", "text": "Why?"}])), "say the same", ["warning"]),
        (of(a_comment(variants=[{"code": "a"}, {"code": "b", "text": "How come?"}])), "say the same", []),
        (of({"code": "s", "type": "csat", "text": "S?", "scale": {"labels": {"1": "Bad"}}}), "both ends", ["warning"]),
        (
            of(
                {"code": "s", "type": "csat", "text": "S?", "scale": {"labels": {"1": "Bad", "4": "Good", "5": "Best"}}}
            ),
            "lean to one side",
            ["hint"],
        ),
        (
            of(
                {
                    "code": "s",
                    "type": "csat",
                    "text": "S?",
                    "scale": {
                        "labels": dict(zip("12345", ["Poor", "Fair", "Good", "Very good", "Excellent"], strict=True))
                    },
                }
            ),
            "lean to one side",
            ["hint"],
        ),
        (
            of(
                a_comment(code="b1"),
                pages=[
                    {
                        "code": "p",
                        "items": [an_item(), a_battery(), a_battery(code="r2", rows=[{"code": "x", "text": "X"}])],
                    }
                ],
            ),
            "holds 2 batteries",
            ["hint"],
        ),
        (of(a_choice(code="age", text="How old are you?", required=True)), "something personal", ["warning"]),
        (of(a_choice(code="age", text="How old are you?", required=True, dont_know=True)), "something personal", []),
        (of(a_choice(code="age", text="How old are you?")), "something personal", []),
        (
            of(
                a_choice(
                    text={"es": "¿Cuál es su edad?"},
                    required=True,
                ),
                languages=["en", "es"],
            ),
            "something personal",
            ["warning"],
        ),
        (of(a_comment(text="Hello {customer.name}")), "no words for whom it is not known", ["warning"]),
        (of(a_comment(text="Hello {customer.name|you}")), "no words for whom", []),
        (of(a_comment(text="Hello {organisation}")), "no words for whom", []),
        (of(a_comment(text="Hello {customer.nickname|you}")), "{customer.nickname} is no merge field", ["error"]),
        (of(a_comment(text="You said {answer.nps|0}")), "names no answer", []),
        (of(a_comment(text="You said {answer.comment|0}")), "names no answer that is known by then", ["error"]),
        (of(thanks={"en": "You said {answer.nps|0}"}), "names no answer", []),
    ],
)
def test_items_are_looked_over(questionnaire: Questionnaire, words: str, expected: list[str]) -> None:
    assert levels(questionnaire, words) == expected


@pytest.mark.parametrize(
    ("items", "words", "expected"),
    [
        ([a_battery(), an_item()], "is asked after “ratings”", ["hint"]),
        ([an_item(), a_battery()], "is asked after", []),
        ([a_choice(), an_item()], "cannot stand in the mail", ["hint"]),
        ([{"code": "s", "type": "statement", "text": "Hello"}, an_item()], "cannot stand in the mail", []),
    ],
)
def test_the_order_of_items_is_looked_at(items: list[dict[str, Any]], words: str, expected: list[str]) -> None:
    every = [{"code": f"p{n}", "items": [each]} for n, each in enumerate(items)]
    assert levels(parse(a_definition(pages=every)), words) == expected


HIDDEN = {"code": "customer_email", "type": "hidden", "text": "E-mail"}
SOURCED = {"code": "who", "type": "hidden", "text": "Who", "source": "customer.name"}


@pytest.mark.parametrize(
    ("questionnaire", "identification", "words", "expected"),
    [
        (of(CONTACT), "identified", "without saying what they are for", ["warning"]),
        (of(CONTACT | AGREE), "identified", "without saying", []),
        (of(CONTACT | AGREE), "anonymous", "may not ask for contact details", ["error"]),
        (of(HIDDEN), "identified", "the introduction says nothing of it", ["warning"]),
        (of(HIDDEN, introduction={"en": "We know your address."}), "identified", "says nothing of it", []),
        (of(HIDDEN), "anonymous", "may not carry a name or an address", ["error"]),
        (of(SOURCED), "anonymous", "may not carry a name or an address", ["error"]),
        (of({"code": "product_name", "type": "hidden", "text": "P"}), "anonymous", "may not carry", []),
        (of(a_comment(text="Hi {customer.name|you}")), "anonymous", "is not believed", ["warning"]),
        (of(a_comment(text="Hi {customer.name|you}")), "identified", "is not believed", []),
    ],
)
def test_personal_data_are_announced_and_kept_out_of_anonymous_surveys(
    questionnaire: Questionnaire, identification: str, words: str, expected: list[str]
) -> None:
    assert levels(questionnaire, words, identification=identification) == expected


def test_attributes_that_nobody_defined_are_no_merge_fields() -> None:
    questionnaire = of(a_comment(text="Your plan is {attribute.plan|unknown}"))
    assert levels(questionnaire, "is no merge field") == []
    assert levels(questionnaire, "is no merge field", attributes=["plan"]) == []
    assert levels(questionnaire, "is no merge field", attributes=["region"]) == ["error"]


def test_a_lost_merge_field_in_a_translation_keeps_from_publishing() -> None:
    texts = {"en": "Hi {customer.name|you}", "vi": "Chào"}
    assert levels(of(a_comment(text=texts), languages=["en", "vi"]), "is lost in the translation") == ["error"]


def test_a_code_that_stands_twice_and_an_empty_scale_are_errors_whoever_built_them() -> None:
    sound = a_questionnaire()
    first, *others = sound.pages
    twice = replace(sound, pages=(first, replace(first, code="again"), *others))
    assert [each.message for each in errors_of(check_questionnaire(twice)) if "more than once" in each.message]
    flat = replace(first.items[0], scale=Scale(3, 3))
    empty = replace(sound, pages=(replace(first, items=(flat,)), *others))
    assert [each.message for each in errors_of(check_questionnaire(empty)) if "empty scale" in each.message]


@pytest.mark.parametrize(
    ("questionnaire", "words"),
    [
        (of({"code": "s", "type": "csat", "text": "S?", "scale": {"labels": {}}}), "both ends"),
        (of(a_comment(required=True, show_if={"field": "answer.nps", "op": "is", "value": 1})), "is required, but"),
        (of(a_choice(text="Your income?", required=True)), "something personal"),
        (of(a_comment(text="Your salary?", required=True)), "something personal"),
        (of(a_comment(show_if={"field": "answer.nps", "op": "is", "value": 11})), "is asked of nobody"),
        (
            of(quotas=[{"code": "q", "when": {"field": "answer.nps", "op": "is", "value": 11}, "limit": 1}]),
            "never fill",
        ),
        (of(pages=[{"code": "p", "items": [an_item()], "jumps": [{"to": "p"}]}]), "jumps to itself"),
        (of(pages=[{"code": "p", "items": [an_item()]}, {"code": "q", "items": []}]), "is empty"),
        (
            of(
                pages=[
                    {"code": "p", "items": [an_item()]},
                    {"code": "q", "items": [a_comment()], "show_if": {"field": "answer.nps", "op": "is", "value": 11}},
                ]
            ),
            "is shown to nobody",
        ),
        (of(a_choice(shuffle=True, options=[{"code": c, "text": c, "fixed": True} for c in "ab"])), "nothing moves"),
        (of(CONTACT), "without saying"),
        (of(HIDDEN), "says nothing of it"),
        (of(pages=[{"code": "p", "items": [an_item(primary=False)]}]), "primary one"),
    ],
)
def test_every_offered_repair_does_away_with_its_finding(questionnaire: Questionnaire, words: str) -> None:
    (finding,) = [each for each in check_questionnaire(questionnaire) if words in each.message]
    assert finding.fix is not None
    assert finding.fix.repair in repair_labels()
    mended = repaired(questionnaire, finding.fix, finding.spot)
    assert words not in " ".join(each.message for each in check_questionnaire(mended))


def test_a_free_code_ends_a_repetition() -> None:
    sound = a_questionnaire()
    first, *others = sound.pages
    twice = replace(sound, pages=(first, replace(first, code="again"), *others))
    mended = repaired(twice, Fix(Repair.FREE_CODE, "nps"), Spot("again", "nps"))
    assert [item.code for item in mended.items][:2] == ["nps", "nps_2"]


@pytest.mark.parametrize(
    ("fix", "spot"),
    [
        (Fix(Repair.MAKE_OPTIONAL), Spot("first", "gone")),
        (Fix(Repair.DROP_CONDITION), Spot("gone")),
        (Fix(Repair.DROP_JUMP, "7"), Spot("first")),
        (Fix(Repair.DROP_PAGE), Spot("gone")),
        (Fix(Repair.FREE_CODE, "x"), Spot("first", "gone")),
        (Fix(Repair.MAKE_PRIMARY), Spot("first", "gone")),
    ],
)
def test_a_repair_of_what_is_gone_says_so(fix: Fix, spot: Spot) -> None:
    with pytest.raises(GoneError):
        repaired(a_questionnaire(), fix, spot)


def test_minutes_follow_the_words_the_answers_and_the_way() -> None:
    condition = {"field": "answer.nps", "op": "at_most", "value": 6}
    questionnaire = of(a_comment(show_if=condition), languages=["en", "vi"])
    english, vietnamese = durations(questionnaire)
    assert english.longest - english.shortest > 0.5
    assert vietnamese.longest == pytest.approx(english.longest, rel=0.2)
    out = of(
        a_comment(),
        pages=[
            {"code": "p", "items": [an_item()], "jumps": [{"when": condition, "to": "end"}]},
            {"code": "q", "items": [a_comment()]},
        ],
    )
    (only,) = durations(out)
    assert only.longest - only.shortest > 0.5
    assert durations(of(a_comment()))[0].shortest == durations(of(a_comment()))[0].longest


def test_a_long_questionnaire_is_looked_over_in_no_time() -> None:
    def long(n: int) -> Questionnaire:
        rules = [{"all": [{"field": f"answer.i{k}", "op": "at_most", "value": 6}]} for k in range(n)]
        every = [
            {
                "code": f"p{k}",
                "items": [
                    an_item(code=f"i{k}", primary=k == 0),
                    a_choice(code=f"c{k}", show_if=rules[k - 1] if k else None),
                ],
            }
            for k in range(n)
        ]
        return parse(a_definition(pages=every))

    def seconds(questionnaire: Questionnaire) -> float:
        begun = process_time()
        check_questionnaire(questionnaire, questionnaire)
        return process_time() - begun

    small, large = long(25), long(100)
    seconds(small)
    assert seconds(large) < 1.0
    assert min(seconds(large) for _ in range(3)) < 10 * min(seconds(small) for _ in range(3))


def test_numbers_in_a_row_need_no_other_and_one_box_to_tick_is_no_choice() -> None:
    ages = [{"code": f"a{n}", "text": f"{n} years"} for n in range(18)]
    words = [{"code": f"a{n}", "text": f"Age {n}"} for n in range(18)]
    assert levels(of(a_choice(options=[*ages, {"code": "older", "text": "Older"}])), "no “other”") == []
    assert levels(of(a_choice(options=words)), "no “other”") == ["warning"]
    one = {"code": "agree", "type": "multiple", "text": "Terms", "options": [{"code": "yes", "text": "I agree"}]}
    assert levels(of(one), "only one option") == []
