"""Words are cut soundly in every script, and neighbours that belong together are one term."""

from __future__ import annotations

import pytest

from analysis.verbatims import Verbatim, term_table, terms_of, words_of
from analysis.verbatims.phrases import log_likelihood_ratio


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("सेवा बहुत अच्छी है", "hi", ["सेवा", "बहुत", "अच्छी", "है"]),
        ("الخدمة ممتازة جدًا", "ar", ["الخدمة", "ممتازة", "جدًا"]),
        ("Обслуживание — отличное!", "ru", ["обслуживание", "отличное"]),
        ("服务很好", "zh", ["服务", "务很", "很好"]),
        ("iPhoneの画面", "ja", ["iphone", "の画", "画面"]),
        ("ส่งช้า", "th", ["ส่ง", "งช้", "ช้า"]),
        ("Dịch vụ: TỐT 👍👍", "vi", ["dịch", "vụ", "tốt"]),
        ("rock'n'roll 'quoted'", "en", ["rock'n'roll", "quoted"]),
    ],
)
def test_words_are_cut_in_every_script(text: str, language: str, words: list[str]) -> None:
    assert words_of(text, language) == words


def test_a_vietnamese_compound_is_one_term() -> None:
    spoken = [Verbatim(f"nhân viên {each}", "vi") for each in ("nhanh", "chậm", "vui", "giỏi")] * 3
    others = [Verbatim(f"món ăn {each}", "vi") for each in ("ngon", "nguội", "mặn", "ngọt")] * 3
    assert terms_of([*spoken, *others])[0] == ["nhân viên", "nhanh"]


def test_neighbours_by_chance_are_no_phrase() -> None:
    words = ("red", "blue", "green", "white")
    comments = [Verbatim(f"{one} {other}") for one in words for other in words for _ in range(6)]
    assert all(" " not in term for terms in terms_of(comments) for term in terms)


def test_phrases_never_reach_across_a_stop_word() -> None:
    comments = [Verbatim(f"the service was slow {each}") for each in ("once", "twice", "again", "today")] * 5
    assert "service slow" not in term_table(comments, most=1.0).terms


def test_terms_of_nearly_all_or_of_very_few_comments_tell_nothing_apart() -> None:
    comments = [Verbatim(f"hotel {each}") for each in ("clean", "noisy") * 10] + [Verbatim("hotel haunted")] * 4
    assert term_table(comments).terms == ("clean", "noisy")


def test_a_term_counts_once_per_comment() -> None:
    comments = [Verbatim("slow slow slow")] * 6 + [Verbatim("fine")] * 6
    assert term_table(comments).present.max() == 1.0


def test_no_comments_have_no_terms() -> None:
    assert term_table([]).terms == ()
    assert terms_of([]) == []


def test_the_log_likelihood_ratio_is_twice_the_sum_of_observed_times_log_observed_over_expected() -> None:
    """Independent words have a ratio of nothing; a table by hand: 10, 0, 0, 10 gives 40 ln 2."""
    assert log_likelihood_ratio(5, (10, 10), 20) == pytest.approx(0)
    assert log_likelihood_ratio(10, (10, 10), 20) == pytest.approx(40 * 0.6931471805599453)
