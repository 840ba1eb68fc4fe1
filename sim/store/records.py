"""Small results of one JSON object each, by kind: what a check or an analysis found."""

import hashlib
import json
from pathlib import Path
from typing import Any

from sim.core.errors import SimError
from sim.core.kernels import code_digest
from sim.store import SCHEMA
from sim.store.provenance import manifest
from sim.store.writer import MANIFEST, new_folder, write_json

VERIFICATION = "verification"
SENSITIVITY = "sensitivity"

_RECORDS = "records"


def write_record(folder: Path, kind: str, content: dict[str, Any], **more: Any) -> Path:
    """Store what was found, with the code that found it, and return its own folder.

    Equal content of the same code is stored once; `more` may differ between equal calls.
    """
    text = json.dumps([content, code_digest()], sort_keys=True)
    identity = hashlib.sha256(text.encode()).hexdigest()[:16]
    place = folder / _RECORDS / kind / identity
    if not place.exists():
        with new_folder(place) as temporary:
            write_json(temporary / MANIFEST, manifest(kind, identity, content | more))
    return place


def records(folder: Path, kind: str) -> list[dict[str, Any]]:
    """Return what is stored of a kind, the newest first; a `SimError` if it cannot be read."""
    files = (folder / _RECORDS / kind).glob(f"[!.]*/{MANIFEST}")
    newest = sorted(files, key=lambda file: (file.stat().st_mtime_ns, file), reverse=True)
    return [_read(file) for file in newest]


def by_this_code(record: dict[str, Any]) -> bool:
    """Say whether the program as it is has found it."""
    return bool(record["code"] == code_digest())


def _read(file: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if content["schema"] > SCHEMA:
            raise SimError(f"{file} was written by a newer version of this program")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SimError(f"{file}: {type(error).__name__}: {error}") from error
    return content
