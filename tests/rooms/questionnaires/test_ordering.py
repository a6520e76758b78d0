"""Random orders and split ballots: even, repeatable, and nothing out of its place."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from survey_app.questionnaires.definition import RANDOM, Item, ItemType, Option, Page, Questionnaire, Row, Variant
from survey_app.questionnaires.rendering.ordering import (
    SAME_FOR_ALL,
    Shown,
    apply,
    arrange,
    differs_between_people,
    groups_by_chance,
)

SEEDS = [f"a{number}" for number in range(6000)]
OPTIONS = (
    Option("x", {"en": "X"}),
    Option("y", {"en": "Y"}),
    Option("first", {"en": "F"}, is_fixed=True),
    Option("z", {"en": "Z"}),
    Option("other", {"en": "O"}, is_other=True),
    Option("none", {"en": "N"}, is_exclusive=True),
)
CHOICE = Item("choice", ItemType.MULTIPLE, {"en": "Which?"}, options=OPTIONS, is_shuffled=True)
BALLOT = (Variant("a"), Variant("b", {"en": "Which ones?"}), Variant("c", is_reversed=True))


def test_every_order_is_equally_likely() -> None:
    counts = Counter(arrange(_of(CHOICE), seed).options["choice"] for seed in SEEDS)
    assert len(counts) == 6
    assert chisquare(list(counts.values())).pvalue > 0.001


def test_fixed_other_and_exclusive_options_keep_their_place() -> None:
    for seed in SEEDS[:200]:
        order = arrange(_of(CHOICE), seed).options["choice"]
        assert [order[place] for place in (2, 4, 5)] == ["first", "other", "none"]


def test_every_variant_gets_its_equal_share() -> None:
    ballot = replace(CHOICE, is_shuffled=False, variants=BALLOT)
    counts = Counter(arrange(_of(ballot), seed).variants["choice"] for seed in SEEDS)
    assert set(counts) == {"a", "b", "c"}
    assert chisquare(list(counts.values())).pvalue > 0.001


def test_two_shuffled_items_are_shuffled_apart() -> None:
    twin = replace(CHOICE, code="twin")
    shown = [arrange(_of(CHOICE, twin), seed) for seed in SEEDS]
    same = sum(each.options["choice"] == each.options["twin"] for each in shown)
    assert 850 < same < 1150


def test_a_variant_turns_options_round_and_gives_its_own_words() -> None:
    ballot = _of(replace(CHOICE, is_shuffled=False, variants=BALLOT))
    turned = _with_variant(ballot, "c")
    assert [option.code for option in turned.options] == ["z", "y", "first", "x", "other", "none"]
    assert turned.text == {"en": "Which?"}
    assert _with_variant(ballot, "b").text == {"en": "Which ones?"}


def test_a_variant_turns_the_rows_of_a_battery_round() -> None:
    rows = tuple(Row(code, {"en": code}) for code in "abc")
    battery = Item("likes", ItemType.LIKERT, {"en": "?"}, rows=rows, variants=(Variant("v", is_reversed=True),) * 2)
    shown = arrange(_of(battery), "a1")
    assert apply(_of(battery), shown).items[0].rows == rows[::-1]


def test_what_an_answer_calls_for_stays_behind_its_question_and_statements_stay_where_they_are() -> None:
    why = Item("why", ItemType.TEXT, {"en": "Why?"}, show_if={"field": "answer.choice", "op": "is_present"})
    plain = Item("plain", ItemType.TEXT, {"en": "Say"})
    hello = Item("hello", ItemType.STATEMENT, {"en": "Hello"})
    page = Page("p", (hello, CHOICE, why, plain), is_shuffled=True)
    whole = Questionnaire({"en": "T"}, ("en",), (page,))
    seen = Counter(arrange(whole, seed).items["p"] for seed in SEEDS[:1000])
    assert set(seen) == {("hello", "choice", "why", "plain"), ("hello", "plain", "choice", "why")}
    assert min(seen.values()) > 420


def test_the_same_seed_gives_the_same_order_in_another_process() -> None:
    code = (
        "from tests.rooms.questionnaires.test_ordering import CHOICE, _of\n"
        "from survey_app.questionnaires.rendering.ordering import arrange\n"
        "print(arrange(_of(CHOICE), 'a7').options['choice'])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == str(arrange(_of(CHOICE), "a7").options["choice"])


def test_a_questionnaire_without_chance_is_the_same_for_all() -> None:
    plain = _of(replace(CHOICE, is_shuffled=False))
    assert not differs_between_people(plain)
    assert arrange(plain, "a1") is SAME_FOR_ALL
    assert apply(plain, SAME_FOR_ALL) is plain
    assert SAME_FOR_ALL.to_data() == {}


@given(seed=st.text(max_size=40))
def test_what_is_stored_gives_back_what_was_shown(seed: str) -> None:
    whole = replace(_of(replace(CHOICE, variants=BALLOT), Item("t", ItemType.TEXT, {"en": "?"})))
    whole = replace(whole, pages=(replace(whole.pages[0], is_shuffled=True),))
    shown = arrange(whole, seed)
    assert Shown.from_data(shown.to_data()) == shown
    assert Shown.from_data(shown.to_data() | {"quotas": ["full"]}) == shown
    applied = apply(whole, shown)
    assert {item.code for item in applied.items} == {"choice", "t"}
    assert tuple(option.code for option in _item(applied, "choice").options) == shown.options["choice"]
    assert apply(whole.pages[0], shown) == applied.pages[0]


def test_an_order_that_knows_fewer_options_than_there_are_loses_none() -> None:
    applied = apply(_of(CHOICE), Shown(options={"choice": ("z", "gone", "x")}))
    assert [option.code for option in applied.items[0].options] == ["z", "x", "y", "first", "other", "none"]


def _of(*items: Item) -> Questionnaire:
    return Questionnaire({"en": "T"}, ("en",), (Page("p", items),))


def _item(whole: Questionnaire, code: str) -> Item:
    return next(item for item in whole.items if item.code == code)


def _with_variant(whole: Questionnaire, code: str) -> Item:
    found: Any = next(shown for seed in SEEDS if (shown := arrange(whole, seed)).variants["choice"] == code)
    return apply(whole, found).items[0]


def test_chance_gives_everybody_one_group_in_equal_shares_apart_from_orders_and_ballots() -> None:
    groups = tuple(Option(code, {"en": code}) for code in ("a", "b", "c"))
    group = Item("group", ItemType.HIDDEN, {"en": "Group"}, source=RANDOM, options=groups)
    questionnaire = _of(group, replace(group, code="twin"), replace(CHOICE, code="ballot", variants=BALLOT))
    drawn = [groups_by_chance(questionnaire, seed) for seed in SEEDS]
    assert drawn == [groups_by_chance(questionnaire, seed) for seed in SEEDS]
    assert chisquare(list(Counter(each["group"] for each in drawn).values())).pvalue > 0.001
    variants = [arrange(questionnaire, seed).variants["ballot"] for seed in SEEDS]
    for pairs in (
        Counter((each["group"], each["twin"]) for each in drawn),
        Counter((each["group"], variant) for each, variant in zip(drawn, variants, strict=True)),
    ):
        assert len(pairs) == 9
        assert chisquare(list(pairs.values())).pvalue > 0.001
