"""One chart for each of the essay's claims, drawn as on the page of compared scenarios."""

from dataclasses import replace

from sim.dashboard.charts import Chart, charts, differences, over_time
from sim.dashboard.claim_sentences import SENTENCES
from sim.dashboard.claims import CLAIMS, Claim
from sim.dashboard.evidence import Evidence
from sim.dashboard.one_panel import one_panel
from sim.dashboard.plot import Figure
from sim.dashboard.rows import Rows


def rows(scene: Evidence) -> Rows:
    """Return the differences or the months that speak to the claim, the most telling first."""
    claim = scene.claim
    found = differences.rows(scene) if claim.kind == "gaps" else over_time.rows(scene)
    stored = found.stored
    if claim.kind == "doubling":
        stored = stored[stored["month"] < scene.branch]
    elif len(stored):
        place = stored["scenario"].map(claim.scenarios.index)
        stored = stored.iloc[place.argsort(kind="stable")]
    return replace(found, stored=stored.reset_index(drop=True))


def title(found: Rows, scene: Evidence) -> str:
    """Say what the numbers say to the claim."""
    return SENTENCES[scene.claim.kind](found, scene)


def figure(found: Rows, scene: Evidence) -> Figure:
    """Draw months as lines, carriers as panels, and one number a scenario on one axis."""
    if scene.claim.kind != "gaps":
        return over_time.figure(found, scene)
    if len(scene.claim.entities) > 1:
        return differences.figure(found, scene)
    return one_panel(found, scene)


def add(claim: Claim) -> None:
    """Register the chart of a claim."""

    class Seen(Evidence):
        pass

    Seen.claim = claim
    notes = ("chart.whisker", "chart.hollow") if claim.kind == "gaps" else ("chart.band",)
    place = CLAIMS.index(claim)
    charts.add(f"claim_{claim.id}")(Chart("story", place, Seen, rows, title, notes, figure))


for one in CLAIMS:
    add(one)
