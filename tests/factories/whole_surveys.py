"""A survey with every type of item for respondents, in four languages, with a jump, a quota and a way out."""

from __future__ import annotations

from typing import Any

from tests.factories.answering import a_page, of_pages

LANGUAGES = ("en", "vi", "es", "ar")


def said(*texts: str) -> dict[str, str]:
    """Return a text in the languages, in their order."""
    return dict(zip(LANGUAGES, texts, strict=False))


def ask(kind: str, code: str, *texts: str, **more: Any) -> dict[str, Any]:
    """Return an item of this type with its text."""
    return {"code": code, "type": kind, "text": said(*texts)} | more


def option(code: str, *texts: str, **flags: bool) -> dict[str, Any]:
    """Return an option with its text."""
    return {"code": code, "text": said(*texts)} | flags


PARTS = [
    option("price", "Price", "Giá cả", "Precio", "السعر"),
    option("speed", "Speed of delivery", "Tốc độ giao hàng", "Rapidez de la entrega", "سرعة التوصيل"),
    option(
        "care",
        "Help when something went wrong",
        "Hỗ trợ khi có sự cố",
        "Ayuda en los problemas",
        "المساعدة عند حدوث مشكلة",
    ),
]
PLACES = [
    option("shop", "In a shop", "Tại cửa hàng", "En una tienda", "في المتجر"),
    option("web", "On the website", "Trên trang web", "En la web", "على الموقع"),
    option("never", "I have not bought yet", "Tôi chưa mua", "Todavía no he comprado", "لم أشترِ بعد"),
    option("other", "Somewhere else", "Nơi khác", "En otro lugar", "في مكان آخر", other=True),
]
USES = [
    option("home", "At home", "Ở nhà", "En casa", "في المنزل"),
    option("work", "At work", "Ở nơi làm việc", "En el trabajo", "في العمل"),
    option("nowhere", "Nowhere", "Không ở đâu", "En ningún lugar", "لا مكان", exclusive=True),
]
NPS = ask(
    "nps",
    "nps",
    "How likely are you to recommend us to a friend or colleague?",
    "Quý khách sẵn lòng giới thiệu chúng tôi cho bạn bè hoặc đồng nghiệp đến mức nào?",
    "¿Qué probabilidad hay de que nos recomiende a un amigo o colega?",
    "ما مدى احتمال أن توصي بنا صديقًا أو زميلًا؟",
    role="outcome",
    primary=True,
    required=True,
)
WHY = ask(
    "text", "why", "What went wrong?", "Điều gì chưa tốt?", "¿Qué salió mal?", "ما الذي لم يكن جيدًا؟", role="verbatim"
)
RATINGS = ask(
    "likert",
    "ratings",
    "How do you rate these?",
    "Quý khách đánh giá những điều này thế nào?",
    "¿Cómo valora estos aspectos?",
    "كيف تقيّم هذه الأمور؟",
    role="driver",
    rows=PARTS,
    not_applicable=True,
)
PLACE = ask(
    "single", "place", "Where did you buy?", "Quý khách mua ở đâu?", "¿Dónde compró?", "أين اشتريت؟", options=PLACES
)
USE = ask(
    "multiple", "use", "Where do you use it?", "Quý khách dùng ở đâu?", "¿Dónde lo usa?", "أين تستخدمه؟", options=USES
)
ORDER = ask(
    "ranking",
    "order",
    "What matters most to you?",
    "Điều gì quan trọng nhất?",
    "¿Qué le importa más?",
    "ما الأهم لك؟",
    options=PARTS,
)
SHARES = ask(
    "sum",
    "shares",
    "Share 100 points among these.",
    "Hãy chia 100 điểm cho những điều này.",
    "Reparta 100 puntos entre estos aspectos.",
    "وزّع 100 نقطة على هذه الأمور.",
    options=PARTS,
    unit=said("points", "điểm", "puntos", "نقطة"),
    required=True,
)
VISITS = ask(
    "number",
    "visits",
    "How many visits this year?",
    "Năm nay quý khách đã ghé mấy lần?",
    "¿Cuántas visitas este año?",
    "كم مرة زرتنا هذا العام؟",
)
LAST = ask(
    "date",
    "last",
    "When was the last visit?",
    "Lần gần nhất là khi nào?",
    "¿Cuándo fue la última?",
    "متى كانت آخر زيارة؟",
)
SHORT = ask("text", "branch", "Which branch?", "Chi nhánh nào?", "¿Qué sucursal?", "أي فرع؟", short=True)
REACH = ask(
    "contact",
    "reach",
    "How may we reach you?",
    "Chúng tôi có thể liên hệ quý khách bằng cách nào?",
    "¿Cómo podemos contactarle?",
    "كيف يمكننا التواصل معك؟",
    contact_fields=["name", "email", "phone", "language"],
    consent=said(
        "You may keep these.",
        "Quý vị được lưu những thông tin này.",
        "Pueden guardar estos datos.",
        "يمكنكم حفظ هذه البيانات.",
    ),
)
HAPPY = {"field": "answer.nps", "op": "at_least", "value": 9}
NO_BUYER = {"field": "answer.place", "op": "is", "value": "never"}
ON_THE_WEB = {"field": "answer.place", "op": "is", "value": "web"}
SATISFIED = ("How satisfied are you?", "Quý khách hài lòng đến mức nào?", "¿Qué tan satisfecho está?", "ما مدى رضاك؟")
LOOKS = [
    ask("csat", "satisfied", *SATISFIED, role="outcome"),
    ask("csat", "stars", *SATISFIED, scale={"look": "stars"}),
    ask("csat", "faces", *SATISFIED, scale={"look": "faces"}, not_applicable=True),
    ask(
        "ces",
        "effort",
        "It was easy to buy.",
        "Mua hàng rất dễ.",
        "Fue fácil comprar.",
        "كان الشراء سهلًا.",
        role="driver",
    ),
]
NEARLY = ask("statement", "nearly", "Nearly done.", "Sắp xong rồi.", "Ya casi terminamos.", "أوشكنا على الانتهاء.")
WORDS = {
    "title": said("Your last purchase", "Lần mua hàng gần đây", "Su última compra", "عملية الشراء الأخيرة"),
    "introduction": said("About two minutes.", "Khoảng hai phút.", "Unos dos minutos.", "نحو دقيقتين."),
    "languages": list(LANGUAGES),
}


def a_whole_survey(**overrides: Any) -> dict[str, Any]:
    """Return the document: five pages, of which happy customers skip the second."""
    pages = (
        a_page(NPS, code="score", jumps=[{"when": HAPPY, "to": "ratings"}]),
        a_page(WHY, code="why"),
        a_page(RATINGS, PLACE, code="ratings", jumps=[{"when": NO_BUYER, "to": "screen_out"}]),
        a_page(ORDER, SHARES, USE, code="choices"),
        a_page(*LOOKS, code="looks"),
        a_page(NEARLY, VISITS, LAST, SHORT, REACH, code="facts"),
    )
    quotas = [{"code": "web", "when": ON_THE_WEB, "limit": 1}]
    return of_pages(*pages, quotas=quotas, **(WORDS | overrides))
