"""What users can buy this month: every carrier's plans, and a line without data."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.core.units import FEN_PER_YUAN, KB_PER_GB
from sim.market.names import CARRIERS, VOICE_ONLY


class Offers(NamedTuple):
    """This month's offers as arrays for kernels; offer o = carrier * plans + plan.

    Plan 0 of every carrier is the voice-only line: no fee, no data.
    """

    fee: NDArray[np.int64]  # (offers,) fen per month, data part
    allowance: NDArray[np.int64]  # (offers,) kB per month
    overage: NDArray[np.int64]  # (carriers,) fen per GB beyond the allowance
    resale: NDArray[np.int64]  # (carriers,) fen per GB from a reseller
    voice: NDArray[np.int64]  # (carriers,) fen per month, the part of the bill without data


@dataclass(frozen=True)
class Menu:
    """The printed menu: fees, and allowances at the reference list price."""

    names: tuple[str, ...]  # (plans,) the first is the voice-only line
    fee: NDArray[np.int64]  # (plans,) fen
    allowance: NDArray[np.float64]  # (plans,) GB
    reference_price: int  # fen per GB

    @classmethod
    def printed(cls, plans: dict[str, tuple[float, float]], reference_price: float) -> "Menu":
        """Return the menu for named (fee in yuan, allowance in GB) pairs."""
        fees = [0.0, *(fee for fee, _ in plans.values())]
        return cls(
            names=(VOICE_ONLY, *plans),
            fee=np.array([round(fee * FEN_PER_YUAN) for fee in fees], dtype=np.int64),
            allowance=np.array([0.0, *(gb for _, gb in plans.values())]),
            reference_price=round(reference_price * FEN_PER_YUAN),
        )

    @property
    def plans(self) -> int:
        """Return the number of plans of a carrier, the voice-only line included."""
        return len(self.names)

    def publish(
        self,
        list_price: NDArray[np.int64],
        overage: int,
        resale: NDArray[np.int64],
        voice: NDArray[np.int64],
    ) -> Offers:
        """Return the offers at the carriers' list prices: fees stay, allowances scale."""
        scale = self.reference_price / list_price  # (carriers,)
        allowance = np.floor(scale[:, None] * self.allowance * KB_PER_GB + 0.5)
        return Offers(
            fee=np.tile(self.fee, len(CARRIERS)),
            allowance=allowance.astype(np.int64).ravel(),
            overage=np.full(len(CARRIERS), overage, dtype=np.int64),
            resale=resale.astype(np.int64),
            voice=voice.astype(np.int64),
        )
