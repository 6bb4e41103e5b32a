"""What recipients of a batch are sent: texts of the house, or the office's own, their blanks filled in."""

from __future__ import annotations

from hashlib import blake2b

from forms.languages import written_to
from survey.days import long_date
from survey.delivery import texts
from survey.delivery.batches import Batch, Letter
from survey.delivery.channels import ChannelName, Outgoing
from survey.delivery.texts import Blanks, Kind


def message(batch: Batch, letter: Letter, name: ChannelName, base_url: str) -> Outgoing:
    """What one recipient gets over one channel, in their language where the round has it.

    `base_url`: what the link begins with.
    """
    round, contact = batch.round, letter.contact
    known = written_to(round["languages"])
    language = contact.language if contact.language in known else known[0]
    link = f"{base_url}/s/{letter.token}"
    kinds: dict[ChannelName, tuple[Kind, Kind]] = {
        "email": ("email", "email_reminder"),
        "sms": ("sms", "sms_reminder"),
    }
    kind = kinds[name][round["number"] > 0]
    blanks = Blanks(
        organisasjon=round["organisation_name"],
        runde=round["campaign_name"],
        leiegard=letter.estate,
        lenke=link,
        frist=long_date(round["closes_on"], language),
        resultater=long_date(round["results_on"], language),
    )
    text = texts.message(
        kind, texts.chosen(batch.own, kind, language), language, blanks, fictitious=round["fictitious"]
    )
    return Outgoing(
        key=blake2b(letter.id.bytes, digest_size=16, person=b"bostemme.message").hexdigest(),
        to=contact.email if name == "email" else contact.phone,
        subject=text.subject,
        body=text.body,
        language=language,
        sender_name=round["organisation_name"],
        link=link,
        bounce_tag=f"{round['campaign_id'].hex}-{round['number']}",
    )
