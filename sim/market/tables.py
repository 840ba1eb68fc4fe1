"""The tables that a run records: one for each grain, long and tidy, with the unit of each column.

Money is whole fen, volume whole kilobytes: what is stored balances exactly. Metrics turn
them into yuan and GB.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

TABLES: dict[str, dict[str, str]] = {
    "carrier_month": {
        "month": "month", "carrier": "id",
        "lines": "lines", "data_lines": "lines", "lte_lines": "lines", "control_lines": "lines",
        "used_kb": "kB", "allowance_kb": "kB", "billed_kb": "kB", "resold_kb": "kB",
        "sponsored_kb": "kB", "leak_kb": "kB",
        "fee_fen": "fen", "overage_fen": "fen", "voice_fen": "fen", "control_fen": "fen",
        "backward_direct_fen": "fen", "backward_platform_fen": "fen", "wholesale_fen": "fen",
        "cost_fen": "fen", "carrying_fen": "fen, of traffic, in cost_fen too",
        "backward_cost_fen": "fen, of carrying what partners buy and of the service, likewise",
        "capacity_fen": "fen", "profit_fen": "fen",
        "topup_fen": "fen, users to resellers", "resold_backward_fen": "fen, partners to resellers",
        "surplus_fen": "fen, level without meaning",
        "list_price_fen": "fen/GB", "backward_rate_fen": "fen/GB", "leak_price_fen": "fen/GB",
        "ordered": "1 at the regulator's ceiling, else 0",
        "xi": "utils", "service": "0-1", "load": "share of capacity",
        "partners": "partners sponsoring",
        "member": "1 on the shared platform, else 0", "block": "0 open to 1 shut",
    },
    "market_month": {
        "month": "month", "partners": "partners sponsoring any carrier's users",
        "service_partners": "those of them on a platform",
        "categories": "content categories with a sponsor", "platforms": "platforms",
        "subscription_fen": "fen, partners to platforms",
        "integration_fen": "fen, partners to suppliers",
    },
    "offer_month": {
        "month": "month", "carrier": "id", "plan": "id", "lines": "lines", "used_kb": "kB",
        "revenue_fen": "fen",
    },
    "province_carrier_month": {
        "month": "month", "province": "code", "carrier": "id", "lines": "lines",
        "used_kb": "kB", "revenue_fen": "fen", "leak_kb": "kB, sold by the branch",
        "wholesale_price_fen": "fen/GB; none where the branch does not sell",
    },
    "category_carrier_month": {
        "month": "month", "category": "id", "carrier": "id", "sponsored_kb": "kB",
        "sponsored_share": "share of the category's traffic", "incremental_share": "share",
    },
    "partner_quarter": {
        "quarter": "label", "category": "id", "channel": "id",
        "tier": "none, price or service", "carrier": "id",
        "partners": "sponsoring at the quarter's end", "sponsored_kb": "kB", "paid_fen": "fen",
        "value_fen": "fen, true worth of the added use",
        "fees_fen": "fen, subscription and integration, by volume",
    },
    "reseller_month": {
        "month": "month", "active": "resellers", "margin_fen": "fen", "profit_fen": "fen",
        "entered": "resellers", "left": "resellers",
    },
    "switches": {
        "month": "month", "origin": "id", "destination": "id",
        "looked": "lines", "renewed": "lines, new or replaced",
    },
    "postings": {
        "month": "month", "payer": "group", "payee": "group", "purpose": "purpose", "fen": "fen",
    },
}  # fmt: skip


def stacked(blocks: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[Any]]:
    """Return blocks of rows under one another: (rows,) by column.

    A scalar stands for all rows of its block; all blocks have the columns of the first. Blocks that
    were stacked before may come first: the result is the same.
    """
    sizes = [_rows(block) for block in blocks]
    return {
        column: _under_one_another([block[column] for block in blocks], sizes)
        for column in (blocks[0] if blocks else ())
    }


def _rows(block: Mapping[str, Any]) -> int:
    return next(len(values) for values in block.values() if not np.isscalar(values))


def _under_one_another(parts: Sequence[Any], sizes: Sequence[int]) -> NDArray[Any]:
    if all(np.isscalar(part) for part in parts):
        return np.repeat(np.array(parts), sizes)
    whole = zip(parts, sizes, strict=True)
    return np.concatenate([np.full(n, part) if np.isscalar(part) else part for part, n in whole])
