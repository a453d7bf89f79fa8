"""The monitor: solos of every strip, before and after faders, sources, dim, mono, mute, and its way out."""

import numpy as np
import pytest

from oracles import processors
from rigs import desk

DB = 0.005
SILENT = desk.SILENT_DB
FADER_DB, PAN = -8.0, 40.0
TONE = desk.tone(1000)
IN_DB = float(desk.decibels(0.1))
LEFT_DB, RIGHT_DB = processors.level_db(processors.pan_gains(PAN))

# Strips by the number of their solo switch.
SWITCHES = {
    **{f"/ch/{n:02}": n for n in range(1, 33)},
    **{f"/auxin/{n:02}": 32 + n for n in range(1, 9)},
    **{f"/fxrtn/{n:02}": 40 + n for n in range(1, 9)},
    **{f"/bus/{n:02}": 48 + n for n in range(1, 17)},
    **{f"/mtx/{n:02}": 64 + n for n in range(1, 7)},
    "/main/st": 71,
    "/main/m": 72,
}
FIRST_DCA = 73


class Stage:
    """Input 1 is everywhere: on channel 1 or any other input strip, and through it on a bus, matrix or main.

    Every fader is at `FADER_DB` and every pan at `PAN`, but those on the way to the strip that is listened to.
    """

    def __init__(self, strip: str) -> None:
        self.rig = rig = desk.Rig(["monitor"])
        self.strip = strip
        rig.set_row("config/fxlink/{rtn_pair}", 0)
        rig.set("/config/auxlink/7-8", 0)
        rig.set_row("ch/{ch}/config/source", 1)
        rig.set_row("auxin/{aux}/config/source", 1)
        rig.set_row("ch/{ch}/mix/{odd}/type", "PRE")
        rig.set("/ch/01/mix/st", 0)
        for kind in ("ch/{ch}", "auxin/{aux}", "fxrtn/{rtn}", "bus/{bus}", "mtx/{mtx}", "main/st", "main/m"):
            rig.set_row(f"{kind}/mix/fader", FADER_DB)
            if f"{kind}/mix/pan" in rig.console.values.table.rows and kind != "main/st":
                rig.set_row(f"{kind}/mix/pan", PAN)
        rig.set_row("ch/{ch}/mix/st", 0)
        rig.set_row("auxin/{aux}/mix/st", 0)
        rig.set_row("fxrtn/{rtn}/mix/st", 0)
        self._feed(strip)

    def _feed(self, strip: str) -> None:
        """Let channel 1 be heard at unity at the strip's input."""
        kind, number = strip[1:].split("/")
        if kind == "bus":
            self.rig.set(f"/ch/01/mix/{number}/level", 0.0)
        elif kind == "mtx":
            self.rig.set_many({"/ch/01/mix/01/level": 0.0, f"/bus/01/mix/{number}/level": 0.0})
            self.rig.set(f"/bus/01/mix/{int(number) - 1 + int(number) % 2:02}/type", "PRE")
        elif kind == "fxrtn":
            slot, side = divmod(int(number) - 1, 2)
            self.rig.set_many({f"/fx/{slot + 1}/source/{'lr'[side]}": 1, "/ch/01/mix/01/level": 0.0})
            self.rig.set("/bus/01/mix/fader", 0.0)
        elif strip == "/main/st":
            self.rig.set_many({"/ch/01/mix/st": 1, "/ch/01/mix/pan": -100.0, "/ch/01/mix/fader": 0.0})
        elif strip == "/main/m":
            self.rig.set_many({"/ch/01/mix/mono": 1, "/ch/01/mix/mlevel": 0.0, "/ch/01/mix/fader": 0.0})

    @property
    def way_db(self) -> float:
        """What the faders before the strip's input make, which are only next to 0 dB."""
        rig, strip = self.rig, self.strip
        if strip.startswith("/main"):
            return float(rig.value("/ch/01/mix/fader"))
        return float(rig.value("/bus/01/mix/fader")) if strip.startswith("/fxrtn") else 0.0

    def heard_db(self) -> np.ndarray:
        """Levels of monitor left and right relative to the input's."""
        return desk.level_db(self.rig.play({1: TONE})[:, :2]) - IN_DB


def near(levels: np.ndarray, left: float, right: float) -> None:
    """Levels are as they should; silence is silence."""
    wanted = np.array([left, right])
    silent = wanted == SILENT
    assert (levels[silent] < -120).all()
    np.testing.assert_allclose(levels[~silent], wanted[~silent], atol=DB)


def mode_of(strip: str) -> str:
    return "chmode" if strip.split("/")[1] in ("ch", "auxin", "fxrtn") else "busmode"


@pytest.mark.parametrize("strip", SWITCHES)
def test_a_solo_before_the_fader_is_in_the_middle(strip: str) -> None:
    stage = Stage(strip)
    stage.rig.set(f"/-stat/solosw/{SWITCHES[strip]:02}", 1)
    near(stage.heard_db(), stage.way_db, SILENT if strip == "/main/st" else stage.way_db)


