"""Laws and duties that a finding may bear on, as codes; their names stand in the message catalogue (`law.*`).

From the reports: boligsosiallova (LOV-2022-12-20-121), husleieloven kap. 6 (004:506-516), plan- og
bygningsloven (004:4697-4701), kommuneloven (004:1185-1191), barnekonvensjonen art. 12 (004:1238-1262). A name
says where to look, and quotes nothing.
"""

from __future__ import annotations

from pathlib import Path

from forms.catalogue import translator

MESSAGES = Path(__file__).parent / "messages"

LAWS: tuple[str, ...] = (
    "boligsosiallova",
    "boligsosiallova_6",
    "husleieloven_6",
    "plan_bygning_5_1",
    "plan_bygning_5_2",
    "kommuneloven_5_12",
    "folkehelseloven",
    "barnekonvensjonen_12",
    "sosialtjenesteloven_15",
    "helse_omsorg_3_7",
    "personvern",
    "universell_utforming",
)


def names(language: str) -> dict[str, str]:
    """Code -> what people read, in the order of `LAWS`."""
    t = translator(MESSAGES, language)
    return {code: t(f"law.{code}") for code in LAWS}
