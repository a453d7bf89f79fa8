"""The sheet: what was read is redone when it changes, nothing else is, and the draft is as if made at once."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest

from daemon.desk.console import Console
from dsp.design import draft, refresh, sheet
from dsp.engine import layout, memory, wall
from dsp.parameters.table import Values
from dsp.processors import eq, shapes
from dsp.table import TABLE
from rigs import recalls

RATE = 48_000
LEAVES = [leaf for leaf in recalls.HEARD if TABLE.row_of(leaf).kind != "effect"]
"""What can be set to anything by itself: what an effect's settings may be depends on the effect."""
FADER, COLOUR = "ch/{ch}/mix/fader", "ch/{ch}/config/color"


def console() -> tuple[Console, wall.Wall]:
    audio = wall.Wall(RATE, 32, 32, fade_in=False)
    made = Console(audio)
    made.open_outputs(True)
    return made, audio


class Counted:
    """Parts that count how often they are made."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.sheet = sheet.Sheet(Values(TABLE))

    def level(self, of: Any) -> Any:
        self.made.append("level")
        return of.values.row(FADER)[0] > -10

    def above(self, of: Any) -> Any:
        self.made.append("above")
        return of.of(self.level)

    def levels(self, of: Any) -> dict[str, Any]:
        self.made.append("levels")
        return {name: of.values.row(FADER)[at] > -10 for at, name in enumerate(("first", "second"))}

    def of_second(self, of: Any) -> Any:
        self.made.append("of_second")
        return of.piece("second", self.levels)

    def set(self, path: str, stored: int) -> bool:
        row = TABLE.row_of(TABLE.leaves[path])
        self.sheet.values.stored[TABLE.leaves[path]] = stored
        return self.sheet.touch([row.path])


def test_a_part_is_made_anew_when_what_it_read_changes():
    counted = Counted()
    assert not counted.sheet.of(counted.above)
    assert counted.set("/ch/01/mix/fader", 1000)
    assert counted.sheet.of(counted.above)
    assert counted.made == ["above", "level", "level", "above"]


def test_a_row_is_read_once_until_it_is_touched_and_nobody_may_write_to_it():
    counted = Counted()
    row = counted.sheet.values.row(FADER)
    counted.set("/ch/01/config/color", 3)
    assert counted.sheet.values.row(FADER) is row
    with pytest.raises(ValueError, match="read-only"):
        row[0] = 0
    counted.set("/ch/01/mix/fader", 1000)
    assert counted.sheet.values.row(FADER)[0] > -10 > row[0]


def test_what_nobody_read_makes_nothing_anew():
    counted = Counted()
    counted.sheet.of(counted.above)
    assert not counted.set("/ch/01/config/color", 3)
    assert counted.made == ["above", "level"]


def test_a_result_that_stays_the_same_goes_no_further():
    counted = Counted()
    counted.sheet.of(counted.above)
    counted.set("/ch/01/mix/fader", 1)
    assert counted.made == ["above", "level", "level"]


def test_who_reads_a_piece_is_made_anew_when_that_piece_is_another():
    counted = Counted()
    assert not counted.sheet.of(counted.of_second)
    counted.set("/ch/01/mix/fader", 1000)
    assert counted.made == ["of_second", "levels", "levels"]
    counted.set("/ch/02/mix/fader", 1000)
    assert counted.sheet.of(counted.of_second)
    assert counted.made == ["of_second", "levels", "levels", "levels", "of_second"]


@pytest.mark.parametrize("seed", range(4))
def test_a_draft_made_move_by_move_is_the_one_made_at_once(seed: int):
    made, _ = console()
    random = np.random.default_rng(seed)
    desk = made._desk
    assert desk is not None
    for _ in range(60):
        wanted = recalls.draw(made.values, random, dynamics=True)
        for leaf in random.choice(LEAVES, 20):
            made.set(int(leaf), wanted.get(int(leaf)))
        if random.random() < 0.2:
            made.set(TABLE.leaves[f"/-stat/solosw/{random.integers(1, 81):02}"], int(random.integers(2)))
        made.publish()
    whole = draft.Desk(made.values, RATE)
    refresh.everything(whole)
    for name in memory.START.names or ():
        if name != "output":
            np.testing.assert_array_equal(desk.draft[name], whole.draft[name], name)


def test_a_twin_of_a_desk_goes_its_own_way():
    made, _ = console()
    desk = made._desk
    assert desk is not None
    values = made.values.copy()
    twin = desk.with_values(values)
    values.set(TABLE.leaves["/ch/03/mix/on"], 0)
    values.set(TABLE.leaves["/ch/04/mix/fader"], 1000)
    twin.touch(["ch/{ch}/mix/on", FADER])
    whole = draft.Desk(values, RATE)
    refresh.everything(whole)
    np.testing.assert_array_equal(twin.draft["fader"], whole.draft["fader"])
    assert not np.array_equal(twin.draft["fader"], desk.draft["fader"])


@pytest.mark.parametrize(
    "changes",
    [{"/headamp/005/phantom": 1}, {"/config/talk/A/latch": 1}, {"/ch/05/config/color": 4}, {"/config/osc/f2": 90}],
)
def test_a_recall_that_sounds_the_same_rehearses_nothing(changes: dict[str, int]):
    made, audio = console()
    wanted = made.values.copy()
    for path, stored in changes.items():
        wanted.set(TABLE.leaves[path], stored)
    made.recall(wanted)
    made.publish()
    assert not audio.control_recalls()


def test_a_recall_that_sounds_otherwise_is_rehearsed():
    made, audio = console()
    wanted = made.values.copy()
    wanted.set(TABLE.leaves["/ch/05/mix/fader"], 900)
    made.recall(wanted)
    made.publish()
    assert audio.control_recalls()


@pytest.mark.parametrize("seed", range(2))
def test_bands_that_are_made_one_by_one_are_those_made_together(seed: int):
    made, _ = console()
    random = np.random.default_rng(seed)
    values = recalls.draw(made.values, random, dynamics=True)
    desk = draft.Desk(values, RATE)
    refresh.everything(desk)
    settings = [values.row(f"ch/{{ch}}/eq/{leaf}") for leaf in ("on", *(f"{{band}}/{part}" for part in "fgq"))]
    kinds = values.row("ch/{ch}/eq/{band}/type")
    wanted = eq.bands(settings[0], kinds, *settings[1:], RATE)[0].astype(np.float32)
    lying = desk.draft["filter"][int(layout.EQ) : int(layout.EQ) + 2, :2].reshape(2, 2, 2, shapes.COEFFICIENTS, 16)
    np.testing.assert_allclose(lying.transpose(0, 2, 3, 1, 4).reshape(wanted.shape), wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("seed", range(2))
def test_crossovers_that_are_made_one_by_one_cut_the_highs_in_the_upper_bands(seed: int):
    made, _ = console()
    random = np.random.default_rng(seed)
    values = recalls.draw(made.values, random, dynamics=True)
    types = TABLE.rows["mtx/{mtx}/eq/{band6}/type"]
    for leaf in range(types.offset, types.offset + types.size):
        values.set(leaf, int(random.integers(eq.Kind.HIGH_CUT + 1, types.steps)))
    desk = draft.Desk(values, RATE)
    refresh.everything(desk)
    on, *settings = (values.row(f"mtx/{{mtx}}/eq/{leaf}") for leaf in ("on", *(f"{{band6}}/{part}" for part in "fgq")))
    wanted = eq.bands(on, values.row(types.path), *settings, RATE).astype(np.float32)
    pairs = desk.draft["filter"][int(layout.EQ) : int(layout.EQ) + layout.EQ_PAIRS, layout.MATRIX, :, : len(on)]
    np.testing.assert_allclose(pairs.reshape(wanted.shape), wanted, rtol=1e-5, atol=1e-7)
    assert on.any()
    assert (wanted[0, :3] != wanted[0, 3:]).any()


def test_a_desk_that_nobody_has_any_more_goes_at_once_and_waits_for_no_collector():
    made = draft.Desk(Values(TABLE), RATE).with_values(Values(TABLE))
    refresh.everything(made)
    left = weakref.ref(made)
    gc.disable()
    try:
        del made
        assert left() is None
    finally:
        gc.enable()
