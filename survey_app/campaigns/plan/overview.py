"""The four steps of a campaign that is not sent yet: what each says in short, and what is missing there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from babel import dates
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from survey_app.accounts.queries import get_organisation
from survey_app.campaigns.audience.drawing import Sample
from survey_app.campaigns.labels import CHANNELS, NO_GATEWAY, language_name
from survey_app.campaigns.mail.texts import second, words_of
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.sending.experiments import Experiment
from survey_app.campaigns.sending.pilots import Pilot
from survey_app.campaigns.sending.reminding import ReminderPlan
from survey_app.campaigns.steps import CampaignError
from survey_app.campaigns.timing.open_hours import ALL_DAYS
from survey_app.campaigns.timing.pace import Pace
from survey_app.campaigns.timing.schedules import Schedule
from survey_app.customers.segments import problems_of
from survey_app.outbox.messaging import current_gateway
from survey_app.outbox.rules import AddressError, checked_address
from survey_app.questionnaires.queries import questionnaire_of
from survey_app.web.filters import number, percent


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step by its page's name: what is settled, in short lines, and what must be mended before sending."""

    name: str
    lines: tuple[str, ...]
    missing: tuple[str, ...] = ()


def plan_steps(campaign: Campaign, now: datetime | None = None) -> tuple[PlanStep, ...]:
    """Return the steps audience, message, schedule and review; nothing is counted, so that every page can show them."""
    now = now or datetime.now(UTC)
    steps = (_audience(campaign), _message(campaign), _timing(campaign, now))
    n_missing = sum(len(step.missing) for step in steps)
    ready = ngettext("%(num)s thing is missing", "%(num)s things are missing", n_missing) if n_missing else _("Ready")
    return (*steps, PlanStep("review", (ready,)))


def check_plan(campaign: Campaign, now: datetime) -> None:
    """Raise CampaignError with the first thing that must be mended before anything is sent."""
    for step in plan_steps(campaign, now):
        for missing in step.missing:
            raise CampaignError(missing)


def require_sender(campaign: Campaign) -> None:
    """Raise CampaignError where the campaign's mails would come from nobody."""
    if campaign.mode == "mail":
        for missing in sender_problems(campaign):
            raise CampaignError(missing)


def sender_problems(campaign: Campaign) -> list[str]:
    """Return what lacks before anything can be sent on the campaign's way: a sender's address, or a gateway."""
    if campaign.contact_channel == "mail" and not _is_address(get_organisation().sender_address):
        return [_("There is no sender address. Enter one in the settings of your organisation.")]
    if campaign.contact_channel == "sms" and current_gateway() is None:
        return [str(NO_GATEWAY)]
    return []


def require_audience(campaign: Campaign) -> None:
    """Raise CampaignError where the segment names what is gone: it would find nobody, or not those who are meant."""
    for missing in _broken_parts(campaign):
        raise CampaignError(missing)


def _broken_parts(campaign: Campaign) -> tuple[str, ...]:
    problems = problems_of(campaign.segment.condition) if campaign.segment else []
    if campaign.segment is None or not problems:
        return ()
    return (_("The segment %(name)s is broken: %(problem)s", name=campaign.segment.name, problem=problems[0]),)


def _audience(campaign: Campaign) -> PlanStep:
    lines = [campaign.segment.name if campaign.segment else _("Everybody")]
    sample = Sample.from_data(campaign.sample)
    if sample is not None and sample.size is not None:
        lines.append(_("%(n)s of them, drawn by chance", n=number(sample.size)))
    elif sample is not None:
        lines.append(_("%(share)s of them, drawn by chance", share=percent(sample.share, 1)))
    return PlanStep("audience", tuple(lines), _broken_parts(campaign))


def _message(campaign: Campaign) -> PlanStep:
    languages, missing = questionnaire_of(campaign.version).languages, sender_problems(campaign)
    words = words_of(campaign.texts, languages[0], campaign.contact_channel)
    lines = [words.get("subject") or words["short"], ", ".join(language_name(each) for each in languages)]
    if campaign.contact_channel != "mail":
        lines.insert(0, str(CHANNELS[campaign.contact_channel]))
    if Experiment.from_data(campaign.experiment):
        lines.append(_("Two wordings"))
        same = [language_name(each) for each in languages if not any(campaign.texts.get(second(each), {}).values())]
        if same:
            missing.append(_("The second wording says nothing different in %(languages)s.", languages=", ".join(same)))
    return PlanStep("message", tuple(lines), tuple(missing))


def _timing(campaign: Campaign, now: datetime) -> PlanStep:
    schedule, missing = Schedule.from_data(campaign.schedule), []
    problem = schedule.problem(now)
    if problem:
        missing.append(problem)
    begins = schedule.instant() or now
    if campaign.closes_at is not None and campaign.closes_at <= begins:
        missing.append(_("The last day for answers lies before the mails go. Choose a later one."))
    return PlanStep("schedule", (when_in_words(schedule), *pace_in_words(campaign), *_parts(campaign)), (*missing,))


def when_in_words(schedule: Schedule) -> str:
    """Return when sending begins, with the zone in which the time is meant."""
    if schedule.on is None:
        return _("At once, when it is confirmed")
    local = datetime.combine(schedule.on, schedule.at)
    written = dates.format_datetime(local, "EEE d MMM y, HH:mm", locale=get_locale())
    if schedule.is_local:
        return _("%(when)s by each recipient's clock (else %(zone)s)", when=written, zone=schedule.zone)
    return _("%(when)s in %(zone)s", when=written, zone=schedule.zone)


def pace_in_words(campaign: Campaign) -> list[str]:
    """Return how fast and at which hours mails go, as far as that is limited."""
    pace, found = Pace.from_data(campaign.pace), []
    if pace.over_minutes:
        found.append(_("spread over %(n)s hours", n=number(round(pace.over_minutes / 60))))
    if pace.per_minute:
        found.append(_("at most %(n)s a minute", n=number(pace.per_minute)))
    if pace.quiet_from is not None and pace.quiet_to is not None:
        ends = {"start": pace.quiet_from.strftime("%H:%M"), "end": pace.quiet_to.strftime("%H:%M")}
        found.append(_("quiet from %(start)s to %(end)s", **ends))
    if pace.days != ALL_DAYS:
        names = dates.get_day_names("abbreviated", locale=get_locale())
        found.append(_("only on %(days)s", days=", ".join(names[day - 1] for day in sorted(pace.days))))
    return found


def _parts(campaign: Campaign) -> list[str]:
    found, pilot = [], Pilot.from_data(campaign.pilot)
    if pilot is not None:
        size = number(pilot.n) if pilot.n is not None else percent(pilot.share, 1)
        found.append(_("a pilot of %(size)s first", size=size))
    n_reminders = len(ReminderPlan.from_data(campaign.reminder_plan).gaps)
    if n_reminders:
        found.append(ngettext("at most %(num)s reminder", "at most %(num)s reminders", n_reminders))
    if campaign.sends_thanks:
        found.append(_("thanks to those who finish"))
    return found


def _is_address(text: str) -> bool:
    try:
        checked_address(text)
    except AddressError:
        return False
    return True
