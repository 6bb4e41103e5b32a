"""A panel's persons as research data: side by side over the waves, and alike with four others in all."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path

import polars as pl
import pyreadstat
import pytest
from click.testing import CliRunner

from reports.errors import BrokenSeal
from reports.releases import bundle
from reports.releases.anonymity import frequencies
from reports.releases.errors import NothingToRelease, ReleaseRefused
from reports.releases.linked import protect_linked
from reports.waves import LinkedWave
from survey.ballots.keys import KeyFolder
from survey.campaigns import breakdowns, waves
from survey.cli import main
from survey.database.pool import Database
from tests.panels import Series, begin, end_wave, next_wave, send_all
from tests.tenants import ORGANISATION


async def _held(database: Database, keys: KeyFolder) -> Series:
    """Three waves in estates of 40, 30 and 7; six drop out after the first, some refuse."""
    series = await begin(database, [40, 30, 7])
    large, middle, small = (series.tenants[estate] for estate in series.tenants)
    for wave in (1, 2, 3):
        if wave > 1:
            await next_wave(database, series)
        here = [*large[: 36 if wave == 1 else 30], *middle[:20], *small[:6]]
        await send_all(database, here, refusing=middle[:6], seed=wave)
        await end_wave(database, keys, series)
    return series


async def _linked(database: Database, series: Series) -> tuple[LinkedWave, ...]:
    return await waves.load_linked(database, series.organisation_id, series.now)


async def test_a_record_is_a_person_with_the_answers_of_each_wave_side_by_side(
    database: Database, keys: KeyFolder
) -> None:
    series = await _held(database, keys)
    made = protect_linked(await _linked(database, series))
    frame = made.frame
    assert frame.height == 44, "thirty of the large estate, fourteen of the middle one that agreed"
    assert frame["person"].to_list() == list(range(1, 45))
    assert frame["waves"].unique().to_list() == [7]
    async with database.owner() as connection:
        answered = await connection.fetch(
            "select array_agg((r.answers->>'bolig_hjem')::int order by c.wave) as said"
            " from answers.responses r join registry.campaigns c on c.id = r.campaign_id"
            " where person is not null and r.estate_id <> $1 group by person having count(*) = 3",
            list(series.tenants)[2],  # a single estate of six cannot be named, nor hidden among others
        )
    truth = sorted(tuple(row["said"]) for row in answered)
    columns = [f"w{wave}_bolig_hjem" for wave in (1, 2, 3)]
    assert sorted(frame.select(columns).rows()) == truth
    assert not any("bedre" in name for name in frame.columns), "no free text"


async def test_no_pseudonym_leaves_and_the_order_of_persons_is_not_that_of_pseudonyms(
    database: Database, keys: KeyFolder
) -> None:
    series = await _held(database, keys)
    made = bundle.make_linked(await _linked(database, series))
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select distinct person from answers.responses where person is not null"
        )
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        files = {Path(name).suffix: archive.read(name) for name in archive.namelist()}
    for content in files.values():
        assert not any(row["person"] in content or row["person"].hex().encode() in content for row in rows)
    again = bundle.make_linked(await _linked(database, series))
    assert again.content == made.content, "the same waves, the same bytes"
    assert pl.read_csv(files[".csv"]).height == pl.read_parquet(files[".parquet"]).height == 44
    assert b"w1_ er b" in files[".html"] or b"Radene er personer" in files[".html"]


async def test_spss_reads_the_persons_and_their_labels(
    database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    made = bundle.make_linked(await _linked(database, await _held(database, keys)))
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".sav"))
        (tmp_path / "data.sav").write_bytes(archive.read(name))
    read, meta = pyreadstat.read_sav(tmp_path / "data.sav")
    assert len(read) == 44 and read["person"].notna().all()
    assert meta.column_names_to_labels["w2_bolig_hjem"].startswith("Bølge 2: ")


async def test_every_record_is_alike_with_four_others_in_estate_waves_and_keys(
    database: Database, keys: KeyFolder
) -> None:
    series = await begin(database, [40])
    links = series.everybody
    for wave in (1, 2, 3):
        if wave > 1:
            await next_wave(database, series)
        here = links[:36] if wave == 1 else links[:24] if wave == 2 else [*links[:16], *links[24:36]]
        await send_all(database, here, seed=wave)
        await end_wave(database, keys, series)
    made = protect_linked(await _linked(database, series))
    keyed = [v.name for v in made.variables if v.role in ("estate", "key")]
    assert len(made.frame["waves"].unique()) > 1
    assert frequencies(made.frame.select(keyed).to_numpy()).min() >= 5
    assert made.risk.smallest_group_after >= 5


async def test_answers_changed_after_sealing_are_not_released(database: Database, keys: KeyFolder) -> None:
    series = await _held(database, keys)
    async with database.owner() as connection:
        await connection.execute(
            "update answers.responses set codes = set_byte(codes, 0, 99) where person is not null"
        )
    with pytest.raises(BrokenSeal, match="not those of its sealed wave"):
        protect_linked(await _linked(database, series))


async def test_one_wave_links_nobody(database: Database, keys: KeyFolder) -> None:
    series = await begin(database, [40])
    await send_all(database, series.everybody[:30])
    await end_wave(database, keys, series)
    with pytest.raises(NothingToRelease):
        protect_linked(await _linked(database, series))


def test_the_command_writes_the_persons_of_a_panel_and_refuses_a_round_that_follows_nobody(
    database_url: str, keys: KeyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def prepare() -> None:
        opened = await Database.connect(database_url)
        try:
            series = await _held(opened, keys)
            async with opened.owner() as connection:
                await connection.execute(
                    "update registry.campaigns set name = 'Bølge ' || wave where panel_id = $1",
                    series.panel_id,
                )
        finally:
            await opened.close()

    asyncio.run(prepare())
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 32)
    command = ["release", "--organisation", ORGANISATION, "--language", "nb", "--linked"]
    file = tmp_path / "panel.zip"
    done = CliRunner().invoke(main, [*command, "--round", "Bølge 3", "--output", str(file)])
    assert done.exit_code == 0, done.output
    assert zipfile.is_zipfile(file) and "44" in done.output

    async def unpanel() -> None:
        opened = await Database.connect(database_url)
        try:
            async with opened.owner() as connection:
                await connection.execute(
                    "update registry.campaigns set panel_id = null, wave = null where name = 'Bølge 3'"
                )
        finally:
            await opened.close()

    single = [*(part for part in command if part != "--linked"), "--round", "Bølge 2"]
    twice = CliRunner().invoke(main, [*single, "--output", str(tmp_path / "en.zip")])
    assert twice.exit_code == 1 and "--other-readers" in twice.output and not (tmp_path / "en.zip").exists()
    others = CliRunner().invoke(main, [*single, "--other-readers", "--output", str(tmp_path / "en.zip")])
    assert others.exit_code == 0, others.output

    asyncio.run(unpanel())
    refused = CliRunner().invoke(
        main, [*command, "--round", "Bølge 3", "--output", str(tmp_path / "annet.zip")]
    )
    assert refused.exit_code == 1 and "følger ikke de samme personene" in refused.output


async def test_persons_over_other_waves_are_another_file_and_not_handed_to_the_same_people(
    database: Database, keys: KeyFolder
) -> None:
    """Each file blanks keys by itself, and answers say who is who in both."""
    linked = await _linked(database, await _held(database, keys))
    made = await breakdowns.release_linked(database, linked[:2], "nb")
    with pytest.raises(ReleaseRefused) as refused:
        await breakdowns.release_linked(database, linked, "nb")
    assert refused.value.key == "release.other_kind"
    again = await breakdowns.release_linked(database, linked[:2], "nb")
    assert again.content == made.content, "the same file once more is not another one"
    await breakdowns.release_linked(database, linked, "nb", other_readers=True)
    with pytest.raises(ReleaseRefused):
        await breakdowns.release_linked(database, linked[:2], "nb")


async def test_a_round_handed_to_others_counts_when_its_persons_are_asked_for_again(
    database: Database, keys: KeyFolder
) -> None:
    linked = await _linked(database, await _held(database, keys))
    await breakdowns.release_linked(database, linked, "nb")
    await breakdowns.release(database, linked[1].wave, "nb", other_readers=True)
    with pytest.raises(ReleaseRefused):
        await breakdowns.release_linked(database, linked, "nb")
