"""All that is sealed for one questionnaire is as long, however much somebody wrote."""

from __future__ import annotations

import random
from uuid import UUID

import pytest
from nacl.public import PrivateKey

from forms.answers import Answers, Layout
from forms.loading import shipped
from forms.questionnaire import Item, Questionnaire
from survey.ballots import drafts, tokens
from survey.ballots.drafts import Draft
from survey.ballots.padding import BLOCK, pack, pad, room, unpad
from survey.ballots.sealing import Ballot, open_ballot, seal

FULL = shipped("boindeks")
KEY = PrivateKey.generate()
LETTERS = {
    "nb": "abcdefghijklmnoprstuvyæøå",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "ti": "ሀለመረሰሸቀበተቸኀነኘአከወዐዘየደጀገጠጨጰጸፀፈፐ",
}


def _words(letters: str) -> str:
    """Two thousand characters by lot: harder to compress than what people write."""
    rng = random.Random(letters)
    words = ("".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(700))
    return " ".join(words)[:2000]


def _answered(form: Questionnaire, text: str) -> Answers:
    def answer(item: Item) -> object:
        match item.kind:
            case "text":
                return text[: item.most_characters]
            case "choice":
                return form.choices(item)[-1].code
            case "multi":
                return [choice.code for choice in form.choices(item) if not choice.exclusive]
            case "rank":
                return [choice.code for choice in form.choices(item)][: item.rank_size]
            case _:
                return None

    found = {item.id: answer(item) for item in form.items()}
    return {name: given for name, given in found.items() if given}  # type: ignore[misc]


@pytest.mark.parametrize("form", [FULL, FULL.short_form()], ids=["full", "short"])
def test_who_writes_all_there_is_room_for_sends_no_more_than_who_writes_nothing(form: Questionnaire) -> None:
    size = room(form)
    layout = Layout.of(form)
    lengths = set()
    for language in ("", *LETTERS):
        text = _words(LETTERS[language]) if language else ""
        answers = _answered(form, text)
        draft = Draft(language or "nb", answers, form.pages[-1].id)
        assert drafts.fits(draft, form), language
        sealed = drafts.sealed(b"k" * 32, "owner", draft, size)
        found = drafts.read(b"k" * 32, "owner", sealed)
        assert found is not None and found.answers == answers
        ballot = Ballot(UUID(int=1), language or "nb", "web", answers, layout.pack(answers), bytes(range(32)))
        box = seal(bytes(KEY.public_key), ballot, size)
        assert open_ballot(KEY, box) == ballot
        lengths |= {len(sealed) - tokens.SEALING, len(box) - 48}
    assert lengths == {size}


def test_what_takes_more_room_than_there_is_is_told_and_not_lost() -> None:
    form = FULL.short_form()
    (name,) = (item.id for item in form.items() if item.kind == "text")
    rng = random.Random(1)
    odd = "".join(chr(rng.randint(0x4E00, 0x9FFF)) for _ in range(2000))
    draft = Draft("nb", {name: odd})
    assert not drafts.fits(draft, form)
    sealed = drafts.sealed(b"k" * 32, "owner", draft, room(form))
    found = drafts.read(b"k" * 32, "owner", sealed)
    assert found is not None and found.answers == draft.answers


def test_drafts_and_ballots_from_before_they_were_compressed_are_read() -> None:
    assert unpad(pad(b"as it was", 2048)) == b"as it was"
    assert unpad(pack(b"as it is", BLOCK)) == b"as it is"
    with pytest.raises(ValueError, match="damaged"):
        unpad((5 | 1 << 31).to_bytes(4, "big") + b"\xff" * 20)
