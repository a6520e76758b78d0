"""What both kinds of translation files share: the two languages, and the refusal in words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _


class TranslationFileError(ValueError):
    """A file cannot be read as translations; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Languages:
    """The main language of a questionnaire and the one that is translated into."""

    main: str
    target: str

    def refuse_others(self, main: str | None, target: str | None) -> None:
        """Raise TranslationFileError where a file says that it is about other languages."""
        if target and not _is_same(target, self.target):
            message = _(
                "This file translates into %(found)s, not into %(wanted)s. Choose that language first.",
                found=target[:20],
                wanted=self.target,
            )
            raise TranslationFileError(message)
        if main and not _is_same(main, self.main):
            message = _(
                "This file was made from %(found)s, but the main language is %(wanted)s.",
                found=main[:20],
                wanted=self.main,
            )
            raise TranslationFileError(message)


def _is_same(found: str, wanted: str) -> bool:
    """Return whether two tags mean one language; many tools know languages with a country only, vi-VN for vi."""
    parts = [tag.casefold().replace("_", "-").split("-") for tag in (found, wanted)]
    shorter, longer = sorted(parts, key=len)
    return longer[: len(shorter)] == shorter
