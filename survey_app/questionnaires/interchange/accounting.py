"""Keeps count of what becomes of everything that a foreign file holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import thread_time

from flask_babel import gettext as _

from survey_app.questionnaires.definition import Texts
from survey_app.questionnaires.document import tidy
from survey_app.questionnaires.findings import Finding, QuestionnaireError
from survey_app.questionnaires.interchange.markup import plain_text
from survey_app.questionnaires.interchange.reports import Entry, Fate, Report, report_of

LONGEST_NAME = 200
LONGEST_MESSAGE = 1000
# A file of a hundred thousand damaged things is told in so many lines; the counts stay whole.
MOST_ENTRIES = 5000
# Seconds of a processor: real surveys take one or two, and other people wait for the same processors.
LONGEST_READING = 10.0


@dataclass(slots=True)
class Ledger:
    """Every thing of the file is entered once: kept, changed or lost."""

    entries: dict[tuple[Fate, str, str, str], int] = field(default_factory=dict)
    began: float = field(default_factory=thread_time)

    def kept(self, kind: str, name: object, message: str = "", count: int = 1) -> None:
        """Enter something that says the same as before."""
        self._enter(Entry(Fate.KEPT, kind, str(name), message, count))

    def changed(self, kind: str, name: object, message: str = "", count: int = 1) -> None:
        """Enter something that stands in another form."""
        self._enter(Entry(Fate.CHANGED, kind, str(name), message, count))

    def lost(self, kind: str, name: object, message: str = "", count: int = 1) -> None:
        """Enter something that stands nowhere in the questionnaire."""
        self._enter(Entry(Fate.LOST, kind, str(name), message, count))

    def report(self, format_name: str) -> Report:
        """Return everything entered, equal entries as one, in the order in which they came."""
        return report_of(format_name, (Entry(*key, count=count) for key, count in self.entries.items()))

    def refuse_endless(self) -> None:
        """Raise QuestionnaireError where a file has been read for so long that it is a trap, or many surveys in one."""
        if thread_time() - self.began > LONGEST_READING:
            message = _("This file holds so much that reading it takes too long. Split it, then import the parts.")
            raise QuestionnaireError([Finding("", message)])

    def _enter(self, entry: Entry) -> None:
        self.refuse_endless()
        if entry.count < 1:
            return
        name, message = brief(entry.name, LONGEST_NAME), brief(entry.message, LONGEST_MESSAGE)
        key = (entry.fate, entry.kind, name, message)
        if key not in self.entries and len(self.entries) >= MOST_ENTRIES:
            key = (entry.fate, entry.kind, "…", _("More of the same kind; the list ends here."))
        self.entries[key] = self.entries.get(key, 0) + entry.count


def brief(text: object, longest: int = LONGEST_NAME) -> str:
    """Return a foreign text as one line that a report can hold."""
    line = " ".join(tidy(str(text)[: longest * 2]).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def fitting(texts: Texts, longest: int, ledger: Ledger, name: object) -> Texts:
    """Return tidy texts that are no longer than the document allows; what had to be cut is entered."""
    clean = {tag: tidy(text) for tag, text in texts.items()}
    for tag, text in clean.items():
        if len(text) > longest:
            ledger.changed(
                "text", name, _("The text (%(tag)s) was longer than %(n)s characters and is cut.", tag=tag, n=longest)
            )
            clean[tag] = f"{text[: longest - 1].rstrip()}…"
    return {tag: text for tag, text in clean.items() if text}


def plain(source: object, ledger: Ledger, name: object) -> str:
    """Return a foreign text without markup; scripts, media and formatting that it loses are entered."""
    found = plain_text(source)
    if found.n_scripts:
        ledger.lost("script", name, _("Scripts in texts are not taken over: pages run none."), found.n_scripts)
    if found.n_media:
        ledger.lost("media", name, _("Pictures, videos and frames in texts are not taken over."), found.n_media)
    if found.n_tags:
        ledger.changed("markup", name, _("The text is kept plain, its formatting is lost."))
    if found.is_cut:
        ledger.changed("text", name, _("The text was far too long and is cut."))
    return tidy(found.text)
