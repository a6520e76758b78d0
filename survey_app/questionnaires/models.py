"""Surveys and the versions of their questionnaires."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey_app.extensions import Base, UtcDateTime

IDENTIFICATIONS = ("identified", "confidential", "anonymous")
FROZEN = ("survey_id", "number", "definition", "digest", "sources", "note", "author_id", "created_at", "published_at")


class Survey(Base):
    """The programme: purpose, owner, its questionnaire versions and campaigns."""

    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    # Chosen before the first publication, never changed afterwards.
    identification: Mapped[str] = mapped_column(String(14), default="identified")
    # How respondents' pages and mails look, see `brand.Brand`; {} stands for the house's own.
    brand: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_archived: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    versions: Mapped[list[QuestionnaireVersion]] = relationship(
        back_populates="survey", order_by="QuestionnaireVersion.id"
    )

    __table_args__ = (CheckConstraint(f"identification IN {IDENTIFICATIONS}", name="identification_known"),)


class QuestionnaireVersion(Base):
    """One state of the instrument: a draft while it has no number, frozen once it has."""

    __tablename__ = "questionnaire_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"))
    number: Mapped[int | None]
    # The questionnaire document, see `definition.Questionnaire`; read only where it is looked at.
    definition: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    # Fingerprint of the document, set when it is published: equal digests mean equal questionnaires.
    digest: Mapped[str | None] = mapped_column(String(64))
    # Counts the saves of a draft: a save that names an older one is refused.
    revision: Mapped[int] = mapped_column(default=1)
    # What each translation was made from: {key of the text: {language: fingerprint of the main text then}}.
    sources: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
    note: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    survey: Mapped[Survey] = relationship(back_populates="versions")

    __table_args__ = (
        UniqueConstraint("survey_id", "number"),
        CheckConstraint("(number IS NULL) = (published_at IS NULL)", name="numbered_when_published"),
        Index(
            "uq_questionnaire_versions_draft",
            "survey_id",
            unique=True,
            sqlite_where=text("number IS NULL"),
            postgresql_where=text("number IS NULL"),
        ),
    )


class FrozenVersionError(RuntimeError):
    """Something tried to change a published version."""


@event.listens_for(QuestionnaireVersion, "before_update")
def _keep_frozen(_mapper: object, connection: Connection, version: QuestionnaireVersion) -> None:
    """Refuse to change what was published: answers point to it."""
    state = inspect(version)
    changed = [name for name in FROZEN if state.attrs[name].history.has_changes()]
    stored = select(QuestionnaireVersion.number).where(QuestionnaireVersion.id == version.id)
    number = connection.scalar(stored) if changed else None
    if number is not None:
        raise FrozenVersionError(f"version {number} is published; {', '.join(changed)} cannot change")


@event.listens_for(QuestionnaireVersion, "before_delete")
def _keep_published(_mapper: object, _connection: Connection, version: QuestionnaireVersion) -> None:
    """Refuse to delete what was published: drafts, campaigns and answers stand on it."""
    if version.number is not None:
        raise FrozenVersionError(f"version {version.number} is published; it cannot be deleted")


class DraftStep(Base):
    """Another state of a draft, kept so that a change can be undone, and done again once it was."""

    __tablename__ = "draft_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id", ondelete="CASCADE"), index=True)
    revision: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    # What its translations were made from, as `QuestionnaireVersion.sources`.
    sources: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    what: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # While it is undone, the step holds the state after the change; else the state before it.
    is_undone: Mapped[bool] = mapped_column(default=False)


class Logo(Base):
    """A picture for the head of respondents' pages, by the fingerprint of its bytes; checked and re-encoded."""

    __tablename__ = "survey_logos"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    media_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(deferred=True)
    width: Mapped[int]
    height: Mapped[int]


class QuestionnaireImport(Base):
    """What became of a file from another tool: its report, entry by entry."""

    __tablename__ = "questionnaire_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), index=True)
    # One of `interchange.KINDS`, and the name under which the file came.
    kind: Mapped[str] = mapped_column(String(20))
    filename: Mapped[str] = mapped_column(String(200), default="")
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Print(Base):
    """A paper copy, made by a worker; `content` stands once it is ready, `failure` where it could not be made."""

    __tablename__ = "prints"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id", ondelete="CASCADE"), index=True)
    # What is printed: {"what": "questionnaire", "version_id": …, "language": …} or {"what": "poster", …}.
    order: Mapped[dict[str, Any]] = mapped_column(JSON)
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    failure: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
