"""Draws the answers of the made-up municipality, the same every time.

A tenant i of estate e holds of item j, which belongs to object o, the latent opinion

    y = effect(e, wave, o, j) + ease(j) + 0.55 general(i) + 0.40 about(i, o) + 0.73 noise(i, j)

with general, about and noise standard normal (general and about centred within the estate), so that
opinions of one tenant go together and those on one object more so. Cut points turn y into one of the
ordered answers; reversed items turn -y. Items that look back on one time are drawn as of the first wave.

Who answers is drawn without replacement with weights exp(NONRESPONSE_TILT * general): the mild bias that
every survey has and none can see. Around 4 % of the questions are skipped, somewhat more often on whether it
is safe to speak up when it is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forms.answers import Answers
from forms.journey import Journey
from forms.questionnaire import SPECIAL_CODES, Choice, Item, Questionnaire
from survey.demo.truth import NONRESPONSE_TILT, OBJECTS, SEED, WAVES, EstateTruth, WaveTruth, effect
from survey.demo.voices import texts_of
from survey.responses.rows import GoodRow

CUTS = {
    2: (0.0,),
    3: (-0.6, 0.25),
    4: (-0.6, 0.1, 0.9),
    5: (-1.35, -0.65, 0.0, 0.95),
    7: (-0.6, 0.1, 0.6, 1.1, 1.7, 2.3),
}
LANGUAGES = ("nb", "nn", "en")
MODES = ("web", "paper", "helper")
MODE_SHARES = (0.86, 0.09, 0.05)
SKIPPED = 0.04
DONT_KNOW = 0.03
CHOICE_WEIGHTS: dict[str, Mapping[str, float]] = {
    "alder": {"a15_17": 0.01, "a18_25": 0.14, "a26_44": 0.34, "a45_66": 0.3, "a67_pluss": 0.21},
    "husstand": {"alene": 0.46, "par": 0.16, "alene_med_barn": 0.16, "familie": 0.16, "deler": 0.06},
    "botid": {"under_1": 0.14, "ar_1_2": 0.2, "ar_3_5": 0.28, "ar_6_10": 0.22, "over_10": 0.16},
    "medv_alternativer": {"ingen": 0.62, "en": 0.22, "to": 0.1, "tre_eller_flere": 0.06},
    "medv_sa_boligen": {"nei": 0.42, "ja": 0.58},
    "beboerrad": {"nei": 0.45, "ja": 0.55},
    "system_spurt": {"nei": 0.8, "ja": 0.2},
    "hvem_svarte": {"selv": 0.88, "med_hjelp": 0.1, "andre": 0.02},
}
WISHES = {"mote": 1.2, "smagruppe": 1.0, "skjema": 1.6, "samtale": 0.9, "video": 0.4, "via_andre": 0.4,
          "arenaer": 0.9, "kontaktperson": 1.6, "rammer_tid": 0.9, "tilpassede_arenaer": 0.6, "sprak": 0.8,
          "kunnskap_beboere": 0.8, "kunnskap_ansatte": 1.0, "tillit": 1.3}  # fmt: skip


@dataclass(frozen=True)
class Tenant:
    """One dwelling's voice. `opinion`: object -> latent opinion without estate effect and noise."""

    general: float
    opinion: Mapping[str, float]


def draw_wave(
    questionnaire: Questionnaire, wave: WaveTruth, estates: tuple[EstateTruth, ...]
) -> list[GoodRow]:
    """The answers of one wave, all estates, in an order that means nothing."""
    rows: list[GoodRow] = []
    for estate in estates:
        random = _random(wave, estate)
        population = draw_population(random, estate.dwellings)
        for tenant in who_answers(random, population, estate.answers[wave.number - 1]):
            rows.append(_draw_row(random, questionnaire, wave, estate, tenant, len(rows)))
    return rows


def draw_population(random: np.random.Generator, dwellings: int) -> list[Tenant]:
    """Everybody who could answer, one a dwelling."""
    general = _centred(random.normal(size=dwellings))
    about = {name: _centred(random.normal(size=dwellings)) for name in OBJECTS}
    return [
        Tenant(
            float(general[place]),
            {name: float(0.55 * general[place] + 0.40 * about[name][place]) for name in OBJECTS},
        )
        for place in range(dwellings)
    ]


