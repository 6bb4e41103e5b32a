"""What the operator decides, and what she is told when it cannot work."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from survey import serving
from survey.settings import Settings, SettingsFault

KEY = "a secret of at least 32 characters"


def test_nothing_needs_to_be_set_to_try_it_out(tmp_path: Path) -> None:
    settings = Settings.from_environment({"BOSTEMME_HOME": str(tmp_path)})
    assert settings.database_url is None
    assert settings.base_url == "http://localhost:8000"
    assert not settings.demo and not settings.secure


def test_the_made_key_stays_the_same_and_is_for_us_alone(tmp_path: Path) -> None:
    first = Settings.from_environment({"BOSTEMME_HOME": str(tmp_path)})
    assert Settings.from_environment({"BOSTEMME_HOME": str(tmp_path)}).secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_a_real_database_needs_a_key_from_the_operator(tmp_path: Path) -> None:
    settings = Settings.from_environment({"BOSTEMME_HOME": str(tmp_path), "DATABASE_URL": "postgresql:///x"})
    with pytest.raises(SettingsFault, match="BOSTEMME_SECRET_KEY is not set"):
        _ = settings.secret_key
    assert not any(tmp_path.iterdir())


def test_a_short_key_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="has 5 characters") as fault:
        Settings.from_environment({"BOSTEMME_HOME": str(tmp_path), "BOSTEMME_SECRET_KEY": "short"})
    assert "short" not in str(fault.value)


def test_an_address_without_its_beginning_is_refused() -> None:
    with pytest.raises(SettingsFault, match="must start with https://"):
        Settings.from_environment({"BOSTEMME_BASE_URL": "svar.example.no", "BOSTEMME_SECRET_KEY": KEY})


def test_different_keys_lead_to_different_secrets() -> None:
    one, two = (Settings.from_environment({"BOSTEMME_SECRET_KEY": KEY + end}) for end in "ab")
    assert one.secret_key != two.secret_key
    assert len(one.secret_key) == len(two.secret_key) == 32


def test_the_office_alone_is_announced_where_it_answers_and_not_where_tenants_go(tmp_path: Path) -> None:
    given = {"BOSTEMME_HOME": str(tmp_path), "BOSTEMME_BASE_URL": "http://localhost:8131"}
    both = Settings.from_environment(given)
    office = replace(both, only="office")
    assert serving.address(office, "127.0.0.1", 8132) == "http://127.0.0.1:8132/kontor"
    assert serving.address(both, "127.0.0.1", 8131) == "http://localhost:8131"
    assert serving.address(both, "127.0.0.1", 8130) == "http://localhost:8130", "not where links lead"
