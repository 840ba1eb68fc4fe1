"""V24: partners who pay once for each platform, separate or shared."""

from collections.abc import Iterator
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from sim.market.names import NO_PLATFORM, SHARED_PLATFORM
from sim.studies.verify import Check, Parameters, case, chosen, given
from sim.studies.verify.partners import decide

_ALONE, _SHARED = NO_PLATFORM, SHARED_PLATFORM
_NAMES = ("M", "U", "T")


class Platforms(Parameters):
    """Partners of value b, even on [0, 1], for each user reached; each platform costs F."""

    shares: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = given(
        "the carriers' shares of users", at="user_shares", min_length=3, max_length=3
    )
    F: float = given("cost of one integration", ge=0)
    partners: int = chosen("partners, at evenly spread quantiles of b", 1_000_000, ge=1_000)

    @model_validator(mode="after")
    def _shares_of_one(self) -> "Platforms":
        if sum(self.shares) > 1 + 1e-9:
            raise ValueError("the shares of users sum to more than 1")
        return self


@case("V24", kind="mechanism")
def shared_platform(p: Platforms) -> Iterator[Check]:
    """Ask the market's partner strategy for partners at evenly spread values.

    A platform of reach s is joined by those with b·s > F; after Armstrong (2006), Rochet and
    Tirole (2006).
    """
    error, reach = 1.0 / p.partners, np.array(p.shares)
    settings = {
        "separate": (_ALONE, _ALONE, _ALONE),
        "TU_shared": (_ALONE, _SHARED, _SHARED),
        "one_platform": (_SHARED, _SHARED, _SHARED),
    }
    for name, platform in settings.items():
        joins, surplus = _asked(p, platform)
        group = [reach[[(q == r and q >= 0) or j == k for k, q in enumerate(platform)]].sum()
                 for j, r in enumerate(platform)]  # fmt: skip
        theory = np.maximum(1.0 - p.F / np.array(group), 0.0)
        if name == "separate":
            for carrier, expected, got in zip(_NAMES, theory, joins, strict=True):
                yield Check(f"join_share_separate.{carrier}", float(expected), float(got), error)
        if name == "TU_shared":
            yield Check("join_share_TU_shared", float(theory[1]), float(joins[1]), error)
        links = "shared" if name == "TU_shared" else name
        yield Check(
            f"partner_user_links_{links}",
            float((theory * reach).sum()), float((joins * reach).sum()), error,
        )  # fmt: skip
        gain = sum(max(s - p.F, 0.0) ** 2 / (2 * s) for s in _platforms(reach, platform))
        yield Check(f"partner_surplus_{name}", gain, surplus, error)
    alone, together = float(reach[1]), float(reach[1:].sum())
    yield Check("critical_F_solo_U", alone, _critical(p, (_ALONE,) * 3, 1), 1e-9)
    yield Check("critical_F_shared", together, _critical(p, settings["TU_shared"], 1), 1e-9)


def _platforms(reach: np.ndarray, platform: tuple[int, ...]) -> list[float]:
    """Return the reach of every platform: each carrier's own, and the shared one's."""
    ids = np.array(platform)
    shared = reach[ids == _SHARED].sum()
    return [*(float(s) for s in reach[ids == _ALONE]), *([float(shared)] if shared else [])]


def _asked(p: Platforms, platform: tuple[int, ...]) -> tuple[np.ndarray, float]:
    """Return who joins: (carriers,) shares of partners, and the surplus of all per partner."""
    value = (np.arange(p.partners) + 0.5) / p.partners
    channel = decide(value, potential=p.shares, platform=platform, integration=p.F).channel
    joined = channel > 0
    ids = np.array(platform)
    used = joined[:, ids == _ALONE].sum(axis=1) + joined[:, ids == _SHARED].any(axis=1)
    surplus = (joined * value[:, None] * np.array(p.shares)).sum(axis=1) - p.F * used
    return joined.mean(axis=0), float(surplus.mean())


def _critical(p: Platforms, platform: tuple[int, ...], carrier: int) -> float:
    """Return the cost of integration beyond which not even the best partner joins a carrier."""
    low, high = 0.0, 2.0
    reach = [s if j == carrier or platform[j] == _SHARED else 0.0 for j, s in enumerate(p.shares)]
    for _ in range(60):
        middle = (low + high) / 2.0
        decision = decide(np.ones(1), potential=reach, platform=platform, integration=middle)
        joins = decision.channel[0, carrier] > 0
        low, high = (middle, high) if joins else (low, middle)
    return high
