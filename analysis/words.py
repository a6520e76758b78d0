"""Words of a comment: cut by Unicode, folded in case, without those that carry no content.

Accents stay: in Vietnamese they tell words apart. Vietnamese writes syllables apart, so that its compounds are
counted by their syllables.
"""

from __future__ import annotations

import re
import unicodedata

# Letters with apostrophes inside; digits and underscores tell nothing about opinions.
CURLY_APOSTROPHE = "\u2019"
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
SHORTEST = 2


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
    stop_words = STOP_WORDS.get(language.replace("_", "-").split("-")[0].lower(), frozenset())
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).replace(CURLY_APOSTROPHE, "'")
    return [word for word in WORD.findall(folded) if len(word) >= SHORTEST and word not in stop_words]
