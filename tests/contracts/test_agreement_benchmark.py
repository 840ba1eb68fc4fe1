"""The measurement of how far the two fidelities agree goes on where it was stopped."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks import agreement
from sim.studies.executors import Serial


class Idle:
    """Does nothing, and objects to work."""

    workers = 1

    def run(self, _: Any, jobs: Iterable[Any]) -> Iterator[Any]:
        assert list(jobs) == []
        return iter(())


def test_what_was_measured_before_is_not_simulated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement, "Processes", lambda _: Serial())
    found = agreement.differences(["business_as_usual"], 2, 1, [1_000], tmp_path)
    monkeypatch.setattr(agreement, "Processes", lambda _: Idle())
    again = agreement.differences(["business_as_usual"], 2, 1, [1_000], tmp_path)

    pd.testing.assert_frame_equal(again, found)
    assert set(found["name"]) == set(agreement.COMPARED)
    assert found["gap"].abs().min() > 0.0
    with pytest.raises(AssertionError):
        agreement.differences(["business_as_usual"], 3, 1, [1_000], tmp_path)
