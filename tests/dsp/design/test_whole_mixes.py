"""Whole mixes against a float64 model: faders, sends, DCAs, mutes, pans, bus types, LCR, links, matrices."""

import numpy as np
import pytest

from oracles import levels, processors
from rigs import desk
from rigs.tones import found

DB = 0.005
AUDIBLE_DB = -90.0
"""Below this nothing is compared in dB: the sum of many sources in float32 ends there."""

INPUT_STRIPS = [f"/ch/{n:02}" for n in range(1, 33)] + [f"/auxin/{n:02}" for n in range(1, 9)]
OUTPUTS = {
    **{f"/bus/{n:02}": f"bus/{n:02}" for n in range(1, 17)},
    **{f"/main/{side}": f"main/{side}" for side in "lrm"},
    **{f"/mtx/{n:02}": f"mtx/{n:02}" for n in range(1, 7)},
}
EVERY_STRIP = [*INPUT_STRIPS, *(path for path in OUTPUTS if "main" not in path), "/main/st", "/main/m"]


def rig() -> desk.Rig:
    """Console whose outputs are all its mixes after their faders; nothing is linked, no effect comes back."""
    made = desk.Rig(list(OUTPUTS.values()))
    made.set("/config/auxlink/7-8", 0)
    made.set_row("fxrtn/{rtn}/mix/on", 0)
    return made


def expected(made: desk.Rig) -> np.ndarray:
    """Gains the model gives to every input at every output; shape (64, outputs)."""
    inputs = {strip: np.eye(64)[number] for number, strip in enumerate(INPUT_STRIPS)}
    wanted = levels.Desk(made.stored, inputs)
    return np.stack([wanted.post[path] for path in OUTPUTS], axis=1)


def check(made: desk.Rig) -> None:
    """What is heard is what the model says, to `DB`."""
    made.play(4800)
    gains, _ = found(made)
    wanted = np.abs(expected(made))
    loud = wanted > 10 ** (AUDIBLE_DB / 20)
    wrong_db = np.abs(processors.level_db(gains[:, : wanted.shape[1]][loud] / wanted[loud]))
    assert loud.sum() > 100
    assert wrong_db.max() < DB
    assert gains[:, : wanted.shape[1]][wanted == 0].max() < 1e-6 * wanted.max()


