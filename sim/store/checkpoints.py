"""Checkpoints: a run between two months, on disk, from which it goes on bit for bit.

A checkpoint is a folder named by the month that comes next. It appears in one step, whole, like
every result (`sim.store.writer`), and carries all that went into the run; a changed program is
refused, for it could not give the same bits.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from sim.core.calendar import month_index, month_label
from sim.core.errors import InputError, RequestError, did_you_mean
from sim.core.kernels import code_digest
from sim.market.population import FIDELITIES, Fidelity
from sim.market.world import World
from sim.scenario.load import from_json
from sim.scenario.schema import Scenario
from sim.store.chunks import CHUNK
from sim.store.index import Index, Stored
from sim.store.provenance import Origin, manifest, run_id
from sim.store.state import put_together, taken_apart
from sim.store.writer import (
    CHECKPOINTS,
    MANIFEST,
    RUNS,
    checksums,
    new_folder,
    origin_entry,
    write_arrays,
    write_json,
)

FORMAT = 1  # of a checkpoint; raised when an old program could not read a new one
STATE, ARRAYS = "state.json", "arrays.npz"

REMEDY = "remove that folder, and the run goes on from the checkpoint before it"


# What reading something that is no whole checkpoint may raise.
_BROKEN = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    InputError,
    BadZipFile,
)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class CheckpointError(RequestError):
    """What is stored cannot be gone on from; the message says what to do."""


@dataclass(frozen=True)
class RunKey:
    """What a run is made of, and so what its name is made of."""

    scenario: Scenario
    seed: int
    fidelity: Fidelity
    origin: Origin | None = None

    @property
    def id(self) -> str:
        """Return the id of the run."""
        return run_id(self.scenario, self.seed, self.fidelity, self.origin)


@dataclass(frozen=True)
class Checkpoint:
    """A run as it stood before a month."""

    key: RunKey
    every: int  # months between its checkpoints
    seconds: float  # that it took so far
    world: World


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write a checkpoint under the results folder and return its place.

    One that is there already is left as it is: equal runs have equal checkpoints.
    """
    key, month = checkpoint.key, month_label(checkpoint.world.month)
    place = folder / CHECKPOINTS / key.id / month
    if place.exists():
        return place
    tree, arrays = taken_apart(checkpoint.world)
    with new_folder(place) as temporary:
        write_arrays(temporary / ARRAYS, arrays)
        write_json(temporary / STATE, tree)
        content = {
            "format": FORMAT,
            "month": month,
            "scenario": json.loads(key.scenario.canonical_json()),
            "seed": key.seed,
            "fidelity": key.fidelity,
            "every": checkpoint.every,
            "seconds": checkpoint.seconds,
            "files": checksums(temporary),
        }
        about = manifest("checkpoint", key.id, content | origin_entry(key.origin))
        write_json(temporary / MANIFEST, about)
    return place


def read_checkpoint(place: Path) -> Checkpoint:
    """Return a checkpoint; a `CheckpointError` says why it is none that can be gone on from."""
    about = _about(place, "checkpoint")
    _check_program(about, f"checkpoint {place}")
    try:
        _check_files(place, about)
        key = _key(about)
        if (key.id, about["month"]) != (place.parent.name, place.name):
            raise ValueError(f"it is that of run {key.id} before {about['month']}, moved here")
        tree = json.loads((place / STATE).read_text(encoding="utf-8"))
        with np.load(place / ARRAYS, allow_pickle=False) as arrays:
            world = put_together(tree, arrays)
        return Checkpoint(key, int(about["every"]), float(about["seconds"]), world)
    except _BROKEN as error:
        raise CheckpointError(
            f"checkpoint {place} cannot be used: {_reason(error)}; {REMEDY}"
        ) from error


def checkpoints_of(folder: Path, run: str) -> dict[int, Path]:
    """Return where a run's checkpoints are, by the month that comes next, in order."""
    place = folder / CHECKPOINTS / run
    found = place.iterdir() if place.is_dir() else ()
    # What a writer has not finished has a name that is no month.
    return dict(sorted((month_index(p.name), p) for p in found if _MONTH.fullmatch(p.name)))


