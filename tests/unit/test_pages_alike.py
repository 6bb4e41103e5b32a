"""Pages rendered once for many: each visitor gets her own, and nobody another's."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from survey.ballots import tokens
from survey.ballots.rounds import Round, Stage
from survey.phone import rendering, views
from survey.phone.errors import AlreadyAnswered

DAY = date(2026, 6, 1)
ROUND = Round(
    organisation="Leie & bo",
    fictitious=False,
    campaign="Vår",
    estate="Tunet",
    languages=("nb", "ar"),
    opens_on=DAY,
    closes_on=DAY,
    closed_on=None,
    results_on=DAY,
    today=DAY,
    questionnaire_version_id=uuid4(),
    ballot_key=bytes(32),
    invited=True,
    stage=Stage.OPEN,
    draft=False,
    panel=None,
)


def page(link: str, receipt: str, round: Round = ROUND, language: str = "nb") -> str:
    fault = AlreadyAnswered(link, round, language)
    fault.receipt = receipt
    return str(views.already(fault, language).content)


def sent() -> tuple[str, str]:
    link = tokens.new_token()
    return link, tokens.receipt(bytes(32), link, tokens.new_seed())


@pytest.mark.parametrize("language", ["nb", "ar"])
def test_each_is_shown_her_own_link_and_receipt_and_nobody_elses(language: str) -> None:
    (first, hers), (second, his) = sent(), sent()
    shown, other = page(first, hers, language=language), page(second, his, language=language)
    assert shown.count(hers) == other.count(his) == 3
    assert f"/s/{first}/angre" in shown and f"/s/{second}/angre" in other
    assert shown == other.replace(second, first).replace(his, hers)


def test_a_page_of_another_round_or_without_a_receipt_is_another_page() -> None:
    link, receipt = sent()
    shown = page(link, receipt)
    assert "Leie &amp; bo" in shown
    renamed = page(link, receipt, replace(ROUND, organisation="Andre <b>"))
    assert "Andre &lt;b&gt;" in renamed and "Leie &amp; bo" not in renamed
    assert receipt not in (without := page(link, ""))
    assert 'name="kvittering"' not in without and f"/s/{link}/angre" in without


def test_what_is_kept_of_a_page_holds_no_link_and_no_receipt() -> None:
    link, receipt = sent()
    page(link, receipt)
    frame = rendering.Frame("nb", "Takk")
    shown = rendering.show_alike("error.html", frame, {"here": link, "text": "<i>"}, **ERROR)
    assert "&lt;i&gt;" in str(shown.content)
    assert link not in rendering._with_gaps("error.html", frame, ("here", "text"), tuple(ERROR.items()))


ERROR = {"more": "", "go": "", "ask_code": False, "length": 16}
