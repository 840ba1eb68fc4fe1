"""What several unit tests ask for."""

from pathlib import Path

import pytest

from sim.dashboard.runs import Run, runs
from tests.browser.synthetic import write_short_run


@pytest.fixture(scope="session")
def short_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a results folder with one short run; nobody writes there."""
    folder = tmp_path_factory.mktemp("short")
    write_short_run(folder)
    return folder


@pytest.fixture(scope="session")
def short_run(short_results: Path) -> Run:
    """Return that run."""
    (found,) = runs(short_results)
    return found