def scatter(made: desk.Rig, seed: int) -> None:
    """Set all that makes levels somewhere, as a busy engineer might."""
    pick = np.random.default_rng(seed)

    def everywhere(row: str, low: int, high: int) -> None:
        size = made.console.values.table.rows[row].size
        made.set_row(row, pick.integers(low, high + 1, size).tolist())

    def sometimes(row: str, chance: float) -> None:
        size = made.console.values.table.rows[row].size
        made.set_row(row, (pick.random(size) < chance).astype(int).tolist())

    made.set("/config/mono/mode", seed % 2)
    made.set("/config/mono/link", seed // 2 % 2)
    for link in ("buslink/{pair}", "mtxlink/{mtx_pair}"):
        sometimes(f"config/{link}", 0.5)
    sometimes("config/mute/{group}", 0.3)
    sometimes("dca/{dca}/on", 0.8)
    everywhere("dca/{dca}/fader", 500, 1000)
    for strip in ("ch/{ch}", "auxin/{aux}", "bus/{bus}", "mtx/{mtx}", "main/st", "main/m"):
        sometimes(f"{strip}/mix/on", 0.9)
        everywhere(f"{strip}/mix/fader", 450, 1000)
        size = made.console.values.table.rows[f"{strip}/grp/dca"].size
        made.set_row(f"{strip}/grp/dca", (1 << pick.integers(0, 8, size) & -pick.integers(0, 2, size)).tolist())
        made.set_row(f"{strip}/grp/mute", (1 << pick.integers(0, 6, size) & -pick.integers(0, 2, size)).tolist())
    for strip in ("ch/{ch}", "auxin/{aux}", "bus/{bus}"):
        sometimes(f"{strip}/mix/st", 0.6)
        sometimes(f"{strip}/mix/mono", 0.5)
        everywhere(f"{strip}/mix/pan", 0, 100)
        everywhere(f"{strip}/mix/mlevel", 60, 150)
    everywhere("main/st/mix/pan", 20, 80)
    ways = (
        ("{bus}", "{odd}", 5, ("ch/{ch}", "auxin/{aux}")),
        ("{mtx}", "{odd_mtx}", 4, ("bus/{bus}", "main/st", "main/m")),
    )
    for every, odd, types, strips in ways:
        for strip in strips:
            sometimes(f"{strip}/mix/{every}/on", 0.8)
            everywhere(f"{strip}/mix/{every}/level", 50, 150)
            everywhere(f"{strip}/mix/{odd}/pan", 0, 100)
            everywhere(f"{strip}/mix/{odd}/type", 0, types)
            sometimes(f"{strip}/mix/{odd}/panFollow", 0.3)


@pytest.mark.parametrize("seed", range(8))
def test_a_busy_mix_has_the_levels_of_the_model(seed: int) -> None:
    made = rig()
    scatter(made, seed)
    check(made)


# --- one thing at a time ------------------------------------------------------------------------------


def open_rig() -> desk.Rig:
    """Console on which every strip has a way to every mix: all faders and sends up."""
    made = rig()
    for strip in ("ch/{ch}", "auxin/{aux}", "bus/{bus}", "mtx/{mtx}", "main/st", "main/m"):
        made.set_row(f"{strip}/mix/fader", -10.0)
    for strip in ("ch/{ch}", "auxin/{aux}"):
        made.set_row(f"{strip}/mix/{{bus}}/level", -12.0)
        made.set_row(f"{strip}/mix/mono", 1)
        made.set_row(f"{strip}/mix/mlevel", -6.0)
    for strip in ("bus/{bus}", "main/st", "main/m"):
        made.set_row(f"{strip}/mix/{{mtx}}/level", -15.0)
    made.set_row("bus/{bus}/mix/st", 1)
    return made


@pytest.mark.parametrize("strip", ["/ch/01", "/ch/32", "/auxin/08", "/bus/16", "/mtx/06", "/main/st", "/main/m"])
@pytest.mark.parametrize("by", ["itself", "dca", "mute group"])
def test_a_mute_silences_a_strip_of_every_kind_and_nothing_else(strip: str, by: str) -> None:
    made = open_rig()
    if by == "itself":
        made.set(f"{strip}/mix/on", 0)
    elif by == "dca":
        made.set_many({f"{strip}/grp/dca": 0b0001_0000, "/dca/5/on": 0})
    else:
        made.set_many({f"{strip}/grp/mute": 0b00_1000, "/config/mute/4": 1})
    check(made)


@pytest.mark.parametrize("strip", EVERY_STRIP)
def test_a_dca_moves_every_strip(strip: str) -> None:
    made = open_rig()
    made.set_many({f"{strip}/grp/dca": 0b1000_0001, "/dca/1/fader": -7.0, "/dca/8/fader": 3.0})
    check(made)


@pytest.mark.parametrize("place", [-100.0, -50.0, 0.0, 30.0, 100.0])
def test_three_speakers_share_what_is_sent_to_all_of_them(place: float) -> None:
    made = open_rig()
    made.set("/config/mono/mode", "LCR")
    made.set_row("ch/{ch}/mix/pan", place)
    made.set("/ch/02/mix/mono", 0)
    made.set("/ch/03/mix/st", 0)
    check(made)


def test_three_speakers_have_the_power_of_one() -> None:
    for place in range(-100, 101, 2):
        assert np.sum(np.square(levels.three(place))) == pytest.approx(1)


def test_mono_follows_main_where_it_shall() -> None:
    made = open_rig()
    made.set_many({"/config/mono/link": 1, "/main/st/mix/fader": -20.0, "/main/m/mix/fader": 5.0})
    check(made)
    made.set("/main/st/mix/on", 0)
    made.play(4800)
    assert not made.play({1: desk.tone(1000)})[:, list(OUTPUTS).index("/main/m")].any()


def test_a_mute_of_mono_counts_for_nothing_while_it_follows_main() -> None:
    made = open_rig()
    made.set_many({"/config/mono/link": 1, "/main/m/mix/on": 0})
    check(made)


@pytest.mark.parametrize("kind", range(6))
@pytest.mark.parametrize("linked", [0, 1])
def test_a_bus_is_fed_as_its_type_says(kind: int, linked: int) -> None:
    made = open_rig()
    made.set_row("config/buslink/{pair}", linked)
    made.set_row("ch/{ch}/mix/{odd}/type", kind)
    made.set_row("ch/{ch}/mix/{odd}/pan", [10 * (n % 9) - 40.0 for n in range(32 * 8)])
    made.set("/ch/05/mix/on", 0)
    check(made)


@pytest.mark.parametrize("kind", range(5))
@pytest.mark.parametrize("linked", [0, 1])
def test_a_matrix_is_fed_as_its_type_says(kind: int, linked: int) -> None:
    made = open_rig()
    made.set_row("config/mtxlink/{mtx_pair}", linked)
    for strip in ("bus/{bus}", "main/st", "main/m"):
        made.set_row(f"{strip}/mix/{{odd_mtx}}/type", kind)
        row = made.console.values.table.rows[f"{strip}/mix/{{odd_mtx}}/pan"]
        made.set_row(row.path, [20.0 * (n % 9) - 80 for n in range(row.size)])
    made.set_many({"/bus/07/mix/on": 0, "/main/st/mix/pan": 20.0})
    check(made)


@pytest.mark.parametrize("returned", range(1, 9))
def test_an_effect_return_is_a_strip_like_others(returned: int) -> None:
    made = desk.Rig(["main", "main/m", "bus/05", "bus/06"])
    path = f"/fxrtn/{returned:02}"
    made.set_row("config/fxlink/{rtn_pair}", 0)
    for slot in range(1, 5):
        made.set_many({f"/fx/{slot}/source/l": 2 * slot - 1 + 8, f"/fx/{slot}/source/r": 2 * slot + 8})
    made.set_many({f"/ch/{n:02}/mix/{n:02}/level": 0.0 for n in range(9, 17)})
    made.set_row("bus/{bus}/mix/fader", 0.0)
    made.set_row("fxrtn/{rtn}/mix/on", 0)
    made.set_row("ch/{ch}/mix/{odd}/type", "PRE")
    made.set_many({f"{path}/mix/on": 1, f"{path}/mix/fader": -6.0, f"{path}/mix/pan": 30.0})
    made.set_many({f"{path}/mix/mono": 1, f"{path}/mix/mlevel": -3.0, f"{path}/mix/05/level": -9.0})
    made.set_many({"/main/st/mix/fader": 0.0, "/main/m/mix/fader": 0.0})
    x = {8 + returned: desk.tone(1000)}
    bus = desk.decibels(0.1) + made.value("/bus/01/mix/fader")
    after = bus + made.value(f"{path}/mix/fader")
    main = after + made.value("/main/st/mix/fader")
    left, right = processors.level_db(processors.pan_gains(30))
    at_bus = after - 9 + made.value("/bus/05/mix/fader")
    wanted = [main + left, main + right, main - 3, at_bus]
    np.testing.assert_allclose(desk.level_db(made.play(x)[:, :4]), wanted, atol=DB)
