"""What is wrong with a questionnaire document, in words, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: `path` names the place (`pages[1].items[3].text`, counted from 1), `message` says what to do."""

    path: str
    message: str

    def __str__(self) -> str:
        """Return place and message as one line."""
        return f"{self.path}: {self.message}" if self.path else self.message


class QuestionnaireError(ValueError):
    """A document is not a questionnaire; `findings` says why, all of it at once."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep the findings; the message is all of them, a line each."""
        self.findings = tuple(findings)
        super().__init__("\n".join(str(each) for each in self.findings))
