"""Checks of conditions, jumps and quotas, by truth table; and no claim about a condition is ever wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.conditions.rules import Tree, evaluate
from survey_app.questionnaires.checking import Repair
from survey_app.questionnaires.checks import check_questionnaire
from survey_app.questionnaires.checks.truth import Asked, Verdict, verdict
from survey_app.questionnaires.definition import Item, Questionnaire
from survey_app.questionnaires.parsing import parse
from survey_app.questionnaires.rendering.course import follow
from tests.factories.questionnaires import a_choice, a_comment, a_definition, an_item

NPS = {"nps": an_item()}


def when(field: str, op: str, value: Any = None) -> dict[str, Any]:
    tree = {"field": field if "." in field else f"answer.{field}", "op": op}
    return tree if value is None else tree | {"value": value}


def pages(*each: dict[str, Any], **overrides: Any) -> Questionnaire:
    """Return a questionnaire of these pages, coded p1, p2 and so on."""
    coded = [{"code": f"p{n}"} | page for n, page in enumerate(each, start=1)]
    return parse(a_definition(pages=coded, **overrides))


def page(*items: dict[str, Any], **settings_: Any) -> dict[str, Any]:
    return {"items": list(items)} | settings_


def messages(questionnaire: Questionnaire, words: str) -> list[str]:
    return [each.level.value for each in check_questionnaire(questionnaire) if words in each.message]


def item(**overrides: Any) -> Item:
    return parse(a_definition(pages=[{"code": "p", "items": [overrides]}])).items[0]


SURE = {"required": True}
MANY = {"code": "m", "type": "multiple", "options": [{"code": code, "text": code} for code in "abc"]}
NUMBER = {"code": "n", "type": "number", "lowest": 1, "highest": 10}


@pytest.mark.parametrize(
    ("tree", "asked", "is_certain", "expected"),
    [
        (when("nps", "at_most", 6), an_item(), False, "sometimes"),
        (when("nps", "at_most", 10), an_item(), False, "sometimes"),
        (when("nps", "at_most", 10), an_item(), True, "always"),
        (when("nps", "more_than", 10), an_item(), False, "never"),
        (when("nps", "is", 11), an_item(), False, "never"),
        ({"all": [when("nps", "at_least", 9), when("nps", "at_most", 6)]}, an_item(), False, "never"),
        ({"any": [when("nps", "at_least", 5), when("nps", "at_most", 6)]}, an_item(), False, "sometimes"),
        ({"any": [when("nps", "at_least", 5), when("nps", "at_most", 6)]}, an_item(), True, "always"),
        ({"not": when("nps", "is_known")}, an_item(), True, "never"),
        ({"any": [when("nps", "is_known"), when("nps", "is_unknown")]}, an_item(), False, "always"),
        ({"all": []}, an_item(), False, "always"),
        ({"any": []}, an_item(), False, "never"),
        ({"all": [when("usage", "is", "daily"), when("usage", "is", "rarely")]}, a_choice(), False, "never"),
        (when("usage", "one_of", ["daily", "rarely"]), a_choice(), True, "always"),
        (when("usage", "is_not", "daily"), a_choice(), True, "sometimes"),
        ({"all": [when("m", "contains", "a"), when("m", "contains", "b")]}, MANY, False, "sometimes"),
        ({"all": [when("m", "contains", "a"), when("m", "contains", "b")]}, MANY | {"most": 1}, False, "never"),
        (when("m", "one_of", ["a", "b", "c"]), MANY, True, "always"),
        (when("m", "one_of", ["a", "b"]), MANY | {"fewest": 2}, True, "always"),
        (when("m", "one_of", ["a", "b"]), MANY, True, "sometimes"),
        (
            {"all": [when("m", "contains", "a"), when("m", "contains", "b")]},
            MANY | {"options": [{"code": "a", "text": "A", "exclusive": True}, {"code": "b", "text": "B"}]},
            False,
            "never",
        ),
        (when("n", "more_than", 10), NUMBER, False, "never"),
        (when("n", "at_least", 1), NUMBER, True, "always"),
        ({"all": [when("n", "more_than", 3), when("n", "less_than", 4)]}, NUMBER, False, "never"),
        ({"all": [when("n", "more_than", 3), when("n", "less_than", 4)]}, NUMBER | {"decimals": 1}, False, "sometimes"),
        (when("n", "less_than", -5), {"code": "n", "type": "number"}, False, "sometimes"),
        (when("d", "less_than", "2020-01-01"), {"code": "d", "type": "date", "lowest": "2020-01-01"}, False, "never"),
        (when("d", "at_least", "2020-01-02"), {"code": "d", "type": "date", "lowest": "2020-01-01"}, True, "sometimes"),
        (
            {"all": [when("comment", "contains", "late"), when("comment", "is", "fine")]},
            a_comment(),
            False,
            "never",
        ),
        (
            {"all": [when("comment", "contains", "late"), when("comment", "contains", "lost")]},
            a_comment(),
            False,
            "sometimes",
        ),
        (
            {"all": [when("customer.language", "is", "en"), when("customer.language", "is", "es")]},
            NPS["nps"],
            False,
            "never",
        ),
        (
            {"all": [when("attribute.age", "at_least", 5), when("attribute.age", "less_than", 5)]},
            NPS["nps"],
            False,
            "never",
        ),
        (when("attribute.age", "at_least", 5), NPS["nps"], False, "sometimes"),
    ],
)
def test_a_condition_can_hold_never_always_or_sometimes(
    tree: Tree, asked: dict[str, Any], is_certain: bool, expected: str
) -> None:
    whole = item(**asked)
    known = {code: Asked(whole, is_certain) for code in whole.measure_codes}
    assert verdict(tree, known) is Verdict(expected)


def test_nothing_is_claimed_where_the_cases_are_too_many() -> None:
    options = [{"code": f"o{n}", "text": str(n)} for n in range(10)]
    known = {"m": Asked(item(code="m", type="multiple", options=options))}
    tree = {"all": [when("m", "contains", f"o{n}") for n in range(10)]}
    assert verdict(tree, known) is Verdict.UNSURE


ITEMS = {
    "nps": (item(**an_item()), st.integers(0, 10)),
    "usage": (item(**a_choice()), st.sampled_from(["daily", "rarely"])),
    "m": (item(**MANY), st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True)),
    "n": (item(**NUMBER), st.integers(1, 10)),
    "comment": (item(**a_comment()), st.text("abcl ", min_size=1, max_size=6)),
}
COMPARISONS = st.one_of(
    st.builds(
        when,
        st.sampled_from(["nps", "n"]),
        st.sampled_from(["is", "at_least", "at_most", "less_than"]),
        st.integers(-1, 11),
    ),
    st.builds(when, st.just("usage"), st.sampled_from(["is", "is_not"]), st.sampled_from(["daily", "rarely"])),
    st.builds(when, st.just("m"), st.just("contains"), st.sampled_from("abc")),
    st.builds(when, st.just("comment"), st.sampled_from(["is", "contains"]), st.sampled_from(["a", "ab", "l"])),
    st.builds(when, st.sampled_from([*ITEMS]), st.sampled_from(["is_known", "is_unknown"])),
)
TREES = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.builds(lambda each: {"all": each}, st.lists(inner, max_size=3)),
        st.builds(lambda each: {"any": each}, st.lists(inner, max_size=3)),
        st.builds(lambda each: {"not": each}, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(tree=TREES, data=st.data())
def test_no_claim_about_a_condition_is_ever_wrong(tree: Tree, data: st.DataObject) -> None:
    found = verdict(tree, {code: Asked(each) for code, (each, _answers) in ITEMS.items()})
    answers = {code: data.draw(st.none() | given_) for code, (_item, given_) in ITEMS.items()}
    holds = evaluate(tree, {f"answer.{code}": value for code, value in answers.items() if value is not None})
    assert found not in ({Verdict.NEVER} if holds else {Verdict.ALWAYS})


@pytest.mark.parametrize(
    ("questionnaire", "words", "levels"),
    [
        (
            pages(page(an_item()), page(a_comment(show_if=when("nps", "more_than", 10)))),
            "“comment” is asked of nobody",
            ["warning"],
        ),
        (
            pages(page(an_item(**SURE)), page(a_comment(show_if=when("nps", "is_known")))),
            "always holds, so it decides nothing",
            ["warning"],
        ),
        (pages(page(an_item()), page(a_comment(show_if=when("nps", "is_known")))), "always holds", []),
        (
            pages(page(an_item()), page(a_comment(), show_if=when("nps", "is", 11))),
            "Page “p2” is shown to nobody",
            ["warning"],
        ),
        (
            pages(
                page(an_item()),
                page(a_comment(show_if=when("nps", "at_most", 6)), show_if=when("nps", "at_least", 9)),
            ),
            "Other conditions on the way there exclude it",
            ["warning"],
        ),
        (
            pages(
                page(an_item()),
                page(a_choice(show_if=when("nps", "at_most", 6))),
                page(a_comment(show_if={"all": [when("usage", "is_known"), when("nps", "at_least", 9)]})),
            ),
            "Other conditions on the way there exclude it",
            ["warning"],
        ),
        (
            pages(
                page(an_item(), jumps=[{"when": when("nps", "at_least", 9), "to": "p3"}]),
                page(a_choice(**SURE)),
                page(a_comment(show_if=when("usage", "is_known"))),
            ),
            "always holds",
            [],
        ),
        (pages(page(an_item(), jumps=[{"to": "nowhere"}])), "does not exist", ["error"]),
        (pages(page(an_item()), page(a_comment(), jumps=[{"to": "p1"}])), "round in a circle", ["error"]),
        (pages(page(an_item(), jumps=[{"to": "p1"}])), "jumps to itself", ["error"]),
        (
            pages(page(an_item(), jumps=[{"to": "p3"}]), page(a_choice()), page(a_comment())),
            "“p2” can never be reached",
            ["warning"],
        ),
        (
            pages(page(an_item(), jumps=[{"to": "end"}]), page(a_choice()), page(a_comment())),
            "can never be reached",
            ["warning", "warning"],
        ),
        (
            pages(
                page(an_item(), jumps=[{"when": when("nps", "is", 3), "to": "p3"}]), page(a_choice()), page(a_comment())
            ),
            "can never be reached",
            [],
        ),
        (
            pages(
                page(an_item(**SURE), jumps=[{"when": when("nps", "at_least", 0), "to": "p3"}]),
                page(a_choice()),
                page(a_comment()),
            ),
            "“p2” can never be reached",
            ["warning"],
        ),
        (
            pages(page(an_item(), jumps=[{"to": "end"}, {"when": when("nps", "is", 1), "to": "screen_out"}])),
            "this one is never taken",
            ["warning"],
        ),
        (
            pages(page(an_item(), jumps=[{"when": when("nps", "is", 11), "to": "end"}])),
            "its jump to “end” is never taken",
            ["warning"],
        ),
        (pages(page(an_item(), jumps=[{"to": "p2"}]), page(a_comment())), "which follows anyway", ["hint"]),
        (pages(page(an_item(), jumps=[{"to": "end"}])), "which follows anyway", ["hint"]),
        (
            pages(page(an_item(), jumps=[{"when": when("nps", "is", 1), "to": "screen_out"}])),
            "which follows anyway",
            [],
        ),
        (
            pages(page(an_item(), jumps=[{"when": when("comment", "is_known"), "to": "end"}]), page(a_comment())),
            "not answered yet at that point",
            ["error"],
        ),
        (
            pages(page(an_item()), quotas=[{"code": "q", "when": when("nps", "is", 11), "limit": 5}]),
            "can never fill",
            ["warning"],
        ),
        (
            pages(page(an_item()), quotas=[{"code": "q", "when": when("gone", "is", 1), "limit": 5}]),
            "Quota “q”: The condition looks at “gone”",
            ["error"],
        ),
        (
            pages(page(an_item()), quotas=[{"code": "q", "when": when("nps", "is", 1), "limit": 0}]),
            "has the limit 0: whoever meets it",
            ["warning"],
        ),
        (
            pages(page(an_item()), quotas=[{"code": "q", "when": {"all": []}, "limit": 0}]),
            "nobody at all could answer",
            ["error"],
        ),
        (pages(page(an_item()), quotas=[{"code": "q", "when": when("nps", "is", 1), "limit": 9}]), "Quota", []),
    ],
)
def test_faults_of_the_way_through_are_found_and_weighed(
    questionnaire: Questionnaire, words: str, levels: list[str]
) -> None:
    assert messages(questionnaire, words) == levels


def test_findings_of_the_way_offer_to_drop_what_is_wrong() -> None:
    wrong = pages(
        page(an_item(), jumps=[{"when": when("nps", "is", 3), "to": "end"}, {"to": "p0"}]),
        page(a_comment(show_if=when("gone", "is", 1))),
        quotas=[{"code": "q", "when": when("gone", "is", 1), "limit": 1}],
    )
    fixes = [(each.fix.repair, each.fix.detail) for each in check_questionnaire(wrong) if each.fix]
    assert fixes == [(Repair.DROP_JUMP, "1"), (Repair.DROP_CONDITION, ""), (Repair.DROP_QUOTA, "q")]


SOME_JUMPS = st.lists(
    st.fixed_dictionaries(
        {"to": st.sampled_from(["p2", "p3", "p4", "end"])},
        optional={
            "when": st.builds(when, st.just("c1"), st.sampled_from(["at_least", "at_most"]), st.integers(-1, 11))
        },
    ),
    max_size=2,
)


@settings(max_examples=150, deadline=None)
@given(jumps=st.lists(SOME_JUMPS, min_size=4, max_size=4), score=st.none() | st.integers(0, 10))
def test_a_page_that_is_called_unreachable_is_never_shown(jumps: list[Any], score: int | None) -> None:
    every = [page(an_item(code=f"c{n}", primary=n == 1), jumps=each) for n, each in enumerate(jumps, start=1)]
    questionnaire = pages(*every)
    found = [each.message for each in check_questionnaire(questionnaire)]
    said = {index for index in range(4) if any(f"Page “p{index + 1}” can never be reached" in each for each in found)}
    answers = {} if score is None else {"c1": score}
    missing = {f"c{n}": "skipped" for n in range(1, 5) if f"c{n}" not in answers}
    assert not said & set(follow(questionnaire, answers, missing).shown)
