"""What can go wrong with a round.

CampaignError
├── NoSuchRound            404  no round with this id in this organisation
├── NoSuchEstateInRound    404  the estate was not asked in this round
├── NameTaken              409  the organisation has a round of this name
├── NotADraft              409  only a draft can be opened, changed or deleted
├── ChangedMeanwhile       409  the draft is another than the one the form was filled in from
├── AnotherQuestionnaire   409  a draft takes a newer version of what it has, and nothing else
├── LanguagesGone          409  the newer version lacks a language that the round is to be asked in
├── LinksWouldBreak        409  other estates make the links that were fetched useless; ask first
├── NoBallotKey            503  no key is in stock to seal answers with: the mixer does not run
├── NotOpen                409  only an open round can be closed or get another deadline
├── BadDeadline            409  a deadline before today, before the first day, or after the results
├── ClosedForGood          409  a closed round is not opened again and not changed
├── AlreadyClosed          409  a closed round gets no links and no poster
├── ClosingDatePassed      409  the last day to answer has passed; nobody could answer
├── ResultsNotReady        409  results are shown when the round is closed, not before
├── StillMixing            503  the round is closed, its last answers are being mixed: a matter of seconds
├── NearlyTheSame          409  nearly the same answers were told of another round; one was imported
├── MarginsOfDraft         409  a draft may still get other questions; the register's numbers come later
├── MarginsStand           409  numbers of the round are told: what they are weighted to stands
├── AnswersDeleted         410  the archive period is over: what was published stays, nothing new is computed
├── PanelNotReady          409  the next wave of a panel begins when the one before is closed, until the last
├── PanelGoesOn            409  a panel with a wave that is planned or open is not ended
├── SampledPanel           409  a panel follows everybody it asks: no sample of dwellings is drawn for it
├── SampleStands           409  homes have been drawn: the sample of a round is drawn once
├── PanelByLetter          409  links of a panel go by letter alone: e-mail and SMS would need them kept
├── NoInvitations          409  an imported round has no personal links
├── TooFewDwellings        409  an estate cannot get fewer dwellings than have been asked in a round
├── UnknownPeers           422  no other organisation here has these names
└── EstateInUse            409  an estate of a round that is not closed stays in use
"""

from __future__ import annotations


class CampaignError(Exception):
    status: int = 400
    key: str = "error.campaign"

    def __init__(self, **values: object) -> None:
        super().__init__(self.key, values)
        self.values = values


class NoSuchRound(CampaignError):
    status, key = 404, "error.not_found"


class NoSuchEstateInRound(CampaignError):
    status, key = 404, "error.not_found"


class NameTaken(CampaignError):
    status, key = 409, "error.campaign.name_taken"


class NotADraft(CampaignError):
    status, key = 409, "error.campaign.not_a_draft"


class ChangedMeanwhile(CampaignError):
    status, key = 409, "error.campaign.changed_meanwhile"


class AnotherQuestionnaire(CampaignError):
    status, key = 409, "error.campaign.another_questionnaire"


class LanguagesGone(CampaignError):
    """`languages`: their codes."""

    status, key = 409, "error.campaign.languages_gone"


class LinksWouldBreak(CampaignError):
    status, key = 409, "error.campaign.links_would_break"


class NoBallotKey(CampaignError):
    status, key = 503, "error.campaign.no_ballot_key"


class StillMixing(CampaignError):
    status, key = 503, "error.campaign.still_mixing"


class NearlyTheSame(CampaignError):
    status, key = 409, "error.campaign.nearly_the_same"


class MarginsOfDraft(CampaignError):
    status, key = 409, "error.campaign.margins_of_draft"


class MarginsStand(CampaignError):
    status, key = 409, "error.campaign.margins_stand"


class AnswersDeleted(CampaignError):
    status, key = 410, "error.campaign.answers_deleted"


class NotOpen(CampaignError):
    status, key = 409, "error.campaign.not_open"


class BadDeadline(CampaignError):
    status, key = 409, "error.campaign.bad_deadline"


class ClosedForGood(CampaignError):
    status, key = 409, "error.campaign.closed_for_good"


class AlreadyClosed(CampaignError):
    status, key = 409, "error.campaign.already_closed"


class ClosingDatePassed(CampaignError):
    status, key = 409, "error.campaign.closing_date_passed"


class ResultsNotReady(CampaignError):
    status, key = 409, "error.campaign.results_not_ready"


class NoInvitations(CampaignError):
    status, key = 409, "error.campaign.no_invitations"


class TooFewDwellings(CampaignError):
    status, key = 409, "error.campaign.too_few_dwellings"


class PanelNotReady(CampaignError):
    status, key = 409, "error.campaign.panel_not_ready"


class PanelGoesOn(CampaignError):
    status, key = 409, "error.campaign.panel_goes_on"


class SampledPanel(CampaignError):
    status, key = 409, "error.campaign.sampled_panel"


class SampleStands(CampaignError):
    status, key = 409, "error.campaign.sample_stands"


class PanelByLetter(CampaignError):
    status, key = 409, "error.campaign.panel_by_letter"


class EstateInUse(CampaignError):
    status, key = 409, "error.campaign.estate_in_use"


class UnknownPeers(CampaignError):
    status, key = 422, "error.campaign.unknown_peers"
