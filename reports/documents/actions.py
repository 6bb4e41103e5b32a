"""What landlord and tenants can each do, tied to the weakest answers.

A theme is a row of the message catalogue (`do.{theme}.title`, `.landlord`, `.tenants`); here stands only
which questions belong to it, by meaning id, and on which level the landlord's and the tenants' part lies.
"""

from __future__ import annotations

from dataclasses import dataclass

from forms.questionnaire import Item
from forms.scoring import favourable_codes
from reports.documents.words import Words
from reports.results import Results

THEMES: dict[str, tuple[str, str]] = {
    "upkeep": ("system", "kollektiv"),
    "climate": ("system", "individ"),
    "space": ("individ", "individ"),
    "access": ("system", "kollektiv"),
    "home": ("system", "individ"),
    "commons": ("kollektiv", "kollektiv"),
    "noise": ("kollektiv", "kollektiv"),
    "neighbours": ("kollektiv", "kollektiv"),
    "safety": ("system", "kollektiv"),
    "cost": ("individ", "individ"),
    "rights": ("system", "kollektiv"),
    "fairness": ("system", "kollektiv"),
    "lasting": ("individ", "individ"),
    "response": ("system", "individ"),
    "information": ("system", "kollektiv"),
    "respect": ("individ", "kollektiv"),
    "influence": ("kollektiv", "kollektiv"),
    "meetings": ("kollektiv", "kollektiv"),
    "allocation": ("individ", "individ"),
    "municipality": ("system", "system"),
}

THEME_OF = {
    meaning: theme
    for theme, meanings in {
        "upkeep": ("bolig_standard", "bolig_vedlikehold"),
        "climate": ("bolig_inneklima", "bolig_strom"),
        "space": ("bolig_plass", "bolig_tilpasset", "bolig_gjester", "bolig_egetrom"),
        "access": ("bolig_besok_rullestol",),
        "home": ("bolig_hjem", "bolig_preg", "bolig_fred"),
        "commons": ("bomiljo_felles", "bomiljo_moteplass", "bomiljo_barn_ute", "bomiljo_fornoyd"),
        "noise": ("bomiljo_stoy", "bomiljo_konflikt"),
        "neighbours": (
            "bomiljo_naboer",
            "bomiljo_prat",
            "bomiljo_utskifting",
            "bomiljo_tilhorighet",
            "kontakt",
        ),
        "safety": ("bomiljo_trygg_hjemme", "bomiljo_trygg_felles", "bomiljo_trygg_ute"),
        "cost": ("kontrakt_kostnad", "kontrakt_forutsigbar"),
        "rights": ("kontrakt_rettigheter", "kontrakt_redd"),
        "fairness": ("kontrakt_lik", "kontrakt_regler"),
        "lasting": ("kontrakt_varig",),
        "response": ("utleier_henvendelse", "utleier_lett_a_na", "sist_sa_fra"),
        "information": ("utleier_info", "utleier_avtale"),
        "respect": (
            "utleier_ansvar",
            "utleier_alvor",
            "utleier_trygg_si_fra",
            "utleier_tillit",
            "beboere_ansvar",
        ),
        "influence": ("nytter_a_si_fra", "medv_vet_hvordan", "medv_hort_uansett", "beboerrad", "innflytelse"),
        "meetings": ("medv_moter_tid", "medv_moter_sted", "medv_moter_sprak", "medv_alle_ordet"),
        "allocation": (
            "medv_sa_boligen",
            "medv_forsto",
            "medv_nok_tid",
            "medv_nok_kunnskap",
            "medv_meningsfull",
        ),
        "municipality": ("system_spurt", "system_svar", "system_tillit"),
    }.items()
    for meaning in meanings
}


@dataclass(frozen=True)
class Action:
    """One theme: why it is on the page, and what each side can do."""

    title: str
    why: str
    landlord: str
    landlord_level: str
    tenants: str
    tenants_level: str


def weakest(results: Results) -> list[tuple[Item, float]]:
    """Questions with a published share of good answers, weakest first."""
    found = []
    for item in results.questionnaire.items():
        result = results.items.get(item.id)
        if item.background or item.role in ("overall", "participation_grade"):
            continue
        if result is None or result.hidden:
            continue
        if result.favourable.value is not None:
            found.append((item, result.favourable.value))
    return sorted(found, key=lambda pair: pair[1])


def actions(words: Words, results: Results, most: int = 4) -> tuple[Action, ...]:
    """Themes of the weakest answers, each once. With nothing published: how to ask and answer better."""
    picked: dict[str, str] = {}
    for item, share in weakest(results):
        theme = THEME_OF.get(item.meaning)
        if theme and theme not in picked:
            picked[theme] = words.t(
                "do.why",
                item=words.quote(words.item(item)),
                share=words.share(share),
                answers=words.quoted_codes(item, sorted(favourable_codes(words.questionnaire, item))),
            )
        if len(picked) == most:
            break
    for theme in ("influence", "meetings"):
        if len(picked) < 2:
            picked.setdefault(theme, words.t("do.always"))
    return tuple(
        Action(
            title=words.t(f"do.{theme}.title"),
            why=why,
            landlord=words.t(f"do.{theme}.landlord"),
            landlord_level=words.t(f"level.{THEMES[theme][0]}"),
            tenants=words.t(f"do.{theme}.tenants"),
            tenants_level=words.t(f"level.{THEMES[theme][1]}"),
        )
        for theme, why in picked.items()
    )
