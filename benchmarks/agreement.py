"""Whether users who draw come, on average, to where expected flows lead.

`python -m benchmarks.agreement --folder DIR` runs every scenario under the same seeds in both
fidelities, at several numbers of users, and writes the table in docs/performance.md. Each is a
study in the folder, so a measurement that was stopped goes on where it was. What a seed draws for
firms is the same in both, so that the difference is the users' noise alone: its mean should be
nothing, and its spread fall as one over the square root of their number (V39).
"""

from __future__ import annotations

import argparse
import json
import math
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.scenario.shipped import scenario_names
from sim.studies.batch import batch
from sim.studies.completing import Tally
from sim.studies.executors import Processes, cpus
from sim.studies.study import open_study
from sim.studies.study_file import load_design

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGIN, END = "<!-- agreement: begin -->", "<!-- agreement: end -->"
COMPARED = ("subscriber_share", "data_revenue", "traffic")
KEYS = ["scenario", "name", "carrier"]


def results(
    scenarios: Sequence[str], seeds: int, months: int, users: int | None, folder: Path
) -> pd.DataFrame:
    """Return the last year's results: a row a scenario, metric and carrier, a column a seed."""
    name = "expected" if users is None else f"individual-{users}"
    written = {
        "scenarios": list(scenarios),
        "seeds": seeds,
        "months": months,
        "outputs": ["metric_year"],
    } | ({} if users is None else {"users": users})
    file = folder / f"{name}.yaml"
    file.write_text(json.dumps(written), encoding="utf-8")
    batch(load_design(file), folder / name, Processes(cpus()), nobody)
    kept = ", ".join(f"'{metric}'" for metric in COMPARED)
    found = open_study(folder / name).query(
        f"""
        select scenario, name, carrier, seed, value from metric_year join runs using (run)
        where name in ({kept}) and carrier is not null
        and year = (select max(year) from metric_year)
        """  # noqa: S608  names of this file
    )
    return found.pivot_table(index=KEYS, columns="seed", values="value").sort_index()


def nobody(_: Tally) -> None:
    """Say nothing."""


def differences(
    scenarios: Sequence[str], seeds: int, months: int, sizes: Sequence[int], folder: Path
) -> pd.DataFrame:
    """Return mean difference, spread and z of every result: a row a result and size."""
    expected = results(scenarios, seeds, months, None, folder)
    frames = []
    for users in sizes:
        gap = results(scenarios, seeds, months, users, folder) / expected - 1.0
        spread = gap.std(axis=1, ddof=1)
        z = gap.mean(axis=1) / (spread / math.sqrt(seeds))
        frames.append(pd.DataFrame({"users": users, "gap": gap.mean(axis=1), "sd": spread, "z": z}))
    return pd.concat(frames).reset_index()


def slope(found: pd.DataFrame) -> float:
    """Return the slope of the log of the spread on the log of the number of users."""
    logs = found.assign(
        sd=[math.log(sd) for sd in found["sd"]], n=[math.log(n) for n in found["users"]]
    )
    means = logs.groupby("users")[["n", "sd"]].mean()
    centred = means - means.mean()
    return float((centred["n"] * centred["sd"]).sum() / (centred["n"] ** 2).sum())


def table(found: pd.DataFrame) -> str:
    """Return a Markdown table: a row a number of users and a metric."""
    lines = ["| users | result | largest mean difference | mean spread | largest z |"]
    lines.append("|---:|---|---:|---:|---:|")
    for (users, name), rows in found.groupby(["users", "name"]):
        lines.append(
            f"| {users:,} | {name} | {rows['gap'].abs().max():.2e} | {rows['sd'].mean():.2e} | "
            f"{rows['z'].abs().max():.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--users", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--scenarios", nargs="+", default=[name for name in scenario_names() if name != "history"]
    )
    parser.add_argument("--folder", type=Path, help="where runs are kept; else nowhere")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as nowhere:
        folder = asked.folder or Path(nowhere)
        folder.mkdir(parents=True, exist_ok=True)
        found = differences(asked.scenarios, asked.seeds, asked.months, asked.users, folder)
    count = len(found) // len(asked.users)
    head = (
        f"{len(asked.scenarios)} scenarios, {asked.seeds} seeds, {asked.months} months from the "
        f"branch on; {count} results at each number of users, relative to expected flows. Largest "
        f"|z| {found['z'].abs().max():.2f}; slope of the spread {slope(found):.3f}."
    )
    page = DOCS / "performance.md"
    text = f"{BEGIN}\n{head}\n\n{table(found)}\n{END}"
    before = page.read_text("utf-8")
    page.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: text, before, flags=re.DOTALL), "utf-8")
    print(head, table(found), sep="\n\n")


if __name__ == "__main__":
    main()
