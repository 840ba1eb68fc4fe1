"""A strategy that fails in chosen ways, as a package that looks installed."""

import os
from pathlib import Path

SOURCE = '''
import os
from pathlib import Path

from pydantic import Field

from sim.core.errors import InvariantError
from sim.strategies import carrier_strategies
from sim.strategies.carrier.hold import Hold

MENDED = Path(os.environ.get("FAULTY_MENDED", "/nonexistent"))


@carrier_strategies.add("faulty")
class Faulty(Hold):
    """Hold the price, or fail, in a chosen way."""

    how: str = Field(examples=["well"], description="well, exception, invariant or death")

    def decide(self, view):
        if not MENDED.exists():
            if self.how == "exception":
                raise ZeroDivisionError("a strategy divides by zero")
            if self.how == "invariant":
                raise InvariantError("the books do not balance")
            if self.how == "death":
                os._exit(9)
        return super().decide(view)
'''


def install(folder: Path) -> None:
    """Write the package into a folder; it is found where the folder is on the path."""
    (folder / "faulty_strategy.py").write_text(SOURCE)
    about = folder / "faulty_strategy-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty-strategy\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[sim.plugins]\nfaulty = faulty_strategy\n")


def environment(folder: Path, root: Path, mended: Path) -> dict[str, str]:
    """Return the environment in which the package is found."""
    path = os.pathsep.join([str(folder), str(root)])
    return os.environ | {"PYTHONPATH": path, "FAULTY_MENDED": str(mended)}
