"""A run that was stored without what a page shows: which command makes it again, whole."""

import json
import shlex
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from sim.core.errors import SimError
from sim.dashboard.i18n import Words
from sim.dashboard.messages import command
from sim.dashboard.runs import Run
from sim.scenario.compare import differences
from sim.scenario.load import load_scenario
from sim.scenario.shipped import scenario_names


def lacking(run: Run, tables: Sequence[str], words: Words) -> Component:
    """Say which tables of a page a run was stored without, and how to have them."""
    said = words("run.lacking", tables=words("joint.names").join(tables))
    return html.Section([html.P(said), command(remaking(run), words)], className="empty lacking")


def remaking(run: Run) -> str:
    """Return the command that makes a run again.

    It names a scenario that ships with all that was changed in it; of any other scenario, its file.
    """
    changed = _changed(run)
    scenario = f"{run.scenario}.yaml" if changed is None else run.scenario
    fidelity = ["--fidelity", run.fidelity] if run.fidelity == "individual" else []
    sets = [word for one in changed or () for word in ("--set", one)]
    return shlex.join(["sim", "run", scenario, "--seed", str(run.seed), *fidelity, *sets])


def _changed(run: Run) -> list[str] | None:
    """Return what makes the scenario of one that ships, path=value; None where nothing does."""
    if run.scenario not in scenario_names():
        return None
    try:
        scenario = run.stored.scenario()
        shipped = load_scenario(run.scenario)
        sets = [f"{one.path}={json.dumps(one.b)}" for one in differences(shipped, scenario)]
        again = load_scenario(run.scenario, sets)
    except SimError:  # of another version, or changed by more than single values
        return None
    return sets if again.digest() == scenario.digest() else None
