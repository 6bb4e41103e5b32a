"""Promises to those who answered: their report says what they said, plainly, and never more than that."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from forms import drafted, languages
from forms.catalogue import read_catalogue
from forms.loading import shipped
from forms.reading import lix
from reports.disclosure import PROFILES
from reports.documents import plain, points, residents
from reports.documents.plain import Plain
from reports.figures import symbols
from reports.figures.people import OF, People
from reports.findings.everywhere import everywhere
from reports.findings.listing import findings_list
from reports.loop import Before, Edition, Loop, Reply
from reports.results import Results
from tests.samples import demonstration, tenants
from tests.samples import report_results as samples

SPOKEN = languages.SPOKEN
NB = Plain("nb", shipped("boindeks"))
SMALL_PRINT = "Boindeks"


def blocks(html: str) -> list[str]:
    """What is read, paragraph by paragraph, in the order in which it stands; without the small print."""
    body = re.sub(r"<svg.*?</svg>", "", html.partition("<main>")[2] or html, flags=re.DOTALL)
    found = re.split(r"</(?:p|h1|h2|h3|li|div|header|section)>", body)
    texts = [" ".join(str(Markup(text).striptags()).split()) for text in found]
    return [text for text in texts if text and SMALL_PRINT not in text]


def headings(html: str) -> list[str]:
    found = re.findall(r"<h2>(.*?)</h2>", html)
    return [str(Markup(text).striptags()) for text in found]


def made(language: str = "nb", *, results: Results | None = None, **more: Any) -> str:
    own = results or tenants.estate()
    found = more.pop("found", None) or tenants.usual(own)
    return residents.html(own, found, more.pop("loop", Loop()), language, **more)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize("language", SPOKEN)
def test_every_language_says_all_of_it_and_with_the_same_blanks(language: str) -> None:
    facts = {key for key in read_catalogue(plain.MESSAGES, "nb") if key.startswith("fact.")}
    said, bokmal = (read_catalogue(plain.MESSAGES, code) for code in (language, "nb"))
    # Questions of the long form, which the questionnaire itself says in the languages that are written.
    said = {key: text for key, text in said.items() if not key.startswith("asked.")}
    assert said.keys() == bokmal.keys() - (facts if language in languages.DRAFTED else set())
    for key, text in said.items():
        fields, wanted = ({name for _, name, _, _ in Formatter().parse(one)} for one in (text, bokmal[key]))
        assert fields - {None} == wanted - {None}, key


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("with_loop", [False, True])
def test_the_report_is_easy_to_read(language: str, with_loop: bool) -> None:
    found = tenants.usual()
    loop = tenants.loop(found) if with_loop else Loop()
    assert lix(blocks(made(language, found=found, loop=loop))) < 30


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_what_a_good_answer_means_is_easy_to_read_for_every_question(language: str) -> None:
    known = read_catalogue(plain.MESSAGES, language)
    facts = [f"De fleste {text}." for key, text in known.items() if key.startswith("fact.")]
    assert len(facts) > 50
    assert lix(facts) < 30


def test_every_question_that_a_finding_can_be_about_is_said_in_plain_words() -> None:
    form = shipped("boindeks")
    asked = [item for item in form.items() if item.one_of and not item.background]
    untold = {item.meaning for item in asked if not NB.fact(item)}
    # Of grades none is better than another, and of how many homes one could choose from no answer is good.
    assert untold == {"medv_individ_grad", "system_grad", "medv_alternativer"}
    assert {item.meaning for item in asked if item.meaning not in points.THEME_OF} == {"medv_alternativer"}


def test_every_theme_has_a_name_in_every_language_and_a_drawing() -> None:
    for theme in (*points.THEMES, "other"):
        assert symbols.of_theme(theme) in symbols.DRAWN
        for language in SPOKEN:
            assert Plain(language, NB.questionnaire).knows(f"theme.{theme}")


def test_a_question_that_was_worded_otherwise_is_quoted_and_not_told_in_our_words() -> None:
    form = shipped("boindeks")
    item = form.item("bolig_hjem")
    assert NB.fact(item)
    other = item.model_copy(update={"text": item.text.model_copy(update={"root": {"nb": "Er det fint?"}})})
    own = [other if one.id == item.id else one for one in form.items()]
    pages = (form.pages[0].model_copy(update={"items": tuple(own)}),)
    changed = Plain("nb", form.model_copy(update={"pages": pages}))
    assert changed.fact(other) == ""
    question, answers = changed.question(other)
    assert question == "«Er det fint?»" and answers == "«litt enig» eller «helt enig»"


# ---------------------------------------------------------------- no more than the interval


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.integers(5, 400))
def test_a_share_is_never_told_as_more_than_its_interval_bears(a: int, b: int, c: int, n: int) -> None:
    low, value, high = sorted((a, b, c))
    if not (low >= 50 or high <= 50):
        return
    own = tenants.estate()
    variant = "strong" if low >= 50 else "weak"
    finding = tenants.finding(own, variant, "bolig_hjem", low, value, high, n=n)
    (good, bad) = points.chosen(NB, [finding])
    (point,) = (*good, *bad)
    row = point.people
    assert row is not None
    if not row.perhaps and "av 10" in point.sentence:
        (tenths,) = re.findall(r"(\d+) av 10", point.sentence)
        assert 10 * int(tenths) - 10 <= low and high <= 10 * int(tenths) + 10
        assert row.full == int(tenths) and 0 < row.full < OF
    else:
        assert 10 * row.full <= low and 10 * (row.full + row.perhaps) >= high
    borne = {
        "Nesten alle": low >= 90,
        "De fleste": low >= 67,
        "Trolig over halvparten": low > 50,
        "Trolig minst halvparten": low >= 50,
        "Trolig høyst halvparten": high <= 50,
        "Trolig under halvparten": high < 50,
        "Få": high <= 33,
        "Nesten ingen": high <= 10,
        "Om lag": True,
    }
    (said,) = [key for key in borne if point.sentence.startswith(f"{key} ")]
    assert borne[said], (said, low, high)


def test_two_people_more_or_less_would_not_make_another_word_of_it() -> None:
    own = tenants.estate()
    few = tenants.finding(own, "strong", "bolig_hjem", 68, 68, 68, n=20, everybody=1)
    (good, _) = points.chosen(NB, [few])
    assert "De fleste" not in good[0].sentence


def test_where_everybody_answered_nothing_is_probably_so() -> None:
    own = tenants.estate()
    known = tenants.finding(own, "change_up", "bolig_hjem", 20, 20, 20, everybody=1)
    unsure = tenants.finding(own, "change_up", "bolig_hjem", 5, 20, 35)
    assert points.chosen(NB, [known])[0][0].sentence.startswith("Flere enn sist")
    assert points.chosen(NB, [unsure])[0][0].sentence.startswith("Trolig flere enn sist")


def test_noise_is_told_the_way_people_speak_of_it_and_the_picture_says_the_same() -> None:
    own = tenants.estate()
    noise = tenants.finding(own, "weak", "bomiljo_stoy", 13, 18, 24)
    (_, (point,)) = points.chosen(NB, [noise])
    assert point.sentence == "Om lag 8 av 10 er plaget av støy av og til eller oftere."
    assert point.people == People(8) and point.short == "2 av 10" and point.good_people == People(2)
    (_, (plain_one,)) = points.chosen(NB, [noise], turning=False)
    assert plain_one.people == plain_one.good_people


def test_a_figure_of_some_of_the_estates_says_so() -> None:
    own = tenants.estate()
    some = tenants.finding(own, "strong", "bolig_hjem", 76, 84, 90, left_out="some")
    page = made(found=tenants.listed(own, [some]))
    assert "Dette gjelder bare leiegårdene vi kan vise tall for." in page


# ---------------------------------------------------------------- what is in it, and in which order


@pytest.mark.parametrize("language", SPOKEN)
def test_it_is_heard_in_its_order(language: str) -> None:
    found = tenants.usual()
    say = Plain(language, NB.questionnaire).say
    order = ("said", "good", "bad", "now", "before", "when", "where", "safe")
    assert headings(made(language, found=found, loop=tenants.loop(found))) == [
        Markup(say(f"{name}.title")).striptags() for name in order
    ]


def test_at_most_three_of_each_the_best_ranked_first_and_on_as_many_themes() -> None:
    own = tenants.estate()
    names = ["bolig_hjem", "bolig_preg", "bolig_fred", "bomiljo_naboer", "kontrakt_kostnad", "kontrakt_varig"]
    found = tenants.listed(own, [tenants.finding(own, "strong", name, 76, 84, 90) for name in names])
    (good, bad) = points.chosen(NB, found.findings)
    assert [str(point.theme) for point in good] == ["Et hjem", "Naboer", "Økonomi"] and bad == ()
    assert "Ingen av svarene viser sikkert noe som er dårlig." in made(found=found)


def test_what_goes_together_and_grades_are_called_neither_good_nor_bad() -> None:
    own = tenants.estate()
    found = [
        tenants.finding(own, name, "medv_individ_grad", 60, 70, 80) for name in ("grade_high", "felt_above")
    ]
    assert points.chosen(NB, found) == ((), ())


def test_only_findings_of_the_place_are_told() -> None:
    first, second = demonstration.waves()
    every = everywhere(second, first)
    found = findings_list(every, PROFILES["offentlig"])
    for results in (every.whole, *every.estates.values()):
        summary, own = points.of_place(results, found)
        assert summary is not None and summary.findings == len(own)
        assert {(one.place.level, one.place.id) for one in own} <= {
            ("estate", results.estate_id) if results.estate_id else ("all", "")
        }
        page = residents.html(results, found, Loop(), "nb")
        others = [report.scope for report in every.estates.values() if report.scope != results.scope]
        if results.estate_id:
            assert not [name for name in others if name in page]
        for name, result in results.items.items():
            item = results.questionnaire.item(name)
            if result.hidden or result.favourable.value is None:
                assert NB.fact(item) == "" or f" {NB.fact(item)}." not in page, name


def test_findings_of_another_round_or_place_are_not_taken_for_these() -> None:
    own = tenants.estate()
    with pytest.raises(ValueError, match="other answers"):
        made(results=own, found=tenants.usual(replace(own, wave_hash="0" * 64)))
    with pytest.raises(ValueError, match="no findings about"):
        made(results=own, found=tenants.usual(replace(own, estate_id="another")))


def test_a_landlord_of_one_estate_has_the_findings_of_the_landlord() -> None:
    own = tenants.estate()
    whole = tenants.usual(replace(own, estate_id=None))
    assert points.of_place(own, whole)[1] == whole.findings


def test_how_many_answered_is_told_to_fives_or_as_the_landlords_report_tells_it() -> None:
    assert "Om lag 95 av 180 hjem svarte." in made()
    for n, of, said in (
        (8, 9, "8 av 9 hjem svarte."),  # fives would make another number of it
        (19, 60, "19 av 60 hjem svarte."),
        (23, 24, "23 av 24 hjem svarte."),
        (22, 60, "Om lag 20 av 60 hjem svarte."),
    ):
        few = tenants.estate(
            n=n, invited=of, coverage=(replace(samples.eksempelvik().coverage[0], invited=of, n=n),)
        )
        assert any(text.startswith(said) for text in blocks(made(results=few))), said
    unknown = tenants.estate(invited=None)
    assert "Vi fikk om lag 95 svar." in made(results=unknown)


def test_a_place_where_too_few_answered_has_one_honest_page() -> None:
    few = samples.too_few()
    found = tenants.listed(few, [], "hidden.few")
    page = residents.html(few, found, Loop(), "nb")
    assert headings(page)[:2] == ["For få har svart", "Dette skjer nå"]
    assert "Færre enn fem har svart. Derfor viser vi ingen svar." in page
    assert "av 10" not in " ".join(blocks(page))


def test_where_answers_are_protected_it_says_so_and_not_that_nothing_is_good() -> None:
    own = tenants.estate()
    page = made(results=own, found=tenants.listed(own, [], "hidden.protected"))
    assert page.count("Svarene kan ikke vises her.") == 2
    assert "Ingen av svarene viser" not in page


# ---------------------------------------------------------------- what comes of it


def test_where_there_is_no_reply_it_says_so_and_when_to_ask() -> None:
    page = " ".join(blocks(made()))
    assert "Utleieren har ikke svart på noe av dette ennå." in page
    assert "Svarene deres blir lagt fram 20. oktober 2025. Spør om svaret da." in page
    assert "Ingen tiltak er avtalt ennå." in page
    undated = tenants.estate(results_on=tenants.estate().closes_on)
    page = " ".join(blocks(made(results=undated)))
    assert "Vi vet ikke når svaret kommer. Spør utleieren." in page
    assert "Det er ikke satt en dato. Spør utleieren." in page


def test_where_all_days_have_passed_it_says_so_and_where_none_was_set_it_does_not() -> None:
    later = Loop(made_on=date(2026, 11, 23))
    page = " ".join(blocks(made(loop=later)))
    assert "Dagen er passert. Ny dato er ikke satt. Spør utleieren." in page
    undated = tenants.estate(results_on=tenants.estate().closes_on)
    page = " ".join(blocks(made(results=undated, loop=later)))
    assert "Det er ikke satt en dato. Spør utleieren." in page and "Dagen er passert" not in page


@pytest.mark.parametrize("kind", ["innfridd", "delvis", "alternativ", "grunn", "parkert"])
@pytest.mark.parametrize("language", SPOKEN)
def test_each_kind_of_reply_is_told_in_words_of_its_own(kind: Any, language: str) -> None:
    found = tenants.usual()
    weak = next(one for one in found.findings if one.variant == "weak")
    reply = Reply(kind, "Fordi.", alternative="Noe annet", place="Årsmøtet", due_on=tenants.DAY)
    page = made(language, found=found, loop=Loop(replies={weak.id: reply}))
    say = Plain(language, NB.questionnaire).say
    assert say(f"reply.{kind}") in page and "Fordi." in page
    assert ("Noe annet" in page) == (kind == "alternativ")
    assert ("Årsmøtet" in page) == (kind == "parkert")
    assert say("reply.none") in page, "to the others nobody has replied"


def test_what_became_of_what_was_agreed_is_told_and_that_nobody_knows() -> None:
    measure = tenants.measure(1, title="Nye lys", status="done", outcome="Lysene er byttet.", effect="better")
    page = " ".join(blocks(made(loop=Loop(before=Before("Runden 2024", (measure,))))))
    assert "Nye lys Nå: ferdig De skriver: Lysene er byttet. Det ble bedre." in page
    assert "Ingen har skrevet ned hva som ble avtalt." in " ".join(blocks(made()))
    first = made(results=tenants.estate(previous_campaign=None))
    assert "Dette ble avtalt sist" not in first, "where nobody has asked before"


@pytest.mark.parametrize("language", SPOKEN)
def test_days_that_have_passed_are_never_told_as_to_come(language: str) -> None:
    found = tenants.usual()
    bad = [one.id for one in found.findings if one.variant == "weak"]
    parked = Reply("parkert", "Vi må vente.", place="Årsmøtet", due_on=tenants.DAY)
    late = tenants.measure(1, *bad, status="planned")
    loop = Loop(replies={bad[0]: parked}, measures=(late,), made_on=tenants.DAY + timedelta(days=1))
    frozen = replace(loop, made_on=None, edition=Edition(1, tenants.DAY + timedelta(days=1)))
    say, day = Plain(language, NB.questionnaire).say, Plain(language, NB.questionnaire).day(tenants.DAY)
    for own in (loop, frozen):
        page = made(language, found=found, loop=own)
        text = " ".join(blocks(page))
        assert say("measure.late", date=day) in page and say("status.planned") in text
        assert say("reply.due_past", date=day) in page
        assert say("reply.when_past", date=Plain(language, NB.questionnaire).day(date(2025, 10, 20))) in page
        assert say("when.passed") in page and "<time" not in page
    before = made(language, found=found, loop=replace(loop, made_on=tenants.DAY))
    assert say("measure.late", date=day) not in before and '<time datetime="2026-03-01">' in before


def test_of_what_was_agreed_last_time_the_houses_own_comes_first() -> None:
    found = tenants.usual()
    own = found.findings[0]
    elsewhere = own.model_copy(update={"id": "other", "place": own.place.model_copy(update={"id": "x"})})
    whole = own.model_copy(
        update={"id": "all", "place": own.place.model_copy(update={"id": "", "level": "all"})}
    )
    common = [tenants.measure(number, "other", "all", title=f"Felles {number}") for number in range(1, 6)]
    mine = tenants.measure(9, own.id, title="Kaffe i fellesrommet")
    before = Before("Runden 2024", (*common, mine), (own, elsewhere, whole))
    told = blocks(made(found=found, loop=Loop(before=before)))
    assert told.index("Kaffe i fellesrommet") < told.index("Felles 1")


def test_a_measure_that_hangs_on_several_findings_is_told_once() -> None:
    found = tenants.usual()
    both = tenants.measure(1, *(one.id for one in found.findings))
    assert blocks(made(found=found, loop=Loop(measures=(both,)))).count("Nye vinduer i oppgang A") == 1


def test_nothing_is_left_out_or_cut_while_there_is_room_for_it() -> None:
    found = tenants.usual()
    ids = [one.id for one in found.findings]
    agreed = tuple(tenants.measure(number, ids[0], title=f"Tiltak {number}") for number in range(1, 6))
    then = Before("Runden 2024", tuple(tenants.measure(n, title=f"Før {n}") for n in range(1, 4)))
    text = "Vi tetter vinduene der det er kaldest, og måler fukt hos alle som sier fra om det i vinter."
    replies = {id: Reply("delvis", text) for id in ids}
    page = " ".join(blocks(made(found=found, loop=Loop(replies=replies, measures=agreed, before=then))))
    assert "Flere tiltak" not in page and "…" not in page
    assert all(f"Tiltak {number}" in page for number in range(1, 6)) and "Før 3" in page


def test_what_somebody_wrote_is_text_and_no_markup() -> None:
    found = tenants.usual()
    page = made(found=found, loop=tenants.loop(found, text="<script>alert(1)</script> & Co"))
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_long_texts_are_cut_between_words_and_that_is_said() -> None:
    found = tenants.usual()
    page = made(found=found, loop=tenants.loop(found, text=tenants.LONG))
    assert "Teksten er kortet ned." in page and " …" in page
    assert "Teksten er kortet ned." not in made(found=found, loop=tenants.loop(found))


# ---------------------------------------------------------------- languages


@pytest.mark.parametrize("language", SPOKEN)
def test_a_draft_says_that_it_is_one_and_what_is_said_in_another_language_is_marked(language: str) -> None:
    found = tenants.usual()
    page = made(language, found=found, loop=tenants.loop(found))
    draft = Plain(language, NB.questionnaire).say("doc.draft")
    assert (str(draft) in page) == (language in languages.DRAFTED)
    assert f'<html lang="{language}" dir="{languages.direction(language)}">' in page
    norwegian = re.findall(r'<bdi lang="(\w+)" dir="ltr">([^<]*)</bdi>', page)
    if language in ("nb", "nn"):
        assert norwegian == []
    else:
        assert ("no", "Vi gjør det i vår.") in norwegian
        assert str(Plain(language, NB.questionnaire).say("doc.norwegian")) in page


@pytest.mark.parametrize("language", languages.DRAFTED)
def test_questions_of_the_short_form_are_told_in_the_language_itself(language: str) -> None:
    own = tenants.estate(questionnaire=drafted.short_form())
    asked = ["bomiljo_trygg_hjemme", "bolig_hjem", "kontrakt_kostnad"]
    found = tenants.listed(own, [tenants.finding(own, "strong", name, 76, 84, 90) for name in asked])
    page = made(language, results=own, found=found)
    assert 'lang="nb"' not in page and 'lang="no"' not in page
    form = drafted.short_form()
    for name in asked:
        assert Markup.escape(form.item(name).text.get(language)) in page


@pytest.mark.parametrize("language", languages.DRAFTED)
def test_questions_of_the_whole_form_are_told_in_the_language_too_as_a_draft(language: str) -> None:
    own, form = tenants.estate(), shipped("boindeks")
    facts = {
        key.removeprefix("fact.") for key in read_catalogue(plain.MESSAGES, "nb") if key.startswith("fact.")
    }
    asked = sorted(meaning for meaning in facts if not meaning.startswith("not."))
    page = Plain(language, own.questionnaire)
    for meaning in asked:
        question, answers = page.question(form.item(meaning))
        assert question and "lang=" not in question + answers, meaning
        assert answers or meaning == "sist_sa_fra", "in the words of the short form"
    found = tenants.listed(
        own, [tenants.finding(own, "strong", name, 76, 84, 90) for name in ("bolig_hjem", "bolig_plass")]
    )
    told = made(language, results=own, found=found)
    assert drafted.short_form().item("bolig_hjem").text.get(language) in told
    assert page.text("asked.bolig_plass") in told and 'lang="nb"' not in told
    assert str(page.say("doc.draft")) in told


def test_a_question_that_was_worded_otherwise_stays_in_norwegian_and_is_marked() -> None:
    own = tenants.estate()
    item = own.questionnaire.item("bolig_plass")
    other = item.model_copy(update={"text": item.text.model_copy(update={"root": {"nb": "Er det stort?"}})})
    question, answers = Plain("pl", own.questionnaire).question(other)
    assert question == Markup('<bdi lang="nb" dir="ltr">„Er det stort?”</bdi>') and 'lang="nb"' in answers


def test_names_keep_their_own_direction_in_arabic() -> None:
    page = made("ar")
    assert '<bdi dir="ltr">Nordlysgata 4–18</bdi>' in page
    assert "\u2068Nordlysgata 4–18\u2069" in residents.title(tenants.estate(), "ar")


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize("language", SPOKEN)
def test_pictures_have_five_words_at_most_and_a_text_of_their_own(language: str) -> None:
    page = made(language, pictures=True)
    words = re.findall(r'<p class="bp-words">(.*?)</p>', page)
    assert len(words) == 8
    for text in words:
        assert len(str(Markup(text).striptags()).split()) <= 5, text
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 20
    for drawing in drawings:
        assert re.search(r"<title id=\"[\w-]+\">[^<]{2,}</title>", drawing)
    ids = re.findall(r'<title id="([\w-]+)"', page)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("variant", ["of10", "nearly_all", "most", "over_half", "half_or_more", "unequal",
                                     "under_half", "few", "nearly_none", "better_before", "worse_before",
                                     "better_rest", "worse_rest", "felt_below", "half_or_fewer"])  # fmt: skip
@pytest.mark.parametrize("language", SPOKEN)
def test_short_words_are_short_with_every_theme(variant: str, language: str) -> None:
    said = Plain(language, NB.questionnaire)
    short = said.text(f"short.{variant}", **({"k": 8} if variant == "of10" else {}))
    for theme in points.THEMES:
        both = said.text("short.pair", theme=said.text(f"theme.{theme}"), short=short)
        assert len(both.split()) <= 5, both


def test_a_row_of_people_says_with_its_shapes_what_it_says_with_its_colour() -> None:
    with pytest.raises(ValueError, match="of 10"):
        People(9, 2)
    page = made(pictures=True)
    row = next(part for part in re.findall(r"<svg class=\"bm-fig\".*?</svg>", page, re.DOTALL))
    assert row.count("<circle") == OF
    striped = made(found=tenants.listed(tenants.estate(), [
        tenants.finding(tenants.estate(), "strong", "bolig_hjem", 57, 70, 82)]), pictures=True)  # fmt: skip
    assert (
        striped.count("M7.5 7.5 H18.5") == 4 and "Tegning: mellom 5 og 9 av 10 figurer er fulle." in striped
    )


def test_the_same_for_the_same() -> None:
    assert made() == made()
    page = residents.web(tenants.estate(), tenants.usual(), Loop(), "nb")
    assert page.lstrip().startswith('<article class="bm-plain" lang="nb" dir="ltr">')
    assert "style=" not in page, "a strict policy of content lets it through"


# ---------------------------------------------------------------- how it was made


@pytest.mark.parametrize("language", SPOKEN)
def test_tenants_read_why_they_were_asked_who_pays_and_where_the_whole_method_is_told(language: str) -> None:
    said = {"purpose": "Vi vil vite mer.", "paid": "Husbanken betaler.", "contact": "Ring Kari, 12 34."}
    results = replace(tenants.estate(), declared={"nb": said})
    page = " ".join(blocks(made(language, results=results, found=tenants.usual(results))))
    plain = Plain(language, results.questionnaire)
    for key, field in (("made.purpose", "purpose"), ("made.paid", "paid"), ("made.contact", "contact")):
        told = plain.say(key, text=plain.marked(said[field], "nb")).striptags()
        assert " ".join(told.split()) in page, key
    assert plain.say("made.full").striptags() in page
    silent = replace(tenants.estate(), declared={})
    assert "Husbanken" not in made(language, results=silent, found=tenants.usual(silent))
