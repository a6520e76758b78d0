"""Words that LimeSurvey shows by itself and that its files therefore do not hold."""

from __future__ import annotations

from survey_app.questionnaires.definition import Texts

_WORDS: dict[str, Texts] = {
    "Y": {"en": "Yes", "vi": "Có", "es": "Sí", "fr": "Oui", "de": "Ja", "pt": "Sim", "it": "Sì", "nl": "Ja"},
    "N": {"en": "No", "vi": "Không", "es": "No", "fr": "Non", "de": "Nein", "pt": "Não", "it": "No", "nl": "Nee"},
    "U": {
        "en": "Uncertain",
        "vi": "Không chắc",
        "es": "No estoy seguro",
        "fr": "Incertain",
        "de": "Unsicher",
        "pt": "Incerto",
        "it": "Incerto",
        "nl": "Onzeker",
    },
    "F": {
        "en": "Female",
        "vi": "Nữ",
        "es": "Mujer",
        "fr": "Femme",
        "de": "Weiblich",
        "pt": "Mulher",
        "it": "Donna",
        "nl": "Vrouw",
    },
    "M": {
        "en": "Male",
        "vi": "Nam",
        "es": "Hombre",
        "fr": "Homme",
        "de": "Männlich",
        "pt": "Homem",
        "it": "Uomo",
        "nl": "Man",
    },
    "I": {
        "en": "Increase",
        "vi": "Tăng",
        "es": "Aumento",
        "fr": "Augmentation",
        "de": "Zunahme",
        "pt": "Aumento",
        "it": "Aumento",
        "nl": "Toename",
    },
    "S": {
        "en": "Same",
        "vi": "Như cũ",
        "es": "Igual",
        "fr": "Sans changement",
        "de": "Gleich",
        "pt": "Igual",
        "it": "Uguale",
        "nl": "Gelijk",
    },
    "D": {
        "en": "Decrease",
        "vi": "Giảm",
        "es": "Disminución",
        "fr": "Diminution",
        "de": "Abnahme",
        "pt": "Diminuição",
        "it": "Diminuzione",
        "nl": "Afname",
    },
    "-oth-": {
        "en": "Other",
        "vi": "Khác",
        "es": "Otro",
        "fr": "Autre",
        "de": "Sonstiges",
        "pt": "Outro",
        "it": "Altro",
        "nl": "Anders",
    },
    "comment": {
        "en": "Your comment",
        "vi": "Ý kiến của quý khách",
        "es": "Su comentario",
        "fr": "Votre commentaire",
        "de": "Ihr Kommentar",
        "pt": "Seu comentário",
        "it": "Il suo commento",
        "nl": "Uw opmerking",
    },
}


def usual_word(name: str, tags: list[str]) -> Texts:
    """Return a word in the languages that have it; the main language gets English where nothing else is known."""
    words = _WORDS[name]
    found = {tag: words.get(tag, words.get(tag.split("-")[0], "")) for tag in tags}
    found[tags[0]] = found[tags[0]] or words["en"]
    return {tag: text for tag, text in found.items() if text}
