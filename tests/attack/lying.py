"""In which order what waits in an open round lies, to who holds one dump of it; and what chance gives.

Which row is whose the judge alone knows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from survey.ballots.tokens import receipt_hash, token_hash
from survey.database.pool import Database
from tests.attack.pieces import in_the_box, pieces
from tests.chance import SIGMAS, most_by_chance
from tests.elections import SECRET, Election, receipt

Lying = dict[str, list[list[str]]]
"""By what is looked at: for each estate the links, in the order in which what is theirs lies."""


async def lying(database: Database, election: Election, came: Sequence[str]) -> Lying:
    """What the attacker reads of what `came`."""
    by_receipt = {receipt_hash(SECRET, receipt(link)).hex(): link for link in came}
    by_link = {token_hash(SECRET, link).hex(): link for link in came}
    dumped = {
        "box": ("ballots.box t", "t.receipt_hash", "t.ctid", by_receipt),
        "statements": (
            "ballots.box t",
            "t.receipt_hash",
            "t.xmin::text::bigint, t.cmin::text::bigint, t.ctid",
            by_receipt,
        ),
        "rights": (
            "ballots.rights t join registry.invitations i on i.id = t.invitation_id",
            "i.token_hash",
            "t.ctid",
            by_link,
        ),
        "invitations": ("registry.invitations t", "t.token_hash", "t.ctid", by_link),
    }
    found: Lying = {}
    async with database.owner() as connection:
        for table, (rows, column, order, whose) in dumped.items():
            lines: list[Any] = await connection.fetch(
                f"select t.estate_id, encode({column}, 'hex') as hash from {rows}"  # noqa: S608
                f" where t.campaign_id = $1 order by {order}",
                election.campaign_id,
            )
            for kind, wanted in (("asked", asked(election)), ("open", set(came) - asked(election))):
                estates: dict[UUID, list[str]] = {}
                for line in lines:
                    link = whose.get(line["hash"])
                    if link in wanted:
                        estates.setdefault(line["estate_id"], []).append(link)
                found[f"{table}, {kind}"] = list(estates.values())
    del found["invitations, asked"]  # written once, before anybody has sent
    for column in ("sealed", "copy"):
        whose_piece = await in_the_box(database, column)
        mine = [
            (by_receipt[hash or ""], orders)
            for data, orders in await pieces(database, "ballots.box")
            if (hash := whose_piece(data)) in by_receipt
        ]
        assert len(mine) == len(came), "every value lies out of line, once"
        for by in ("number", "place"):
            all_of_them = [link for link, orders in sorted(mine, key=lambda one: one[1][by])]
            found[f"{by} of {column}"] = [
                [link for link in all_of_them if link in set(links)] for links in found["box, asked"]
            ]
    return found


def asked(election: Election) -> set[str]:
    return {link for links in election.tenants.values() for link in links}


class Tally:
    """Of one thing that is looked at: what was seen, and what chance gives."""

    def __init__(self) -> None:
        self.estates = self.rows = self.right = self.back = self.last = 0
        self.like = self.spread = self.last_by_chance = 0.0

    def add(self, lying: Sequence[str], came: Sequence[str]) -> None:
        rank = {link: place for place, link in enumerate(came)}
        true = sorted(lying, key=rank.__getitem__)
        n = len(lying)
        apart = sum((place - true.index(link)) ** 2 for place, link in enumerate(lying))
        self.estates += 1
        self.rows += n
        self.right += sum(one == two for one, two in zip(lying, true, strict=True))
        self.back += sum(one == two for one, two in zip(lying, true[::-1], strict=True))
        self.last += lying[-1] == true[-1]
        self.last_by_chance += 1 / n
        self.like += 1 - 6 * apart / (n * (n * n - 1))
        self.spread += 1 / (n - 1)

    @property
    def told(self) -> list[str]:
        """All in which more is seen than chance gives."""
        most = most_by_chance(self.estates)
        return [
            what
            for what, more in {
                f"{self.right} of {self.rows} in the order they came, {self.estates} by chance": self.right
                > most,
                f"{self.back} in the opposite one": self.back > most,
                f"{self.last} of those who came last lie last": self.last
                > most_by_chance(self.last_by_chance),
                f"rank correlation {self.like / self.estates:.2f}": abs(self.like)
                > SIGMAS * math.sqrt(self.spread),
            }.items()
            if more
        ]
