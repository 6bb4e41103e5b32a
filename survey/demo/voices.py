"""What the made-up tenants write in their own words, read from `data/voices.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import yaml

FILE = Path(__file__).parent / "data" / "voices.yaml"
WRITES = 0.42
"""Share that writes something under each open question."""
ITEMS = {"apent_bra": "bra", "apent_bedre": "bedre", "apent_hort": "hort"}

Voices = dict[str, dict[str, list[dict[str, str]]]]
"""bra | bedre | hort -> object ('alt' fits all) -> sentences by language."""


@cache
def voices() -> Voices:
    with FILE.open(encoding="utf-8") as file:
        read: Voices = yaml.safe_load(file)
    return read


def texts_of(
    random: np.random.Generator, language: str, latent: Mapping[str, float], item_ids: set[str]
) -> dict[str, str]:
    """Item id -> text. People praise what they are most content with and complain about the opposite."""
    by_opinion = sorted((name for name in latent if name != "medvirkning"), key=latent.__getitem__)
    told: dict[str, str] = {}
    for item_id, kind in ITEMS.items():
        if random.random() > WRITES or item_id not in item_ids:
            continue
        subject = by_opinion[-1] if kind == "bra" else by_opinion[0]
        pool = [*voices()[kind][subject], *voices()[kind]["alt"]]
        size = 1 if random.random() < 0.6 else 2
        chosen = random.choice(len(pool), size=size, replace=False)
        told[item_id] = " ".join(pool[place][language] for place in chosen)
    return told
