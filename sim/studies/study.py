"""A study on disk: what was asked, what is there, and answers from it, read when asked for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.core.errors import RequestError
from sim.core.kernels import code_digest
from sim.metrics import Period
from sim.store import SCHEMA
from sim.store.database import answer
from sim.store.index import Index
from sim.store.provenance import manifest
from sim.store.reader import read_manifest
from sim.store.writer import MANIFEST, replace_text
from sim.studies.completing import Plan
from sim.studies.design import Design

FORMAT = 1  # of a study's manifest
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def open_study(path: Path | str) -> "Study":
    """Return a study by its folder; nothing but its design is read before it is asked for.

    A `RequestError` says why a folder is none, or that another version of the program wrote it.
    """
    folder = Path(path)
    about = read_manifest(folder)
    if about.get("kind") != "study":
        raise RequestError(f"{folder} is not a study but a {about.get('kind')}")
    if about.get("format") != FORMAT:
        raise RequestError(
            f"{folder} was written by another version of this program (format "
            f"{about.get('format')}, this one has {FORMAT}); nothing was changed"
        )
    try:
        design = Design.from_content(about["design"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RequestError(f"{folder / MANIFEST} is damaged: {error!r}") from error
    return Study(folder, design, str(about["code"]))


def keep_design(folder: Path, design: Design) -> "Study":
    """Write down what a study asks for, or see that a folder has the same study, and return it.

    Seeds and points may be added; what makes results of another kind is refused.
    """
    # Another process may begin the same study now: what it writes before its manifest is not looked
    # at, and the manifest only after all else.
    on_its_way = f".{MANIFEST}."
    holds = folder.is_dir() and not all(f.name.startswith(on_its_way) for f in folder.iterdir())
    if (folder / MANIFEST).exists():
        before = open_study(folder)
        before.check_code()
        for what in ("outputs", "fidelity"):
            if getattr(before.design, what) != getattr(design, what):
                raise RequestError(
                    f"{folder} was begun with other {what}; take another folder with --out, or "
                    f"remove this one"
                )
    elif holds:
        raise RequestError(
            f"{folder} has files in it but is no study; take another folder with --out"
        )
    folder.mkdir(parents=True, exist_ok=True)
    content = {"format": FORMAT, "design": design.content()}
    about = manifest("study", design.name, content)
    replace_text(folder / MANIFEST, json.dumps(about, ensure_ascii=False) + "\n")
    return Study(folder, design, code_digest())


@dataclass(frozen=True)
class Study:
    """Runs of scenarios × points × seeds in a folder, some of them perhaps still to be made."""

    folder: Path
    design: Design
    code: str  # digest of the program that makes its runs

    @property
    def is_of_this_code(self) -> bool:
        """Return whether this version of the program began the study."""
        return self.code == code_digest()

    def check_code(self) -> None:
        """Raise where another version of the program began the study: its runs are others."""
        if not self.is_of_this_code:
            raise RequestError(
                f"{self.folder} was begun by another version of this program (code {self.code}, "
                f"this is {code_digest()}), whose runs cannot be mixed with new ones; go on with "
                "that version, or take another folder with --out. What is there can still be read"
            )

    def plan(self, shard: tuple[int, int] = (1, 1)) -> Plan:
        """Return what is to be made; of several shards, counted from 1, one.

        Shards take seeds in turn, so that the scenarios of a seed stay together; where there are
        fewer seeds than shards they take runs in turn.
        """
        part, parts = shard
        runs = self.design.runs(self.code)
        seeds = {seed: place for place, seed in enumerate(self.design.seeds)}
        if len(seeds) >= parts:
            mine = [run for run in runs if seeds[run.seed] % parts == part - 1]
        else:
            mine = runs[part - 1 :: parts]
        return Plan(
            folder=self.folder,
            scenarios=self.design.texts(),
            pasts=[variant.past for variant in self.design.variants],
            runs=mine,
            fidelity=self.design.fidelity,
            outputs=self.design.outputs,
        )

    @cached_property
    def index(self) -> Index:
        """Return which runs are there, as of the first look; open the study anew to look again."""
        return Index(self.folder).refresh()

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Return a row for each run of the design: what it is, its status, time and error.

        Swept parameters are columns by their paths; status is done, failed or pending.
        """
        planned = self.design.runs(self.code)
        frame = pd.DataFrame(
            {
                "run": [run.run for run in planned],
                "scenario": [self.design.variants[run.variant].scenario for run in planned],
                "point": [self.design.variants[run.variant].point for run in planned],
                "seed": [run.seed for run in planned],
            }
        )
        for path in self.swept:
            values = [self.design.variants[run.variant].values.get(path) for run in planned]
            frame[path] = _column(values)
        known = self.index.runs
        rows = [known[run.run].row if run.run in known else None for run in planned]
        frame["status"] = [row.status if row else "pending" for row in rows]
        frame["seconds"] = [row.seconds if row else float("nan") for row in rows]
        frame["attempt"] = [row.attempt if row else 0 for row in rows]
        frame["error"] = pd.array([row.error if row else None for row in rows], dtype="str")
        return frame

    @property
    def swept(self) -> list[str]:
        """Return the paths of the swept parameters, in the order in which they are named."""
        return list(dict.fromkeys(path for v in self.design.variants for path in v.values))

    def status(self) -> dict[str, Any]:
        """Return how far the study is, as `sim status --json` prints it."""
        runs = self.runs
        counts = runs["status"].value_counts()
        records = [
            {key: None if value != value else value for key, value in row.items()}  # noqa: PLR0124
            for row in runs.to_dict("records")
        ]
        return {
            "schema": SCHEMA,
            "total": len(runs),
            "done": int(counts.get("done", 0)),
            "failed": int(counts.get("failed", 0)),
            "pending": int(counts.get("pending", 0)),
            "damaged": dict(self.index.damaged),
            "runs": records,
        }

    def query(self, sql: str) -> pd.DataFrame:
        """Return the answer to a SQL query that reads; see `sim.store.database.answer`.

        Tables have the column `run`; `runs` says what each run is.
        """
        return answer(self.index, self.runs, sql, alike=True)

    def table(self, name: str) -> pd.DataFrame:
        """Return a whole table of all runs that are done, in the order of the runs.

        Thousands of runs may not fit into memory: `query` returns the part that is needed.
        """
        if name not in self.design.outputs:
            raise RequestError(
                f"the study did not store '{name}'; it has {', '.join(self.design.outputs)}"
            )
        frame = self.query(f"select * from {name}")  # noqa: S608  a name that was checked
        order = {run: place for place, run in enumerate(self.runs["run"])}
        return frame.sort_values("run", key=lambda run: run.map(order), kind="stable").reset_index(
            drop=True
        )

    def metric(
        self, name: str, carrier: str | None = None, period: Period = "month"
    ) -> pd.DataFrame:
        """Return a metric of a carrier, or of the market, in every run.

        Columns are run, scenario, point, seed, the swept parameters, the period and value.
        """
        columns = ", ".join(f'runs."{path}"' for path in ["scenario", "point", "seed", *self.swept])
        return self.query(
            f"select run, {columns}, {period}, value from {self._values(name, carrier, period)} "  # noqa: S608
            f"join runs using (run) order by scenario, point, seed, {period}"
        )

    def bands(
        self,
        name: str,
        carrier: str | None = None,
        period: Period = "month",
        quantiles: Sequence[float] = _QUANTILES,
    ) -> pd.DataFrame:
        """Return quantiles over seeds of a metric, by scenario, point and period.

        A column for each quantile, such as q05, q50, q95, and `runs`, how many they rest on.
        """
        parts = ", ".join(
            f"quantile_cont(value, {float(q)}) as q{round(100 * q):02d}" for q in quantiles
        )
        return self.query(
            f"select scenario, point, {period}, count(*) as runs, {parts} "  # noqa: S608
            f"from {self._values(name, carrier, period)} join runs using (run) "
            f"group by all order by scenario, point, {period}"
        )

    def _values(self, name: str, carrier: str | None, period: Period) -> str:
        """Return the rows of one metric as a table in SQL."""
        from sim.market.names import CARRIERS
        from sim.metrics import metrics

        metrics.get(name)
        if carrier is not None and carrier not in CARRIERS:
            raise RequestError(f"no carrier '{carrier}'; known: {', '.join(CARRIERS)}")
        whose = "carrier is null" if carrier is None else f"carrier = '{carrier}'"
        return f"(select * from metric_{period} where name = '{name}' and {whose})"  # noqa: S608


def _column(values: Sequence[object]) -> "pd.Series[Any]":
    """Return swept values as a column of one type; what is not a single value is JSON."""
    single = [json.dumps(v) if isinstance(v, dict | list) else v for v in values]
    kinds = {isinstance(value, str) for value in single if value is not None}
    if kinds == {True, False}:
        single = [None if value is None else str(value) for value in single]
    return pd.Series(single, dtype="object").infer_objects()
