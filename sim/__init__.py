"""Agent-based simulation of the three-carrier data market.

The public names are loaded on first use (PEP 562), so that `import sim` costs nothing.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.model import Market
    from sim.scenario.load import load_scenario
    from sim.scenario.schema import Scenario
    from sim.simulate import RunResult, run
    from sim.studies.compare import compare
    from sim.studies.comparison import Comparison
    from sim.studies.continuing import branch, resume
    from sim.studies.study import Study, open_study

    __version__: str

__all__ = [
    "Comparison",
    "Market",
    "RunResult",
    "Scenario",
    "Study",
    "__version__",
    "branch",
    "compare",
    "load_scenario",
    "open_study",
    "resume",
    "run",
]

_HOMES = {
    "Comparison": "sim.studies.comparison",
    "Market": "sim.model",
    "RunResult": "sim.simulate",
    "Scenario": "sim.scenario.schema",
    "Study": "sim.studies.study",
    "branch": "sim.studies.continuing",
    "compare": "sim.studies.compare",
    "load_scenario": "sim.scenario.load",
    "open_study": "sim.studies.study",
    "resume": "sim.studies.continuing",
    "run": "sim.simulate",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version("backward-traffic-sim")
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
