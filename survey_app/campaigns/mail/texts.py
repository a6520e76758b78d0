"""The parts of a campaign's mails that people write, and what they say before anybody has written them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Texts = dict[str, dict[str, str]]

# Every part and its greatest length.
PARTS: dict[str, int] = {
    "subject": 200,
    "greeting": 200,
    "body": 4000,
    "button": 60,
    "closing": 400,
    "reminder_subject": 200,
    "reminder_body": 4000,
    "thanks_subject": 200,
    "thanks_body": 4000,
}

# A short message is one text, with the link where {link} stands; the way to unsubscribe is added to each.
SHORT_PARTS: dict[str, int] = {"short": 300, "short_reminder": 300, "short_thanks": 300}
LINK = "{link}"
# What may still change once the short messages are on their way.
SHORT_REMINDER_PARTS = ("short_reminder", "short_thanks")
# Which part a short message of each kind says.
SHORT_OF_KIND = {"reminder": "short_reminder", "thanks": "short_thanks"}
SHORT_DEFAULTS: Texts = {
    "en": {
        "short": "{organisation}: Hello {first_name|there}, how are we doing? Please tell us in two minutes: {link}",
        "short_reminder": "{organisation}: Hello {first_name|there}, your opinion still counts. Two minutes: {link}",
        "short_thanks": "{organisation}: Thank you, {first_name|dear customer}. We read every answer.",
    },
    "vi": {
        "short": "{organisation}: Kính chào {first_name|quý khách}, dịch vụ của chúng tôi thế nào? Xin cho biết ý kiến "
        "trong hai phút: {link}",
        "short_reminder": "{organisation}: Kính chào {first_name|quý khách}, chúng tôi vẫn mong nhận được ý kiến. Hai "
        "phút thôi: {link}",
        "short_thanks": "{organisation}: Cảm ơn {first_name|quý khách}. Chúng tôi đọc từng ý kiến.",
    },
    "es": {
        "short": "{organisation}: Hola, {first_name|estimado cliente}. ¿Qué tal lo hacemos? Díganoslo en dos minutos: "
        "{link}",
        "short_reminder": "{organisation}: Hola, {first_name|estimado cliente}. Su opinión sigue contando. Dos "
        "minutos: {link}",
        "short_thanks": "{organisation}: Gracias, {first_name|estimado cliente}. Leemos todas las respuestas.",
    },
}
# What stands before the link that ends short messages.
SHORT_STOP = {"en": "No more messages:", "vi": "Ngừng nhận tin:", "es": "No recibir más:"}

# What may still change once the invitations are on their way.
REMINDER_PARTS = ("reminder_subject", "reminder_body", "thanks_subject", "thanks_body")
# What two wordings of an experiment may say differently.
VARIANT_PARTS = ("subject", "greeting", "body", "button")

DEFAULTS: Texts = {
    "en": {
        "subject": "How are we doing, {first_name}?",
        "greeting": "Dear {name},",
        "body": "Your opinion helps us to become better. Would you answer a few questions about your experience "
        "with {organisation}? It takes a few minutes.",
        "button": "Answer now",
        "closing": "Thank you\n{organisation}",
        "reminder_subject": "Your opinion still counts, {first_name}",
        "reminder_body": "A few days ago we asked you about your experience with {organisation}. If you have a few "
        "minutes, we would still love to hear from you. What you have already answered is kept.",
        "thanks_subject": "Thank you, {first_name}",
        "thanks_body": "Thank you for taking the time to answer. {organisation} reads every answer and works on what "
        "you told us.",
    },
    "vi": {
        "subject": "{first_name} thấy dịch vụ của chúng tôi thế nào?",
        "greeting": "Kính gửi {name},",
        "body": "Ý kiến của quý khách giúp chúng tôi phục vụ tốt hơn. Xin quý khách trả lời vài câu hỏi về trải nghiệm "
        "với {organisation}. Chỉ mất vài phút.",
        "button": "Trả lời ngay",
        "closing": "Trân trọng cảm ơn\n{organisation}",
        "reminder_subject": "{first_name} ơi, chúng tôi vẫn mong nhận được ý kiến",
        "reminder_body": "Vài ngày trước chúng tôi đã hỏi về trải nghiệm của quý khách với {organisation}. Nếu quý "
        "khách có vài phút, chúng tôi vẫn rất mong được lắng nghe. Những câu đã trả lời vẫn được lưu.",
        "thanks_subject": "Cảm ơn {first_name}",
        "thanks_body": "Cảm ơn quý khách đã dành thời gian trả lời. {organisation} đọc từng ý kiến và sẽ cải thiện "
        "theo những điều quý khách chia sẻ.",
    },
    "es": {
        "subject": "¿Qué tal lo hacemos, {first_name}?",
        "greeting": "Hola, {name}:",
        "body": "Su opinión nos ayuda a mejorar. ¿Podría responder a unas preguntas sobre su experiencia con "
        "{organisation}? Le llevará unos minutos.",
        "button": "Responder ahora",
        "closing": "Muchas gracias\n{organisation}",
        "reminder_subject": "Su opinión sigue contando, {first_name}",
        "reminder_body": "Recientemente le preguntamos por su experiencia con {organisation}. Si tiene unos minutos, "
        "nos encantaría conocer su opinión. Lo que ya haya respondido se conserva.",
        "thanks_subject": "Gracias, {first_name}",
        "thanks_body": "Gracias por dedicar su tiempo a responder. {organisation} lee todas las respuestas y trabaja "
        "en lo que nos ha contado.",
    },
}


def default_texts(languages: Iterable[str]) -> Texts:
    """Return the texts a new campaign begins with, in each of its questionnaire's languages."""
    return {each: dict(DEFAULTS.get(each.split("-")[0], DEFAULTS["en"])) for each in languages}


def short_text_in(texts: Mapping[str, Mapping[str, str]], language: str, part: str = "short") -> str:
    """Return a part of the short messages in a language: as somebody wrote it, else the default one."""
    default = SHORT_DEFAULTS.get(language.split("-", maxsplit=1)[0], SHORT_DEFAULTS["en"])
    return texts.get(language, {}).get(part) or default[part]


def short_stop(language: str) -> str:
    """Return the words before the link that ends short messages."""
    return SHORT_STOP.get(language.split("-", maxsplit=1)[0], SHORT_STOP["en"])


def words_of(texts: Mapping[str, Mapping[str, str]], language: str, channel: str) -> dict[str, str]:
    """Return every text that a campaign by this way says in a language, as it is sent."""
    if channel == "sms":
        return {part: short_text_in(texts, language, part) for part in SHORT_PARTS}
    return parts_in(texts, language)


def second(language: str) -> str:
    """Return the name under which the second wording of an experiment is kept in a language."""
    return f"b:{language}"


def parts_in(texts: Mapping[str, Mapping[str, str]], language: str, variant: str | None = None) -> dict[str, str]:
    """Return every part of the mail in a language; a part nobody has written is the default one.

    Of an experiment's second wording (`b`) what it says differently is kept under `b:<language>`.
    """
    default = DEFAULTS.get(language.split("-", maxsplit=1)[0], DEFAULTS["en"])
    written = texts.get(language, {})
    other = texts.get(second(language), {}) if variant == "b" else {}
    return {part: other.get(part) or written.get(part) or default[part] for part in PARTS}
