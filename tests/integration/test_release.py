"""What a researcher, and a tenant in the file, can count on in a data release."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import numpy as np
import polars as pl
import pyreadstat
import pytest

from forms.answers import Answers, Layout
from forms.loading import dump, from_document, shipped
from forms.questionnaire import Questionnaire
from reports.compute import compute
from reports.releases import bundle, formats, pages
from reports.releases.anonymity import frequencies
from reports.releases.dataset import HIDDEN, protect
from reports.releases.errors import NothingToRelease, UnknownKeys
from reports.releases.shares import lines_of, results_of
from reports.releases.wording import MESSAGES, wording
from reports.waves import GROUPS, Estate, Wave, WaveInfo, assemble

SECRET = "Naboen i nummer ni heter Solveig"


def _wave(sizes: dict[str, int], seed: int = 1, questionnaire: Questionnaire | None = None) -> Wave:
    questionnaire = questionnaire or shipped("boindeks")
    random = np.random.default_rng(seed)
    layout = Layout.of(questionnaire)
    rows: list[tuple[str, str, str, bytes]] = []
    for estate, n in sizes.items():
        for _ in range(n):
            answers: Answers = {}
            for item in questionnaire.items():
                codes = [choice.code for choice in questionnaire.choices(item)]
                if item.kind == "choice" and random.random() < 0.9:
                    answers[item.id] = int(random.choice(codes))
                elif item.kind == "multi":
                    answers[item.id] = sorted(int(c) for c in random.choice(codes[:-1], 2, replace=False))
            rows.append((estate, "nb", "web", layout.pack(answers)))
    frame = pl.DataFrame([row[:3] for row in rows], schema=dict.fromkeys(GROUPS, pl.String), orient="row")
    codes = np.array([list(row[3]) for row in rows], np.uint8)
    frame = frame.with_columns(
        pl.Series(slot.name, codes[:, i], pl.UInt8) for i, slot in enumerate(layout.slots)
    )
    texts = pl.DataFrame({"estate": ["e1"], "item": ["apent_bra"], "language": ["nb"], "text": [SECRET]})
    info = WaveInfo(
        organisation_id=UUID(int=1),
        campaign_id=UUID(int=2),
        campaign="Runde 1",
        organisation="Eksempelvik",
        fictitious=True,
        questionnaire=questionnaire,
        estates=tuple(Estate(id, f"Gård {id}", "Sentrum", 40) for id in sizes),
        opens_on=date(2025, 1, 1),
        closes_on=date(2025, 1, 31),
        results_on=date(2025, 2, 15),
        languages=("nb", "nn", "en"),
    )
    return assemble(info, frame, texts)


@pytest.fixture(scope="module")
def wave() -> Wave:
    return _wave({"e1": 95, "e2": 30, "e3": 6, "e4": 3})


def test_nobody_in_the_file_stands_alone_on_estate_and_background(wave: Wave) -> None:
    dataset = protect(wave)
    keys = dataset.frame.select("estate", *dataset.risk.keys).to_numpy().astype(np.int16)
    assert dataset.risk.keys == wave.questionnaire.release_keys
    assert frequencies(keys).min() >= 5
    assert dataset.risk.smallest_group_after >= 5
    assert dataset.risk.unique_before > 0


def test_a_small_estate_is_never_named_and_one_below_five_is_not_there_at_all(wave: Wave) -> None:
    dataset = protect(wave)
    assert dataset.risk.records_released == 125
    assert dataset.risk.left_out_records == 9
    assert dataset.variables[0].values == {1: "Gård e1 (Sentrum)", 2: "Gård e2 (Sentrum)"}


def test_two_small_estates_are_left_out_for_reports_would_say_which_records_are_whose() -> None:
    dataset = protect(_wave({"e1": 20, "e2": 6, "e3": 7, "e4": 4}))
    assert dataset.frame["estate"].value_counts(sort=True).rows() == [(1, 20)]
    assert (dataset.risk.pooled_estates, dataset.risk.left_out_records) == (0, 17)


def test_free_text_language_mode_and_sensitive_items_are_not_in_the_bundle(wave: Wave) -> None:
    document = dump(wave.questionnaire)
    next(item for page in document["pages"] for item in page["items"] if item["id"] == "bomiljo_stoy")[
        "sensitive"
    ] = True
    made = bundle.make(replace(wave, questionnaire=from_document(document)))
    archive = zipfile.ZipFile(io.BytesIO(made.content))
    for name in archive.namelist():
        assert SECRET.encode() not in archive.read(name)
    columns = set(made.dataset.frame.columns)
    assert not columns & {"language", "mode", "apent_bra", "bomiljo_stoy"}
    assert made.dataset.risk.dropped["sensitive"] == ("bomiljo_stoy",)


def test_answers_declared_as_one_band_are_one_in_the_file_and_the_codebook_says_so(wave: Wave) -> None:
    dataset = protect(wave)
    years = next(variable for variable in dataset.variables if variable.name == "botid")
    assert years.values[1] == "Under ett år / 1–2 år / 3–5 år"
    assert set(dataset.frame["botid"].unique()) <= set(years.values) == {1, 4, HIDDEN}
    assert "Under ett år / 1–2 år / 3–5 år" in pages.codebook(dataset)
    assert "bredere grupper: alder, husstand, botid, sprak" in pages.risk(dataset)


def test_bands_save_more_answers_than_they_blur(wave: Wave) -> None:
    fine = replace(wave, questionnaire=wave.questionnaire.model_copy(update={"release_bands": {}}))
    assert protect(wave).risk.blanked_share < protect(fine).risk.blanked_share - 0.05


def test_an_item_that_all_in_an_estate_answered_alike_is_hidden_there(wave: Wave) -> None:
    alike = wave.frame.with_columns(
        pl.when(pl.col("estate") == "e2")
        .then(pl.lit(1, pl.UInt8))
        .otherwise("bolig_hjem")
        .alias("bolig_hjem")
    )
    dataset = protect(assemble(wave, alike, wave.texts))
    assert set(dataset.frame.filter(estate=2)["bolig_hjem"]) == {HIDDEN}
    assert HIDDEN not in set(dataset.frame.filter(estate=1)["bolig_hjem"])
    assert dataset.risk.alike >= 1


def test_answers_are_released_as_they_were_given(wave: Wave) -> None:
    dataset = protect(wave)
    for item_id in ("bolig_standard", "utleier_alvor", "nytter_a_si_fra"):
        given = wave.frame.filter(pl.col("estate") == "e1")[item_id].cast(pl.Int16).replace(0, None)
        released = dataset.frame.filter(estate=1)[item_id]
        assert sorted(given.drop_nulls()) == sorted(released.drop_nulls())
        assert given.null_count() == released.null_count()
    picked = dataset.frame.select(c for c in dataset.frame.columns if c.startswith("delta_mate__"))
    assert set(picked.sum_horizontal()) == {2}


def test_the_same_wave_gives_the_same_bytes(wave: Wave) -> None:
    first = bundle.make(wave).content
    assert bundle.make(wave).content == first
    shuffled = assemble(wave, wave.frame.sample(fraction=1.0, shuffle=True, seed=3), wave.texts)
    assert bundle.make(shuffled).content == first


def test_the_order_of_the_records_tells_nothing(wave: Wave) -> None:
    estates = protect(wave).frame["estate"].to_list()
    assert estates != sorted(estates)


def test_all_three_formats_hold_the_same_records_and_spss_has_labels(wave: Wave, tmp_path: Path) -> None:
    made = bundle.make(wave)
    archive = zipfile.ZipFile(io.BytesIO(made.content))
    stem = made.dataset.name
    assert sorted(Path(name).name for name in archive.namelist()) == sorted(
        [f"{stem}.csv", f"{stem}.parquet", f"{stem}.sav", "codebook.html", "risk.html"]
    )
    parquet = pl.read_parquet(io.BytesIO(archive.read(f"{stem}/{stem}.parquet")))
    assert parquet.equals(made.dataset.frame)
    csv = pl.read_csv(io.BytesIO(archive.read(f"{stem}/{stem}.csv")), schema=parquet.schema)
    assert csv.equals(parquet)
    file = tmp_path / "data.sav"
    file.write_bytes(archive.read(f"{stem}/{stem}.sav"))
    frame, meta = pyreadstat.read_sav(file, output_format="polars", user_missing=True)
    assert frame.cast(pl.Int16).equals(parquet)
    assert meta.column_names_to_labels["bolig_hjem"] == "Boligen føles som et hjem."
    assert meta.variable_value_labels["bolig_hjem"][5.0] == "Helt enig"
    assert meta.variable_value_labels["alder"][float(HIDDEN)] == "Ikke oppgitt eller skjult"
    assert meta.missing_ranges["alder"] == [{"lo": 252.0, "hi": 255.0}]
    assert str(meta.creation_time) == "2025-01-31 00:00:00"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_codebook_and_risk_page_are_complete_in_every_language(wave: Wave, language: str) -> None:
    dataset = protect(wave, language)
    codebook, risk = pages.codebook(dataset), pages.risk(dataset)
    for variable in dataset.variables:
        assert f"<code>{variable.name}</code>" in codebook
    assert f'<html lang="{language}">' in codebook
    assert wording(language)("release.fictitious") in codebook
    assert wave.content_hash in codebook
    assert wave.content_hash in risk
    assert "<html" not in pages.risk_body(dataset)


def test_the_codebook_tells_no_number_of_fewer_than_five_and_none_that_the_report_hides() -> None:
    wave = _wave({"e1": 60, "e2": 12})
    report = compute(wave, None)
    dataset = protect(wave)
    book = pages.codebook(dataset)
    assert not re.search(r'<td class="n"[^>]*>[1-4]</td></tr>', book)
    told = lines_of(dataset, results_of(dataset), str)
    for variable in dataset.variables:
        result = report.items.get(variable.item_id)
        for line in told[variable.name]:
            if line.share and result is not None and not variable.picks:
                (part,) = [segment for segment in result.segments if line.code in segment.codes]
                assert part.n >= 5 or part.n == float(line.share) == 0
    hidden = {name for name, result in report.items.items() if result.hidden}
    assert not [line for v in dataset.variables if v.item_id in hidden for line in told[v.name] if line.share]
    assert any(line.rows > 1 for lines in told.values() for line in lines)
    assert '<td class="n">1</td></tr>' not in pages.risk(dataset)


def test_the_codebook_gives_no_share_that_less_the_records_is_what_was_blanked_or_left_out() -> None:
    whole, left = protect(_wave({"e1": 60, "e2": 40})), protect(_wave({"e1": 60, "e2": 6}))
    assert left.risk.left_out_records and not whole.risk.left_out_records, "or this is no test"
    assert not any(line.share for own in lines_of(left, results_of(left), str).values() for line in own)
    told = lines_of(whole, results_of(whole), str)
    shared = next(v for v in whole.variables if v.role == "item" and any(line.share for line in told[v.name]))
    frame = whole.frame.with_columns(
        pl.when(pl.int_range(pl.len()) < 40).then(252).otherwise(pl.col(shared.name)).alias(shared.name)
    )
    blanked = replace(whole, frame=frame)
    again = lines_of(blanked, results_of(blanked), str)
    assert not any(line.share for line in again[shared.name])


def test_the_same_records_are_the_same_bytes_whatever_their_estates_are_called_inside() -> None:
    one, other = (_wave({name: 30, f"{name}x": 20}) for name in ("a", "b"))
    named = [
        replace(wave, estates=tuple(replace(e, name=f"Gård {i}") for i, e in enumerate(wave.estates)))
        for wave in (one, other)
    ]
    first, second = (protect(w) for w in named)
    assert named[0].content_hash != named[1].content_hash
    assert formats.csv(first) == formats.csv(second)
    assert formats.parquet(first) == formats.parquet(second)


def test_catalogues_have_the_same_sentences() -> None:
    keys = [
        {line for line in (MESSAGES / f"{language}.po").read_text("utf-8").splitlines() if "msgid" in line}
        for language in ("nb", "nn", "en")
    ]
    assert keys[0] == keys[1] == keys[2]


def test_a_questionnaire_without_keys_can_be_released() -> None:
    dataset = protect(_wave({"e1": 20, "e2": 30}, questionnaire=shipped("copenhagen")))
    assert dataset.risk.keys == ()
    assert dataset.risk.smallest_group_after == 20


def test_too_few_answers_are_refused_and_so_is_a_key_that_is_no_closed_question() -> None:
    with pytest.raises(NothingToRelease):
        protect(_wave({"e1": 9}))
    wave = _wave({"e1": 20})
    with pytest.raises(UnknownKeys):
        protect(
            replace(
                wave, questionnaire=wave.questionnaire.model_copy(update={"release_keys": ("apent_bra",)})
            )
        )
