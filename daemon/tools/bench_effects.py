"""What effects cost: time of the processor for one sub-block of each type, and for eight of the dearest together.

    factory settings ─╮
    anything          ├─▶ the kernel that plays, full-scale noise ─▶ µs; the dearest of them counts
    anything else    ─╯

Slots 1 to 4 take any type, the others those for inserts.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich.table import Table

from daemon.album import racked
from dsp.design import rack
from dsp.effects import alone, library
from dsp.effects.memory import FRAMES, SLOTS
from dsp.parameters.table import Values
from dsp.table import TABLE

RATES = {48_000: 0.08, 96_000: 0.16}
"""Frames per second, and the part of a core that eight of the dearest may take."""
TURNED = 2
"""How often all knobs of a type are turned to anything."""
SECONDS = 0.08
ROUNDS = 5
INSERTED = frozenset(TABLE.rows["fx/{insert}/type"].choices)


def anything(name: str, seed: int) -> list[Any]:
    """Knobs of a type, each turned to anything: the same each time; 0 are those of the factory."""
    values, random = Values(TABLE), np.random.default_rng([seed, *name.encode()])
    values.set(TABLE.leaves["/fx/1/type"], TABLE.rows["fx/{slot}/type"].from_text(name))
    for place in range(len(rack.knobs(values, 0)) if seed else 0):
        leaf = TABLE.leaves[f"/fx/1/par/{place + 1:02d}"]
        param = values.param(leaf)
        lowest = int(param.lowest) if param.kind == "integer" else 0
        values.set(leaf, lowest + int(random.integers(param.steps)))
    return rack.knobs(values, 0)


def cost_us(names: Sequence[str], rate: int, rounds: int = ROUNDS) -> dict[str, float]:
    """Median microseconds of a sub-block of each type; all in turn, as a noisy moment hits all."""
    frames = round(SECONDS * rate) // FRAMES * FRAMES
    x = np.random.default_rng(1).uniform(-1, 1, (frames, 2)).astype(np.float32)
    y = np.empty_like(x)
    took: dict[str, float] = dict.fromkeys(names, 0.0)
    for seed in range(1 + TURNED):
        made = {name: racked.at_rest(name, anything(name, seed), rate) for name in names}
        times: dict[str, list[float]] = {name: [] for name in names}
        for turn in range(1 + rounds):
            for name, (slot, _) in made.items():
                began = time.thread_time()
                alone.play(slot, x, y)
                if turn:
                    times[name].append((time.thread_time() - began) / (frames / FRAMES) * 1e6)
        took = {name: max(took[name], float(np.median(each))) for name, each in times.items()}
    return took


def dearest(costs: Mapping[str, float]) -> list[str]:
    """Eight different types that together cost the most, of those that may stand in the slots."""
    ranked = sorted(costs, key=lambda name: -costs[name])
    inserts = [name for name in ranked if name in INSERTED][: SLOTS // 2]
    return [name for name in ranked if name not in inserts][: SLOTS // 2] + inserts


def measure(rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Measure all types at all of `RATES`.

    Returns
    -------
    costs : list of dict
        `rate`; under `us` the microseconds of a sub-block of each type; `eight`, those that cost the most
        together, and under `share` and `bound` the part of a core that they take, and may take; under `same`
        the part that the dearest take when each stands in four slots.
    """
    found = []
    for rate, bound in RATES.items():
        costs = cost_us(tuple(library.TYPES), rate, rounds)
        eight = dearest(costs)
        block_us = FRAMES / rate * 1e6
        most = max(costs.values()) + max(cost for name, cost in costs.items() if name in INSERTED)
        found.append({
            "rate": rate, "us": {name: round(cost, 2) for name, cost in costs.items()}, "eight": eight,
            "share": round(sum(costs[name] for name in eight) / block_us, 4), "bound": bound,
            "same": round(SLOTS / 2 * most / block_us, 4),
        })  # fmt: skip
    return found


def table(costs: Sequence[Mapping[str, Any]]) -> Table:
    """Table of all types, the dearest first."""
    made = Table(title=f"Effects, {FRAMES} frames", caption="The dearest of factory settings and of any others.")
    made.add_column("type")
    for each in costs:
        made.add_column(f"{each['rate']} Hz", justify="right")
    for name in sorted(costs[0]["us"], key=lambda name: -float(costs[0]["us"][name])):
        made.add_row(name, *(f"{each['us'][name]:.1f} µs" for each in costs))
    made.add_section()
    made.add_row("eight dearest", *(f"{each['share']:.1%} of a core, at most {each['bound']:.0%}" for each in costs))
    made.add_row("the dearest in all slots", *(f"{each['same']:.1%} of a core" for each in costs))
    return made
