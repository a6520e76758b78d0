"""The respondent's pages as HTML: one inline style allowed by its hash, nothing else loaded."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from flask import Flask, current_app, render_template
from flask import Response as Answer
from flask_babel import gettext as _

from survey_app.questionnaires.definition import ItemType, Questionnaire
from survey_app.questionnaires.rendering.pages import PageState, render_page_body
from survey_app.questionnaires.rendering.reading import Wording
from survey_app.responses.dressing import NONCE_HOLE, PLAIN, Dress, dress_of, dressed
from survey_app.responses.kiosk import refresh_of
from survey_app.responses.links import STAFF, Asker, Link
from survey_app.responses.submissions import signed

EXTENSION = "survey_app.responses"
SEND_PAGE = "_send"
SHEETS = ("respondent.css", "battery.css", "kiosk.css")
MOST_KEPT = 500
# Stands in kept pages where each person's own submission id goes; no text of ours or theirs contains NUL.
_HOLE = "\0submission\0"
_CACHE_RULES = {True: "private, no-cache", False: "no-store"}


@dataclass(frozen=True, slots=True)
class Style:
    """The inline stylesheets, and the policy that allows nothing else."""

    base: str
    battery: str
    kiosk: str
    policy: str


@dataclass(frozen=True, slots=True)
class View:
    """One page as one person sees it; `index` beyond the last page means that nothing is left but to send."""

    link: Link
    questionnaire: Questionnaire
    language: str
    index: int
    is_last: bool
    has_back: bool = False
    state: PageState = field(default_factory=PageState)
    # Nothing is saved yet: the introduction stands before the questions.
    is_fresh: bool = False
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A page without questions: heading, lines, whom to ask, and what somebody typed in vain."""

    heading: str
    lines: tuple[str, ...]
    asker: Asker | None = None
    typed: tuple[tuple[str, str], ...] = ()
    dress: Dress = PLAIN


