"""A study whose runs take no time: `python quick_study.py batch …` is `sim batch …` with them.

Worker processes import the main script anew, so they have the same stand-in for the market. Each
run that is made is a line of the file $QUICK_LOG. Seeds named in $QUICK_FAULTS fail, in chosen
ways, as long as there is no file $QUICK_MENDED.
"""

import json
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd

from sim.core.errors import InvariantError
from sim.simulate import RunResult
from sim.studies import jobs

SECONDS = float(os.environ.get("QUICK_SECONDS", "0.01"))


FAULTS = json.loads(os.environ.get("QUICK_FAULTS", "{}"))  # how, by seed
MENDED = Path(os.environ.get("QUICK_MENDED", "/nonexistent"))


def fail(how):
    if how == "exception":
        raise ZeroDivisionError("a strategy divides by zero")
    if how == "invariant":
        raise InvariantError("the books do not balance")
    if how == "death":
        os._exit(9)


def run_together(scenarios, seed, fidelity):
    results = []
    for scenario in scenarios:
        time.sleep(SECONDS)
        if not MENDED.exists():
            fail(FAULTS.get(str(seed)))
        with open(os.environ["QUICK_LOG"], "a") as log:  # noqa: PTH123  appended in one piece
            log.write(f"{scenario.name} {seed}\n")
        numbers = np.arange(5) * (seed + 1) / (1 + len(scenario.name))
        months = [f"2017-{month:02d}" for month in range(1, 6)]
        table = pd.DataFrame({"month": months, "lines": numbers})
        results.append(RunResult(scenario, seed, fidelity, {"carrier_month": table}))
    return results


jobs.run_together = run_together
jobs.warm_up = lambda: None

if __name__ == "__main__":
    from sim.cli import main

    main()
