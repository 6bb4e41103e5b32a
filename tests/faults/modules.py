"""What can be wrong when a module is joined to a questionnaire, an example each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from forms.errors import Fault, QuestionnaireFault
from forms.modules import joined
from tests.questionnaires import questionnaire


def _joined(name: str) -> list[Fault]:
    with pytest.raises(QuestionnaireFault) as caught:
        joined(questionnaire(), [name])
    return list(caught.value.faults)


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "scale_differs": lambda: _joined("puls"),
}