@pytest.mark.parametrize("strip", SWITCHES)
def test_a_solo_after_the_fader_is_where_its_pan_is(strip: str) -> None:
    stage = Stage(strip)
    stage.rig.set(f"/config/solo/{mode_of(strip)}", "AFL")
    stage.rig.set(f"/-stat/solosw/{SWITCHES[strip]:02}", 1)
    after = stage.way_db + stage.rig.value(f"{strip}/mix/fader")
    if strip == "/main/st":
        near(stage.heard_db(), after, SILENT)
    elif strip.startswith(("/mtx", "/main")):
        near(stage.heard_db(), after, after)
    else:
        near(stage.heard_db(), after + LEFT_DB, after + RIGHT_DB)


@pytest.mark.parametrize("strip", ["/ch/07", "/bus/02", "/mtx/03"])
@pytest.mark.parametrize(("mode", "heard"), [("PFL", 1), ("AFL", 0)])
def test_a_mute_is_heard_after_the_fader_only(strip: str, mode: str, heard: int) -> None:
    stage = Stage(strip)
    stage.rig.set_many({f"/config/solo/{mode_of(strip)}": mode, f"{strip}/mix/on": 0})
    stage.rig.set(f"/-stat/solosw/{SWITCHES[strip]:02}", 1)
    assert (stage.heard_db() > -1).all() == bool(heard)


@pytest.mark.parametrize(("mode", "follows"), [("PFL", False), ("AFL", True)])
@pytest.mark.parametrize("strip", ["/ch/20", "/auxin/03", "/fxrtn/05", "/bus/11", "/mtx/06", "/main/st", "/main/m"])
def test_a_soloed_dca_lets_its_members_be_heard(strip: str, mode: str, follows: bool) -> None:
    stage = Stage(strip)
    stage.rig.set_many({f"{strip}/grp/dca": 0b100, "/dca/3/fader": -5.0, "/config/solo/dcamode": mode})
    stage.rig.set(f"/-stat/solosw/{FIRST_DCA + 2}", 1)
    moved = stage.rig.value(f"{strip}/mix/fader") + stage.rig.value("/dca/3/fader") if follows else 0.0
    pans = follows and not strip.startswith(("/mtx", "/main"))
    left = stage.way_db + moved + (LEFT_DB if pans else 0)
    assert stage.heard_db()[0] == pytest.approx(left, abs=DB)


PAIRS = {"ch": "chlink", "auxin": "auxlink", "fxrtn": "fxlink", "bus": "buslink", "mtx": "mtxlink"}


@pytest.mark.parametrize(("kind", "link"), PAIRS.items())
@pytest.mark.parametrize("mode", ["PFL", "AFL"])
def test_a_linked_pair_is_soloed_as_a_pair_and_keeps_its_sides(kind: str, link: str, mode: str) -> None:
    stage = Stage(f"/{kind}/05")
    rig = stage.rig
    if kind in ("ch", "auxin"):
        rig.set(f"/{kind}/06/config/source", 0)
    for other in ("chmode", "busmode"):
        rig.set(f"/config/solo/{other}", mode)
    rig.set_many({f"/{kind}/05/mix/pan": 0.0, f"/{kind}/06/mix/pan": 0.0} if kind != "mtx" else {})
    rig.set(f"/config/{link}/5-6", 1)
    if kind == "bus":
        rig.set("/ch/01/mix/05/pan", -100.0)
    if kind == "mtx":
        rig.set("/bus/01/mix/05/pan", -100.0)
    rig.set(f"/-stat/solosw/{SWITCHES[f'/{kind}/06']:02}", 1)
    assert rig.stored(f"/-stat/solosw/{SWITCHES[f'/{kind}/05']:02}") == 1
    level = stage.way_db + (rig.value(f"/{kind}/05/mix/fader") if mode == "AFL" else 0.0)
    near(stage.heard_db(), level, SILENT)


# --- the monitor without solos -------------------------------------------------------------------------

MAIN_DB, MONO_DB, BALANCE = -4.0, -9.0, 20.0


def sourced(**solo: desk.Setting) -> np.ndarray:
    """Levels of the monitor: input 1 in main left, 2 in right, 3 in mono, 4 to 7 on aux strips 5 to 8."""
    rig = desk.Rig(["monitor"])
    for n, place in ((1, -100.0), (2, 100.0)):
        rig.set_many({f"/ch/{n:02}/mix/pan": place, f"/ch/{n:02}/mix/fader": 0.0})
    rig.set_many({"/ch/03/mix/st": 0, "/ch/03/mix/mono": 1, "/ch/03/mix/mlevel": 0.0, "/ch/03/mix/fader": 0.0})
    rig.set_many({"/main/st/mix/fader": MAIN_DB, "/main/m/mix/fader": MONO_DB, "/main/st/mix/pan": BALANCE})
    rig.set_many({f"/auxin/{n + 4:02}/config/source": n + 3 for n in range(1, 5)})
    rig.set_row("auxin/{aux}/mix/st", 0)
    rig.set_many({f"/config/solo/{name}": value for name, value in solo.items()})
    heard = rig.play({n: desk.tone(500 * n) for n in range(1, 8)})
    return np.stack([desk.level_db(heard[:, :2], 500.0 * n) - IN_DB for n in range(1, 8)])