def bind(app: Flask) -> None:
    """Read the styles once, and say in one policy that they alone are allowed."""
    folder = Path(str(app.template_folder)) / "layouts"
    styles = [_small((folder / name).read_text(encoding="utf-8")) for name in SHEETS]
    allowed = " ".join(f"'sha256-{_digest(style)}'" for style in styles)
    policy = (
        f"default-src 'none'; style-src {allowed}; img-src 'self' data:; form-action 'self'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    base, battery, kiosk = styles
    app.extensions[EXTENSION] = Style(base, battery, kiosk, policy)
    app.jinja_env.globals["respondent_style"] = app.extensions[EXTENSION]
    app.jinja_env.globals["nonce_hole"] = NONCE_HOLE


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def draw_page(view: View, submission: str, status: int = 200) -> Answer:
    """Return a page of the questionnaire as the server's answer; blank first pages are kept and only filled in."""
    number = signed(submission, view.link.scope)
    # A blank public form may be shown again when its visitor steps back, with what they typed into it.
    dress = dress_of(view.link)
    may_keep = view.is_fresh and view.link.invitation is None and not dress.module
    html = _kept(view).replace(_HOLE, number) if _is_blank(view) else _page(view, number)
    return answer(html, status, may_keep=may_keep, dress=dress)


def draw_message(status: int, language: str, message: Message) -> Answer:
    """Return a page that says one thing and asks nothing; drawn once for everybody to whom it says the same."""
    key = (language, message)
    html = _pages.get(key) if not message.typed else None
    if html is None:
        html = render_template("responses/message.html", language=language, message=message, dress=message.dress)
        if not message.typed:
            _keep(key, html)
    page = answer(html, status, dress=message.dress)
    refresh = refresh_of(message.dress, status)
    if refresh:
        page.headers["Refresh"] = refresh
    return page


def answer(html: str, status: int, *, may_keep: bool = False, dress: Dress = PLAIN) -> Answer:
    """Return HTML with the headers that respondents' pages carry."""
    style: Style = current_app.extensions[EXTENSION]
    policy, html = dressed(style.policy, html, dress)
    response = Answer(html, status)
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = _CACHE_RULES[may_keep]
    return response


def language_names(languages: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return each language with its own name for itself."""
    return [(tag, _own_name(tag)) for tag in languages]


@lru_cache(maxsize=200)
def _own_name(tag: str) -> str:
    try:
        name = Locale.parse(tag, sep="-").get_display_name(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return tag
    return name[:1].upper() + name[1:] if name else tag


def _is_blank(view: View) -> bool:
    # Staff's pages carry a token of their session.
    return view.is_fresh and view.state == PageState() and not view.notice and view.link.channel != STAFF


def _kept(view: View) -> str:
    """Return a blank page, drawn once for everybody who sees it alike."""
    row = view.link.row
    key = (
        row.version_digest,
        row.identification,
        view.link.channel,
        view.link.is_test,
        view.language,
        view.link.asker,
        view.index,
        view.is_last,
        dress_of(view.link),
    )
    html = _pages.get(key) if row.version_digest else None
    if html is None:
        html = _page(view, _HOLE)
        _keep(key, html)
    return html


_pages: dict[tuple[object, ...], str] = {}


def _keep(key: tuple[object, ...], html: str) -> None:
    if len(_pages) >= MOST_KEPT:
        _pages.clear()
    _pages[key] = html


def _page(view: View, submission: str) -> str:
    questionnaire, index = view.questionnaire, view.index
    is_question = index < len(questionnaire.pages)
    page = questionnaire.pages[index] if is_question else None
    return render_template(
        "responses/page.html",
        view=view,
        submission=submission,
        has_battery=page is not None and any(item.type is ItemType.LIKERT for item in page.items),
        body=render_page_body(questionnaire, page, view.state, view.language) if page else None,
        page_code=page.code if page else SEND_PAGE,
        number=index + 1 if is_question else 0,
        n_pages=len(questionnaire.pages),
        words=Wording(view.language, questionnaire.languages),
        language=view.language,
        languages=language_names(questionnaire.languages),
        privacy=privacy_lines(view.link),
        dress=dress_of(view.link),
    )


def privacy_lines(link: Link) -> list[str]:
    """Return who asks and why, who sees the answers, and how long they are kept."""
    asker = link.asker
    lines = [_("%(organisation)s asks you this to become better.", organisation=asker.name)] if asker else []
    lines.append(_promises(link))
    if asker:
        lines.append(_("Answers are kept for %(months)s months.", months=asker.retention_months))
    return lines


def _promises(link: Link) -> str:
    if link.row.identification == "anonymous":
        return _("Your answers are anonymous: nobody can see whose they are.")
    if link.invitation is None:
        return _("We don't ask for your name.")
    if link.row.identification == "confidential":
        return _("Your answers are confidential: our staff don't see whose they are.")
    return _("Our staff see that these answers are yours, so that they can help.")


def _small(style: str) -> str:
    """Return a stylesheet without the blanks that only its authors need."""
    style = re.sub(r"\s+", " ", style)
    style = re.sub(r"\s*([{};,>])\s*", r"\1", style)
    return re.sub(r":\s+", ":", style).replace(";}", "}").strip()


def typed_lines(
    questionnaire: Questionnaire, language: str, typed: Mapping[str, list[str]]
) -> tuple[tuple[str, str], ...]:
    """Return what somebody typed, each under its question, for a page that can no longer take it."""
    words = Wording(language, questionnaire.languages)
    lines = []
    for item in questionnaire.items:
        wordings = {row.code: words(row.text) for row in item.rows} or {item.code: words(item.text)}
        options = {option.code: words(option.text) for option in item.options}
        for code, wording in wordings.items():
            said = [options.get(each, each) for name in (code, f"{code}.other") for each in typed.get(name, []) if each]
            if said:
                lines.append((wording, ", ".join(said)))
    return tuple(lines)
