"""What can go wrong with contacts, texts and mailings. What is wrong in an uploaded file is said line by line
(`survey/responses/errors.py`: FileUnreadable, RowsRefused).

DeliveryError
├── NoContactKey        503  no key is in stock to seal contacts with: the sender does not run
├── PersonsTooLate      409  persons get links of their own before the round opens, not after
├── LinksNotSealed      409  links were made before there was a key: they must be replaced to be sent
├── NoContacts          409  nobody to write to: upload contacts first
├── NoSuchOpenLink      404  no such open link in this round
├── ChannelsClosed      409  the round is closed: nothing is sent, uploaded or changed
└── NoSuchPrintout      404  the letters were fetched and deleted, or are somebody else's
"""

from __future__ import annotations


class DeliveryError(Exception):
    status: int = 409
    key: str = "error.delivery"

    def __init__(self, **values: object) -> None:
        super().__init__(self.key, values)
        self.values = values


class NoContactKey(DeliveryError):
    status, key = 503, "error.delivery.no_key"


class PersonsTooLate(DeliveryError):
    key = "error.delivery.persons_too_late"


class LinksNotSealed(DeliveryError):
    key = "error.delivery.links_not_sealed"


class NoContacts(DeliveryError):
    key = "error.delivery.no_contacts"


class ChannelsClosed(DeliveryError):
    key = "error.delivery.closed"


class NoSuchOpenLink(DeliveryError):
    status, key = 404, "error.not_found"


class NoSuchPrintout(DeliveryError):
    status, key = 404, "error.not_found"