def find_run(folder: Path, beginning: str) -> str:
    """Return the id, of all runs stored whole or by checkpoints, that begins so."""
    places = [place for kind in (RUNS, CHECKPOINTS) for place in _folders(folder / kind)]
    known = {place.name for place in places if not place.name.startswith(CHUNK)}
    known |= {run for run, stored in Index(folder).refresh().runs.items() if stored.is_done}
    found = sorted(run for run in known if beginning and run.startswith(beginning))
    if len(found) == 1:
        return found[0]
    if found:
        raise CheckpointError(f"'{beginning}' begins several runs; write more: {', '.join(found)}")
    raise CheckpointError(
        f"no run in {folder} begins with '{beginning}'{did_you_mean(beginning, known)}; "
        "`sim run SCENARIO --checkpoint-every 12` makes one that can be gone on with"
    )


def stored_key(folder: Path, run: str) -> RunKey:
    """Return what a run is made of, as its result or else its last checkpoint says."""
    checkpoints = list(checkpoints_of(folder, run).values())
    places = [place for place in (folder / RUNS / run, *checkpoints[::-1]) if place.is_dir()]
    if not places and (stored := Index(folder).refresh().runs.get(run)):
        return _key_of_one_among_several(stored)
    if not places:
        raise CheckpointError(f"run {run} in {folder} has no checkpoint yet; run it anew")
    about = _about(places[0], "run" if places[0].parent.name == RUNS else "checkpoint")
    _check_program(about, f"run {run}")
    try:
        return _key(about)
    except _BROKEN as error:
        said = f"{places[0]} cannot be used: {_reason(error)}; remove that folder"
        raise CheckpointError(said) from error


def _key_of_one_among_several(stored: Stored) -> RunKey:
    """Return what a run is made of that was stored together with others."""
    about = _about(stored.place, "chunk")
    _check_program(about, f"run {stored.row.run}")
    try:
        return RunKey(stored.scenario(), stored.row.seed, _applied(stored.row.fidelity))
    except _BROKEN as error:
        said = f"{stored.place} cannot be used: {_reason(error)}; remove that folder"
        raise CheckpointError(said) from error


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [place for place in folder.iterdir() if not place.name.startswith(".")]


def _about(place: Path, kind: str) -> dict[str, Any]:
    """Return the manifest of a run or a checkpoint; a `CheckpointError` if it is none."""
    try:
        about = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{place / MANIFEST} cannot be read: {error}; {REMEDY}") from error
    if not isinstance(about, dict) or about.get("kind") != kind:
        raise CheckpointError(f"{place / MANIFEST} is not that of a {kind}; {REMEDY}")
    return about


def _check_program(about: dict[str, Any], what: str) -> None:
    """Raise unless this program is the one that wrote it: no other gives the same bits."""
    code = about.get("code")
    if (code, about.get("format", FORMAT)) != (code_digest(), FORMAT):
        raise CheckpointError(
            f"{what} was written by another version of this program (code {code}, this is "
            f"{code_digest()}), which would go on with other numbers: use that version, or run the "
            "scenario anew with this one; nothing was changed"
        )


def _check_files(place: Path, about: dict[str, Any]) -> None:
    """Raise a `ValueError` that names each file that is not as it was written."""
    found, known = checksums(place), about["files"]
    wrong = [name for name in (STATE, ARRAYS) if name not in found or found[name] != known[name]]
    if wrong:
        raise ValueError(f"damaged: {', '.join(wrong)}")


def _reason(error: Exception) -> str:
    """Return what is wrong; a missing part alone would be told by nothing but its name."""
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)


def _key(about: dict[str, Any]) -> RunKey:
    """Return what a manifest says went into the run."""
    origin = Origin(**about["origin"]) if "origin" in about else None
    scenario = from_json(json.dumps(about["scenario"]))
    return RunKey(scenario, int(about["seed"]), _applied(about["fidelity"]), origin)


def _applied(fidelity: str) -> Fidelity:
    for known in FIDELITIES:
        if fidelity == known:
            return known
    raise ValueError(f"unknown fidelity '{fidelity}'")
