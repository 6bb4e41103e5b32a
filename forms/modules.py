"""Modules: what a round can ask beside the index, each a small questionnaire of its own.

They stand in `instruments/modules`, and docs/instrument.md tells what each is for. A module that is joined to
a core keeps its ids, so that its answers mean the same whatever they were asked together with.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

from forms import integrity, loading
from forms.errors import Fault, QuestionnaireFault, UnknownInstrument, at
from forms.questionnaire import Page, Questionnaire, Scale, Text

FOLDER = loading.INSTRUMENTS / "modules"
MODULES = (
    *("puls", "bosituasjon", "tildeling", "oppfolging", "hverdagsliv", "recovery"),
    *("sted", "ung", "barn", "bakgrunn_mer"),
)
"""Their names, in the order in which they are asked."""
BACKGROUND = "bakgrunn"
_LAST = (BACKGROUND, "apne")
"""Modules of pages that every questionnaire ends with: who answers, and what else there is to say."""


@cache
def module(name: str) -> Questionnaire:
    """One of the modules, such as 'bosituasjon'. UnknownInstrument when there is none."""
    if name not in MODULES:
        raise UnknownInstrument(name, MODULES)
    return loading.load(FOLDER / f"{name}.yaml")


def within(questionnaire: Questionnaire) -> frozenset[str]:
    """The names of the modules that it asks every question of."""
    asked = {item.id for item in questionnaire.questions()}
    return frozenset(name for name in MODULES if {i.id for i in module(name).questions()} <= asked)


def joined(core: Questionnaire, names: Collection[str]) -> Questionnaire:
    """The core and these modules as one questionnaire, with the id and the version of the core.

    The pages of a module stand before the background page of the core, more background right after it, and
    the open questions last. What order `names` are in does not matter; without any it is the core itself.
    Languages are those that all have. UnknownInstrument for a name that is no module, QuestionnaireFault when
    a module has an id of the core, or another scale by the same name. Whether words may be quoted is asked
    once: by the core, where it asks.
    """
    if unknown := sorted(set(names) - set(MODULES)):
        raise UnknownInstrument(unknown[0], MODULES)
    added = [module(name) for name in MODULES if name in names]
    if not added:
        return core
    whole = core.model_copy(
        update={
            "languages": tuple(
                language for language in core.languages if all(language in one.languages for one in added)
            ),
            "unchecked": tuple(
                language for language in core.unchecked if all(language in one.languages for one in added)
            ),
            "credit": _credits([core.credit, *(one.credit for one in added)]),
            "scales": _scales([core, *added]),
            "labels": {key: text for one in reversed((core, *added)) for key, text in one.labels.items()},
            "pages": _pages(core.pages, _asked_once(core, [page for one in added for page in one.pages])),
        }
    )
    if breaches := integrity.faults(whole):
        raise QuestionnaireFault(breaches)
    return whole


def _asked_once(core: Questionnaire, added: Sequence[Page]) -> list[Page]:
    """The added pages without the questions of consent to quoting, where the core has its own."""
    if not any(item.role == "quote_consent" for item in core.items()):
        return list(added)
    return [
        page.model_copy(
            update={"items": tuple(e for e in page.items if getattr(e, "role", None) != "quote_consent")}
        )
        for page in added
    ]


def _credits(credits: Sequence[Text]) -> Text:
    """One after the other, each said once; one that another says more of is not said again."""
    return Text({language: _once([one.get(language) for one in credits]) for language in credits[0].root})


def _once(credits: Sequence[str]) -> str:
    more = (one for one in credits if not any(one != other and one in other for other in credits))
    return " ".join(dict.fromkeys(more))


def _scales(parts: Sequence[Questionnaire]) -> tuple[Scale, ...]:
    """Each once. QuestionnaireFault when two parts mean different things by one name."""
    scales: dict[str, Scale] = {}
    for part in parts:
        for scale in part.scales:
            if scales.setdefault(scale.id, scale) != scale:
                raise QuestionnaireFault([Fault.error(at(scale=scale.id), "scale_differs", module=part.id)])
    return tuple(scales.values())


def _pages(core: tuple[Page, ...], added: Sequence[Page]) -> tuple[Page, ...]:
    """The pages of the core, with the added ones before those it ends with."""
    first = next((i for i, page in enumerate(core) if page.module in _LAST), len(core))
    end = core[first:]
    background = [page for page in (*end, *added) if page.module == BACKGROUND]
    return (
        *core[:first],
        *(page for page in added if page.module != BACKGROUND),
        *background,
        *(page for page in end if page.module != BACKGROUND),
    )