def _centred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same values about a mean of 0, so that the effect of an estate is the mean of its tenants."""
    return np.asarray(values - values.mean(), np.float64)


def who_answers(random: np.random.Generator, population: list[Tenant], n: int) -> list[Tenant]:
    """`n` tenants without replacement, the content a little likelier than the rest."""
    weights = np.exp([NONRESPONSE_TILT * tenant.general for tenant in population])
    chosen = random.choice(len(population), size=n, replace=False, p=weights / weights.sum())
    return [population[place] for place in chosen]


def _random(wave: WaveTruth, estate: EstateTruth) -> np.random.Generator:
    seed = hashlib.sha256(f"{SEED}/{wave.number}/{estate.name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(seed[:8], "big"))


def _draw_row(
    random: np.random.Generator,
    questionnaire: Questionnaire,
    wave: WaveTruth,
    estate: EstateTruth,
    tenant: Tenant,
    line: int,
) -> GoodRow:
    language = str(random.choice(LANGUAGES, p=estate.languages))
    answers: Answers = {}
    who = _draw_background(random, questionnaire, estate)
    tenant = _leaning(tenant, questionnaire, estate, who)
    for item in questionnaire.items():
        answer = _draw_answer(random, questionnaire, item, wave, estate, tenant, language)
        if item.id in who and answer is not None:
            answer = who[item.id]
        if answer is not None:
            answers[item.id] = answer
    latent = {name: tenant.opinion[name] + effect(estate, wave, name) for name in OBJECTS}
    told = texts_of(random, language, latent, {item.id for item in questionnaire.items()})
    answers.update(told)
    answers.update(_may_be_quoted(questionnaire, told))
    mode = str(random.choice(MODES, p=MODE_SHARES))
    return GoodRow(line, estate.name, estate.area, language, mode, Journey(questionnaire, answers).on_route())


def _may_be_quoted(questionnaire: Questionnaire, told: Mapping[str, str]) -> dict[str, int]:
    """Seven of ten who wrote something say yes: by what they wrote, so that nothing else is drawn anew."""
    item = next((item for item in questionnaire.items() if item.role == "quote_consent"), None)
    if item is None or not told:
        return {}
    yes = hashlib.sha256("/".join(told.values()).encode()).digest()[0] < 0.7 * 256
    codes = {choice.value: choice.code for choice in questionnaire.choices(item)}
    return {item.id: codes["ja" if yes else "nei"]}


def _draw_background(
    random: np.random.Generator, questionnaire: Questionnaire, estate: EstateTruth
) -> dict[str, int]:
    """Who the tenant is, where that changes what she holds of things; given or not when she is asked."""
    return {
        name: _by_weights(random, questionnaire.choices(questionnaire.item(name)), CHOICE_WEIGHTS[name])
        for name in estate.leanings
    }


def _leaning(
    tenant: Tenant, questionnaire: Questionnaire, estate: EstateTruth, who: Mapping[str, int]
) -> Tenant:
    opinion = dict(tenant.opinion)
    for name, code in who.items():
        values = {choice.code: choice.value for choice in questionnaire.choices(questionnaire.item(name))}
        for object, more in estate.leanings[name].get(values[code], {}).items():
            opinion[object] += more
    return replace(tenant, opinion=opinion)


def _draw_answer(
    random: np.random.Generator,
    questionnaire: Questionnaire,
    item: Item,
    wave: WaveTruth,
    estate: EstateTruth,
    tenant: Tenant,
    language: str,
) -> int | list[int] | None:
    if not item.counted:
        return None
    subject = item.scoring.object if item.scoring else "medvirkning"
    # What was when they moved in is the same whenever they are asked.
    when = WAVES[0] if item.retrospective else wave
    y = tenant.opinion[subject] + effect(estate, when, subject, item.id) + _ease(item.id)
    y += 0.73 * float(random.normal())
    if item.role == "overall":
        parts = [
            tenant.opinion[name] + effect(estate, wave, name) for name in ("bolig", "bomiljo", "utleier")
        ]
        y = sum(parts) / 3 + 0.15 + 0.5 * float(random.normal())
    luck = float(random.random())
    afraid = item.id == "utleier_trygg_si_fra" and y < -0.5
    if luck < SKIPPED + (0.1 if afraid else 0.0) + (0.06 if item.background else 0.0):
        return None
    if "vet_ikke" in item.specials and luck > 1 - DONT_KNOW:
        return SPECIAL_CODES["vet_ikke"]
    choices = questionnaire.choices(item)
    if item.kind == "multi":
        return _pick_several(random, {c.value: c.code for c in choices if not c.exclusive})
    if item.kind == "rank":
        weights = np.array([0.6 + estate.themes.get(c.value, 0.0) for c in choices])
        order = random.choice(
            len(choices), size=min(item.rank_size, len(choices)), replace=False, p=weights / weights.sum()
        )
        return [choices[place].code for place in order]
    if item.id == "sprak":
        return _by_weights(random, choices, _spoken(language))
    if item.id in CHOICE_WEIGHTS:
        return _by_weights(random, choices, CHOICE_WEIGHTS[item.id])
    if item.id == "sist_sa_fra":
        return _last_time(random, choices, y)
    if item.role == "participation_grade":
        if random.random() < 0.05:
            return choices[-1].code
        return choices[int(np.searchsorted(CUTS[7], y))].code
    reverse = bool(item.scoring and item.scoring.reversed)
    place = int(np.searchsorted(CUTS[len(choices)], -y if reverse else y))
    return choices[place].code


def _ease(item_id: str) -> float:
    """How easy it is to be content with an item: fixed, from its name, between -0.5 and 0.6."""
    return hashlib.sha256(f"{SEED}/{item_id}".encode()).digest()[0] / 255 * 1.1 - 0.5


def _pick_several(random: np.random.Generator, codes: Mapping[str, int]) -> list[int]:
    weights = np.array([WISHES.get(value, 0.3) for value in codes])
    size = int(random.integers(1, 4))
    chosen = random.choice(
        list(codes.values()), size=min(size, len(codes)), replace=False, p=weights / weights.sum()
    )
    return sorted(int(code) for code in chosen)


def _by_weights(
    random: np.random.Generator, choices: tuple[Choice, ...], weights: Mapping[str, float]
) -> int:
    share = np.array([weights.get(choice.value, 0.0) for choice in choices])
    return choices[int(random.choice(len(choices), p=share / share.sum()))].code


def _spoken(language: str) -> Mapping[str, float]:
    if language == "en":
        return {"norsk": 0.05, "annet": 0.7, "flere": 0.25}
    return {"norsk": 0.88, "samisk": 0.01, "annet": 0.05, "flere": 0.06}


def _last_time(random: np.random.Generator, choices: tuple[Choice, ...], y: float) -> int:
    """What happened when the tenant last spoke up: better replies where the landlord is better."""
    better = {"innfridd": y, "delvis": 0.5 * y, "avslag_med_alternativ": 0.2 * y, "ikke_svar": -y}
    return _by_weights(random, choices, {c.value: float(np.exp(better.get(c.value, -0.4))) for c in choices})