STEPS_DB = np.array([processors.taper_db(step, 1024) for step in range(1, 1024)])
FADER_0, MAIN, MONO = (float(STEPS_DB[np.abs(STEPS_DB - level).argmin()]) for level in (0.0, MAIN_DB, MONO_DB))
MAIN, MONO = MAIN + FADER_0, MONO + FADER_0
LEAN_DB = float(processors.level_db(processors.pan_gains(BALANCE)[0] * 2**0.5))
CENTRE_DB = float(processors.level_db(0.5**0.5))


def places(**levels: tuple[float, float]) -> np.ndarray:
    wanted = np.full((7, 2), float(SILENT))
    for name, sides in levels.items():
        wanted[int(name[2:]) - 1] = sides
    return wanted


S = float(SILENT)
LR = {"in1": (MAIN + LEAN_DB, S), "in2": (S, MAIN)}
SOURCES = {
    "OFF": {},
    "LR": LR,
    "LR+C": LR | {"in3": (MONO + CENTRE_DB, MONO + CENTRE_DB)},
    "LRPFL": {"in1": (FADER_0, S), "in2": (S, FADER_0)},
    "LRAFL": LR,
    "AUX56": {"in4": (0.0, S), "in5": (S, 0.0)},
    "AUX78": {"in6": (0.0, S), "in7": (S, 0.0)},
}


def compare(levels: np.ndarray, wanted: np.ndarray) -> None:
    silent = wanted == SILENT
    assert (levels[silent] < -120).all()
    np.testing.assert_allclose(levels[~silent], wanted[~silent], atol=DB)


@pytest.mark.parametrize("source", SOURCES)
def test_the_monitor_plays_its_source(source: str) -> None:
    compare(sourced(source=source), places(**SOURCES[source]))


@pytest.mark.parametrize("trim_db", [-18.0, -3.5, 18.0])
def test_the_source_has_a_trim(trim_db: float) -> None:
    compare(sourced(source="LRPFL", sourcetrim=trim_db), places(in1=(FADER_0 + trim_db, S), in2=(S, FADER_0 + trim_db)))


@pytest.mark.parametrize(("settings", "change_db"), [
    ({"level": -6.0}, -6.0),
    ({"level": 10.0}, 10.0),
    ({"dim": 1}, -20.0),
    ({"dim": 1, "dimatt": -7.0, "level": -3.0}, -10.0),
    ({"dimpfl": 1}, 0.0),
])  # fmt: skip
def test_the_monitor_has_a_level_and_a_dim(settings: dict[str, desk.Setting], change_db: float) -> None:
    level = FADER_0 + change_db
    compare(sourced(source="LRPFL", **settings), places(in1=(level, S), in2=(S, level)))


def test_a_muted_monitor_is_silent() -> None:
    compare(sourced(mute=1), places())


def test_a_mono_monitor_has_half_of_both_sides_on_both_sides() -> None:
    half = FADER_0 + float(processors.level_db(0.5))
    compare(sourced(source="LRPFL", mono=1), places(in1=(half, half), in2=(half, half)))


@pytest.mark.parametrize(("settings", "change_db"), [
    ({"dim": 1}, -20.0),
    ({"dimpfl": 1}, -20.0),
    ({"dimpfl": 1, "chmode": 1}, 0.0),
    ({"level": -10.0}, -10.0),
    ({"mono": 1}, 0.0),
    ({"sourcetrim": -12.0}, 0.0),
])  # fmt: skip
def test_a_solo_has_level_and_dim_but_no_trim(settings: dict[str, desk.Setting], change_db: float) -> None:
    rig = desk.Rig(["monitor"])
    rig.set_many({"/ch/01/mix/fader": 0.0, "/-stat/solosw/01": 1})
    rig.set_many({f"/config/solo/{name}": value for name, value in settings.items()})
    after = CENTRE_DB + FADER_0 if "chmode" in settings else 0.0
    near(desk.level_db(rig.play({1: TONE})[:, :2]) - IN_DB, change_db + after, change_db + after)


def test_a_solo_takes_the_place_of_the_source() -> None:
    rig = desk.Rig(["monitor"])
    rig.set_many({"/ch/01/mix/fader": 0.0, "/main/st/mix/fader": 0.0, "/-stat/solosw/02": 1})
    heard = rig.play({1: desk.tone(1000), 2: desk.tone(2000)})[:, :2]
    assert (desk.level_db(heard, 1000) < -120).all()
    assert desk.level_db(heard, 2000) == pytest.approx(IN_DB, abs=DB)


def test_a_solo_changes_nothing_in_the_mains() -> None:
    rig = desk.Rig(["main"])
    rig.set_many({"/ch/01/mix/fader": 0.0, "/main/st/mix/fader": 0.0})
    before = rig.play({1: TONE})
    rig.set_many({"/-stat/solosw/02": 1, "/config/solo/dim": 1, "/config/solo/mute": 1})
    assert (rig.play({1: TONE})[4800:] == before[4800:]).all()
