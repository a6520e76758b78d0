"""Words of a comment in any language: cut by the kinds of characters alone, without a dictionary or a model.

Letters with their accents and vowel signs make a word; accents stay, because in Vietnamese they tell words apart.
Scripts that don't part their words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are cut into overlapping pairs of
characters, which serves counting about as well as true words do (McNamee & Mayfield 2004).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from itertools import groupby, pairwise

CURLY_APOSTROPHE = "\u2019"
SHORTEST = 2
# First and last code points of scripts written without spaces between words.
UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


class _Sort(Enum):
    """What a character does in a word; digits, marks of punctuation, emoji and blanks part words."""

    LETTER = 1
    UNSPACED = 2
    MARK = 3
    APOSTROPHE = 4
    OTHER = 5


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


STOP_WORDS = {
    "en": _listed(
        """a about after again all also am an and any are as at be because been before being both but by can could did
        do does doing during each even ever few for from get got had has have having he her here him his how i if in
        into is it it's its i'm i've just like me more most much my no nor not of off on once only or other our out
        over own really s same she should so some still such t than that that's the their them then there these they
        this those through to too under until up us very was we were what when where which while who whom why will
        with would you your"""
    ),
    "vi": _listed(
        """à ạ anh ai bạn bị bởi các cái cả cho chị chỉ chúng chứ có còn của cũng cùng đã đang đây để đến đều đi đó
        được em gì hay hơn họ khi không là lại làm lên lúc mà mình mỗi một này nên nếu ngay nhé nhiều như nhưng những
        nó nữa ở phải qua quá ra rất rồi sao sau sẽ tại theo thì thôi tôi trên trong từ và vẫn vào vậy về vì việc với
        xin"""
    ),
    "es": _listed(
        """a al algo alguna alguno ante antes así aunque cada como con cual cuando de del desde donde dos el ella ellas
        ellos en entre era eran es esa ese eso esta está están este esto estos él fue fueron ha han hasta hay la las
        le les lo los más me mi mis muy nada ni no nos nosotros o os otra otro para pero poco por porque que qué quien
        se sea ser si sin sí sobre son soy su sus también tan tanto te tener tengo ti tiene tienen todo todos tu tus
        un una unas uno unos y ya yo"""
    ),
}


def words_of(text: str, language: str = "en") -> list[str]:
    """Return the words of content in order: NFC, case folded, at least two letters, none of the stop words.

    `language` is a BCP 47 tag; languages without a stop-word list keep all their words.
    """
    stop_words = stop_words_of(language)
    return [word for word in all_words(text) if word not in stop_words]


def stop_words_of(language: str) -> frozenset[str]:
    """Return the words without content of a language (a BCP 47 tag); none where we have no list."""
    return STOP_WORDS.get(language.replace("_", "-").split("-")[0].lower(), frozenset())


def all_words(text: str) -> list[str]:
    """Return every word of at least two letters in order, also those without content."""
    return [word for run in word_runs(text) for word in run]


def word_runs(text: str) -> list[list[str]]:
    """Return the words of each run of the text: punctuation, digits, emoji and line ends part runs, blanks do not."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).replace(CURLY_APOSTROPHE, "'")
    runs: list[list[str]] = [[]]
    for is_word, characters in groupby(folded, key=_belongs_to_word):
        piece = "".join(characters)
        if is_word:
            runs[-1] += [word for word in _cut(piece.strip("'")) if len(word) >= SHORTEST]
        elif piece.strip(" \t-"):
            runs.append([])
    return [run for run in runs if run]


@lru_cache(maxsize=4096)
def _sort(character: str) -> _Sort:
    """Return what a character does in a word."""
    if character == "'":
        return _Sort.APOSTROPHE
    category, point = unicodedata.category(character), ord(character)
    if category[0] == "M":
        return _Sort.MARK
    if category[0] != "L":
        return _Sort.OTHER
    return _Sort.UNSPACED if any(low <= point <= high for low, high in UNSPACED) else _Sort.LETTER


def _belongs_to_word(character: str) -> bool:
    return _sort(character) is not _Sort.OTHER


def _cut(piece: str) -> Iterator[str]:
    """Yield the words of a piece without gaps: spaced scripts whole, the others in pairs of characters."""
    for unspaced, run in groupby(_clusters(piece), key=lambda each: _sort(each[0]) is _Sort.UNSPACED):
        characters = list(run)
        if unspaced and len(characters) > 1:
            yield from ("".join(pair) for pair in pairwise(characters))
        else:
            yield "".join(characters).strip("'")


def _clusters(piece: str) -> list[str]:
    """Return letters with the marks that belong to them."""
    clusters: list[str] = []
    for character in piece:
        if clusters and _sort(character) is _Sort.MARK:
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters
