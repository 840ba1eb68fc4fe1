"""Runs that are written down on the way, gone on with, and branched in their middle."""

import time
from dataclasses import dataclass
from pathlib import Path

from sim.core.calendar import month_index, month_label
from sim.core.errors import RequestError
from sim.market.names import CARRIERS
from sim.market.segments import PLAIN_LEVELS
from sim.market.views import NOTHING
from sim.market.world import World
from sim.model import Market
from sim.scenario.compare import past_differences
from sim.scenario.schema import Scenario
from sim.simulate import Progress, RunResult, run_on
from sim.store.checkpoints import (
    Checkpoint,
    RunKey,
    checkpoints_of,
    find_run,
    read_checkpoint,
    stored_key,
    write_checkpoint,
)
from sim.store.provenance import Origin
from sim.store.reader import stored_run, whereabouts
from sim.store.writer import write_run

RESULTS = Path("results")
MOST_NAMED = 8  # parameters in one message


class BranchError(RequestError):
    """A run cannot be branched so; the message says what would have to change."""


@dataclass(frozen=True)
class Kept:
    """A run in the results folder."""

    result: RunResult
    origin: Origin | None
    place: Path
    seconds: float  # of simulating it
    cached: bool  # it was there before


def resume(run: str, folder: Path | str = RESULTS, progress: Progress | None = None) -> RunResult:
    """Go on with a run from its last checkpoint, to the end, and store it.

    The result is that of a run that was never cut short, bit for bit.

    Parameters
    ----------
    run : the run's id, or the beginning of it
    folder : the results folder that has its checkpoints

    Raises
    ------
    SimError
        if no run begins so, or its last checkpoint is damaged or of another version of the program.
    """
    return resumed(run, Path(folder), progress).result


def branch(
    run: str,
    month: str,
    scenario: Scenario,
    folder: Path | str = RESULTS,
    progress: Progress | None = None,
) -> RunResult:
    """Go on with a stored run under another scenario from a month on, and store that.

    Up to the month the market is the run's own, from its checkpoint at or before the month.

    Parameters
    ----------
    run : the run's id, or the beginning of it
    month : the first month under `scenario`, such as "2018-07"
    scenario : may differ in conduct, in orders from the month on, and in what nobody has yet had
    folder : the results folder that has the run

    Raises
    ------
    SimError
        naming each parameter in which the scenario has another past than the run.
    """
    return branched(run, month, scenario, Path(folder), progress=progress).result


def kept_run(
    key: RunKey, folder: Path, every: int | None = None, progress: Progress | None = None
) -> Kept:
    """Find a run in the results folder, or make and store it.

    every : months between checkpoints; none without it. A run that is stored and has none is run
        again where they are asked for.
    """
    return _found(key, folder, every) or _gone_on(
        key, Market(key.scenario, key.seed, key.fidelity), folder, every, progress
    )


def resumed(run: str, folder: Path, progress: Progress | None = None) -> Kept:
    """Find a run, or go on with it; see `resume`."""
    identity = find_run(folder, run)
    found = _found(stored_key(folder, identity), folder)
    if found:
        return found
    last = read_checkpoint(list(checkpoints_of(folder, identity).values())[-1])
    return _gone_on(last.key, _market(last), folder, last.every, progress, last.seconds)


def branched(
    run: str,
    month: str,
    scenario: Scenario,
    folder: Path,
    every: int | None = None,
    progress: Progress | None = None,
) -> Kept:
    """Find a branched run, or make and store it; see `branch`.

    every : months between checkpoints of its own; none without it
    """
    identity = find_run(folder, run)
    past = stored_key(folder, identity)
    first = _first_month(month, past.scenario, scenario)
    _check_past(past.scenario, scenario, first, frozenset())
    key = RunKey(scenario, past.seed, past.fidelity, Origin(identity, month_label(first)))
    return _found(key, folder, every) or _gone_on(
        key, _parted(key, first, past, folder, progress), folder, every, progress
    )


def _found(key: RunKey, folder: Path, every: int | None = None) -> Kept | None:
    if every and not checkpoints_of(folder, key.id):
        return None
    result = stored_run(folder, key.scenario, key.seed, key.fidelity, key.origin)
    stored = whereabouts(folder, key.scenario, key.seed, key.fidelity, key.origin)
    if result is None or stored is None:
        return None
    return Kept(result, key.origin, stored.place, 0.0, cached=True)


def _market(checkpoint: Checkpoint) -> Market:
    key = checkpoint.key
    return Market(key.scenario, key.seed, key.fidelity, checkpoint.world)


def _gone_on(
    key: RunKey,
    market: Market,
    folder: Path,
    every: int | None,
    progress: Progress | None,
    before: float = 0.0,
) -> Kept:
    """Simulate to the end, with a checkpoint at every so many months, and store the run."""
    begun = time.monotonic() - before

    def keep(world: World) -> None:
        if every and world.month % every == 0 and world.month < key.scenario.end_month:
            write_checkpoint(folder, Checkpoint(key, every, time.monotonic() - begun, world))

    result = run_on(market, progress, keep)
    seconds = time.monotonic() - begun
    place = write_run(folder, result, seconds, key.origin)
    return Kept(result, key.origin, place, seconds, cached=False)


# ------------------------------------------------------------------------------------ branching


def _first_month(month: str, past: Scenario, scenario: Scenario) -> int:
    """Return the number of the first month under another scenario."""
    try:
        first = month_index(month)
    except ValueError as error:
        raise BranchError(f"{error}: say from which month on the scenario applies") from error
    end = min(past.end_month, scenario.end_month - 1)
    if not 0 < first <= end:
        raise BranchError(
            f"{month} is not between {month_label(1)} and {month_label(end)}: there the run "
            "goes on under the other scenario"
        )
    return first


def _parted(
    key: RunKey, first: int, past: RunKey, folder: Path, progress: Progress | None
) -> Market:
    """Return the market of a branch before its first month: the run's world, another scenario."""
    world = _world_before(first, past, folder, progress)
    _check_past(past.scenario, key.scenario, first, _used(world))
    _forget_strategies(world, past.scenario, key.scenario)
    return Market(key.scenario, key.seed, key.fidelity, world)


def _world_before(first: int, past: RunKey, folder: Path, progress: Progress | None) -> World:
    """Return the world of a run before a month, from the checkpoint at or before it."""
    saved = [place for month, place in checkpoints_of(folder, past.id).items() if month <= first]
    if saved:
        market = _market(read_checkpoint(saved[-1]))
    elif past.origin is None:
        market = Market(past.scenario, past.seed, past.fidelity)
    else:  # a branch itself, which left its own past in the same way
        left, month = stored_key(folder, past.origin.run), month_index(past.origin.month)
        market = _parted(past, month, left, folder, progress)
    while market.world.month < first:
        market.step()
        if progress:
            progress(market.world.month, past.scenario.end_month)
    return market.world


def _check_past(past: Scenario, scenario: Scenario, first: int, used: frozenset[str]) -> None:
    """Raise where a scenario has another past than the run, naming each parameter."""
    month = month_label(first)
    wrong = past_differences(past, scenario, month, used)
    if not wrong:
        return
    lines = [f"  {d.path}: {d.a} in the run, {d.b} in {scenario.name}" for d in wrong[:MOST_NAMED]]
    if len(wrong) > MOST_NAMED:
        lines.append(f"  and {len(wrong) - MOST_NAMED} more")
    raise BranchError(
        "\n".join(
            [
                f"{scenario.name} differs from the run in what was at work before {month}:",
                *lines,
                "Set these as in the run (--set PATH=VALUE), or run the scenario from the start.",
            ]
        )
    )


def _used(world: World) -> frozenset[str]:
    """Return the sections of what comes with the branch month that have been at work."""
    carriers, used = world.carriers, set()
    if carriers.service.any() or carriers.member.any() or carriers.own_platform.any():
        used |= {"service", "sharing"}
    if world.population.lines.shape[1] > PLAIN_LEVELS:
        used.add("user_control")
    return frozenset(used)


def _forget_strategies(world: World, past: Scenario, scenario: Scenario) -> None:
    """Clear the memory of each carrier whose strategy changes here, as at the branch month."""
    if world.month > scenario.branch_month:
        for j, carrier in enumerate(CARRIERS):
            if past.carriers[carrier].strategy != scenario.carriers[carrier].strategy:
                world.carriers.memory[j] = NOTHING
