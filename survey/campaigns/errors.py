"""What can go wrong with a round.

CampaignError
├── NoSuchRound            404  no round with this id in this organisation
├── NoSuchEstateInRound    404  the estate was not asked in this round
├── NotADraft              409  only a draft can be opened
├── NotOpen                409  only an open round can be closed
├── AlreadyClosed          409  a closed round gets no links and no poster
├── ClosingDatePassed      409  the last day to answer has passed; nobody could answer
├── ResultsNotReady        409  results are shown when the round is closed, not before
└── NoInvitations          409  an imported round has no personal links
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


class NotADraft(CampaignError):
    status, key = 409, "error.campaign.not_a_draft"


class NotOpen(CampaignError):
    status, key = 409, "error.campaign.not_open"


class AlreadyClosed(CampaignError):
    status, key = 409, "error.campaign.already_closed"


class ClosingDatePassed(CampaignError):
    status, key = 409, "error.campaign.closing_date_passed"


class ResultsNotReady(CampaignError):
    status, key = 409, "error.campaign.results_not_ready"


class NoInvitations(CampaignError):
    status, key = 409, "error.campaign.no_invitations"
