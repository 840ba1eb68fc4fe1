"""What people ask of stored runs: SQL, files for other programs, what may be thrown away."""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from sim.core.errors import RequestError, did_you_mean
from sim.store.keeping import useless
from sim.store.reader import query
from sim.store.writer import MANIFEST
from sim.studies.study import Study, open_study

_XLSX_ROWS = 1_048_575  # below the header: no sheet has more


def asked(folder: Path, sql: str) -> pd.DataFrame:
    """Return the answer to SQL over a study, or over all runs in a folder of results."""
    if (folder / MANIFEST).exists():
        return open_study(folder).query(sql)
    return query(folder, sql)


def write_file(study: Study, table: str, form: str, file: Path) -> int:
    """Write a table with what each of its runs is, and return the number of rows.

    form : "csv", "parquet" or "xlsx"
    """
    frame = study.runs if table == "runs" else _with_runs(study, table)
    temporary = file.with_name(f".{file.name}.tmp")
    if form == "csv":
        frame.to_csv(temporary, index=False)
    elif form == "parquet":
        frame.to_parquet(temporary, index=False)
    else:
        _check_sheet(len(frame))
        with pd.ExcelWriter(temporary, engine="openpyxl") as writer:
            frame.to_excel(writer, sheet_name=table[:31], index=False)
    temporary.replace(file)
    return len(frame)


def _with_runs(study: Study, table: str) -> pd.DataFrame:
    known = (*study.design.outputs, "runs")
    if table not in known:
        raise RequestError(f"the study has no table '{table}'{did_you_mean(table, known)}")
    columns = ["scenario", "point", "seed", *study.swept]
    listed = ", ".join(f'runs."{name}"' for name in columns)
    return study.query(
        f"select {listed}, t.* from {table} t join runs using (run) order by all"  # noqa: S608
    )


def _check_sheet(rows: int) -> None:
    if find_spec("openpyxl") is None:
        raise RequestError("xlsx needs openpyxl: pip install 'backward-traffic-sim[export]'")
    if rows > _XLSX_ROWS:
        raise RequestError(f"{rows:,} rows do not fit into a sheet; take csv or parquet")


def prunable(folder: Path) -> dict[Path, str]:
    """Return what may go from a study or a folder of results, and why."""
    if not (folder / MANIFEST).exists():
        return useless(folder)
    study = open_study(folder)
    return useless(folder, {run.run for run in study.design.runs(study.code)})
