"""Write results so that what a reader finds is whole, even after kill -9 or a power cut.

A result is a folder. Its files are written and synced in a temporary folder beside it, and
the folder then gets its name in one step: it is there with everything in it, or not at all.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.scenario.schema import Scenario
from sim.simulate import RunResult
from sim.store.provenance import Origin, manifest, run_id

RUNS = "runs"
CHECKPOINTS = "checkpoints"
COMPARISONS = "comparisons"
STUDIES = "studies"
MANIFEST = "manifest.json"

_SYNCED_AT_ONCE = 8
_TEMPORARY = re.compile(r"^\..+\.(\d+)\.[^.]+\.tmp$")  # .<result>.<process>.<random>.tmp


def run_place(
    folder: Path, scenario: Scenario, seed: int, fidelity: str, origin: Origin | None = None
) -> Path:
    """Return where the results folder has, or would have, a run."""
    return folder / RUNS / run_id(scenario, seed, fidelity, origin)


def write_run(
    folder: Path, result: RunResult, seconds: float, origin: Origin | None = None
) -> Path:
    """Store a run under the results folder and return its own folder.

    `seconds` is what it took to simulate, `origin` where a branched run came from. A run that is
    stored already is left as it is.
    """
    place = run_place(folder, result.scenario, result.seed, result.fidelity, origin)
    if place.exists():
        return place
    with new_folder(place) as temporary:
        for name, frame in result.tables.items():
            write_table(temporary / f"{name}.parquet", frame)
        about = _run_manifest(place.name, result, seconds, checksums(temporary))
        write_json(temporary / MANIFEST, about | origin_entry(origin))
    return place


def _run_manifest(
    identity: str, result: RunResult, seconds: float, files: dict[str, str]
) -> dict[str, Any]:
    content = {
        "scenario": json.loads(result.scenario.canonical_json()),
        "seed": result.seed,
        "fidelity": result.fidelity,
        "seconds": seconds,
        "files": files,
    }
    return manifest("run", identity, content)


def origin_entry(origin: Origin | None) -> dict[str, Any]:
    """Return what the manifest of a branched run says of where it came from; else nothing."""
    return {} if origin is None else {"origin": asdict(origin)}


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder, by name."""
    return {file.name: _checksum(file) for file in sorted(folder.iterdir())}


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """Give a temporary folder to write into; it becomes `place` when the block ends well.

    If another process has finished the same result meanwhile, that one stays.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(place.parent)
    prefix = f".{place.name}.{os.getpid()}."
    temporary = Path(tempfile.mkdtemp(prefix=prefix, suffix=".tmp", dir=place.parent))
    try:
        yield temporary
        temporary.chmod(0o755)  # mkdtemp's folder is for its owner alone
        _sync_all(temporary)
        _take_name(temporary, place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)  # gone already when all went well


def _take_name(temporary: Path, place: Path) -> None:
    try:
        temporary.rename(place)
    except OSError:
        if not place.exists():
            raise
    _sync(place.parent)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary folders whose process is gone."""
    for path in folder.iterdir():
        match = _TEMPORARY.match(path.name)
        if match and not _alive(int(match[1])):
            shutil.rmtree(path, ignore_errors=True)  # another process may be at it as well


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as Parquet (zstd); inside a `new_folder`."""
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, compression="zstd")


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays by name (npz, not compressed); inside a `new_folder`.

    They go out piece by piece: a large array is not copied.
    """
    np.savez(path, **arrays)  # type: ignore[arg-type]  # every name is an array's


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON object for people and programs; inside a `new_folder`."""
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text; inside a `new_folder`."""
    path.write_text(text, encoding="utf-8")


def replace_text(path: Path, text: str) -> None:
    """Write a file that others may be reading: they see the old text or the new, whole."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new.tmp")
    write_text(temporary, text)
    _sync(temporary)
    temporary.replace(path)
    _sync(path.parent)


def _sync_all(folder: Path) -> None:
    """Make a folder's files durable, all at once: one after the other, each waits for the disk."""
    with ThreadPoolExecutor(_SYNCED_AT_ONCE) as threads:
        list(threads.map(_sync, folder.iterdir()))
    _sync(folder)


def _sync(path: Path) -> None:
    """Make the contents of a file durable, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
