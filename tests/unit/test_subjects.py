"""Subjects of e-mail, as readers' programs put them together again."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import SMTP, default

import pytest
from aiosmtplib.email import flatten_message

from survey.delivery.channels import Outgoing, as_email


def _mail(subject: str) -> list[bytes]:
    """As a file, and as it goes over the wire."""
    outgoing = Outgoing("k", "kari@example.org", subject, "Hei.", "nb", "Ørsta kommune", "", "x")
    mail = as_email(outgoing, "post@example.org")
    return [mail.as_bytes(policy=SMTP), flatten_message(mail)]


@pytest.mark.parametrize(
    "subject",
    [
        "[Oppdiktet eksempel] Eksempelvik kommune (oppdiktet): dokumenter fra Beboerundersøkelsen 2025",
        "Eksempelvik kommune (oppdiktet): dokumenter fra Beboerundersøkelsen 2025",
        "Слово " * 30 + "кінець",
        "Answer by Friday",
    ],
)
def test_a_subject_is_read_as_it_was_written_wherever_its_lines_end(subject: str) -> None:
    for written in _mail(subject):
        assert message_from_bytes(written, policy=default)["Subject"] == subject
        assert max(len(line) for line in written.split(b"\r\n")) <= 78


def test_a_subject_with_a_line_in_it_adds_no_header() -> None:
    for written in _mail("Svår\r\nBcc: x@example.org"):
        assert message_from_bytes(written, policy=default)["Bcc"] is None
