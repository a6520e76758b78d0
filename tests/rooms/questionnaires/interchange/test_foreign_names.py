"""Names, languages and texts of other tools: unique codes, our tags, plain words."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.questionnaires.interchange.codes import Codes, option_codes
from survey_app.questionnaires.interchange.markup import LONGEST_SOURCE, plain_text
from survey_app.questionnaires.interchange.tongues import language_tag, language_tags
from survey_app.questionnaires.item_parsing import CODE, OPTION_CODE
from survey_app.questionnaires.parsing import LANGUAGE


@given(st.lists(st.text(max_size=80), max_size=40))
def test_every_name_gets_a_code_of_its_own(names: list[str]) -> None:
    for codes, pattern in ((Codes(), CODE), (option_codes(), OPTION_CODE)):
        found = [codes.take(name) for name in names]
        assert len(set(found)) == len(found)
        assert all(pattern.fullmatch(each) for each in found)


def test_names_of_ours_are_never_given_away() -> None:
    assert not {"csrf_token", "end", "screen_out"} & {
        Codes().take(each) for each in ("csrf_token", "END", "screen out")
    }


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("plain & simple < 3", "plain & simple < 3"),
        ("<b>Bold</b> and <i>not</i>", "Bold and not"),
        ("One<br />two<br>three", "One\ntwo\nthree"),
        ("<p>One</p>\n<p>Two</p>", "One\n\nTwo"),
        ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
        ("a&nbsp;b &eacute; &lt;b&gt;", "a b é <b>"),
        ("<a href='https://x.org'>here</a>", "here (https://x.org)"),
        ("<a href='javascript:x()'>here</a>", "here"),
        ("<img src=x alt='Our logo'>", "Our logo"),
        ("before<script>alert('<b>')</script>after", "beforeafter"),
        ("before<!-- <b>not</b> -->after", "beforeafter"),
        ("<style>p {}</style><a title='1 > 0'>x</a>", "x"),
        ("cut <script>off", "cut"),
        (None, ""),
        (12, "12"),
    ],
)
def test_markup_becomes_what_a_person_reads(source: object, words: str) -> None:
    assert plain_text(source).text == words


@pytest.mark.parametrize(
    ("source", "counts"),
    [
        ("plain", (0, 0)),
        ("<script>x</script><p onclick='x()'>y</p>", (2, 0)),
        ("<img src=a onerror=x()><video></video>", (1, 2)),
        ("<a href=' javascript:x'>y</a>", (1, 0)),
    ],
)
def test_scripts_and_media_are_counted(source: str, counts: tuple[int, int]) -> None:
    found = plain_text(source)
    assert (found.n_scripts, found.n_media) == counts


@pytest.mark.parametrize("piece", ["<", '<a "', "<a 'x\"", "<!--", "<script", "<a href=", "</", "&amp;", " \n<"])
def test_no_text_makes_reading_slow(piece: str) -> None:
    began = perf_counter()
    plain_text(piece * (2 * LONGEST_SOURCE // len(piece)))
    # Measured a hundredth of it; a walk that squares takes minutes.
    assert perf_counter() - began < 5


@given(st.lists(st.text(max_size=20), max_size=50))
def test_every_language_gets_a_tag_of_its_own(names: list[str]) -> None:
    found = language_tags(names)
    assert len(set(found.values())) == len(found) <= 30
    assert all(LANGUAGE.fullmatch(each) for each in found.values())
    assert not names or names[0] in found


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("EN", "en"),
        ("de-informal", "de"),
        ("zh-Hant-HK", "zh-Hant-HK"),
        ("PT-BR", "pt-BR"),
        ("es_419", "es-419"),
        ("?", None),
    ],
)
def test_tags_of_other_tools_become_ours(name: str, tag: str | None) -> None:
    assert language_tag(name) == tag
