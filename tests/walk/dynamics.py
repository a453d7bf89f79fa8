"""How gates and dynamics are shown: the whole signal, frame by frame, is what the float64 model makes of it.

The signal is a square wave, whose magnitude is its level in every frame, in steps around the thresholds.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import scipy.signal

from oracles import filters, processors
from walk.strips import CHANNELS, FADER_0, RATE, Strips, leaves_at
from walk.walker import Ledger, Setting, Vector, shows, walk

STEP = 4800
LEVELS_DBFS = (-60, -50, -12, -38, -5, -55, -25, -26.5, -60, -20)
HALF_WAVE = 24
SILENCE = 2432  # before the signal, in which gates close: whole spans of the time in which a gate looks for a peak
SPARSE = 7  # every so many frames are compared

GATED = ("ch/{ch}",)
COMPRESSED = ("ch/{ch}", "bus/{bus}", "mtx/{mtx}", "main/st", "main/m")
KEYED = ("ch/{ch}", "bus/{bus}")
MODES = ("EXP2", "EXP3", "EXP4", "GATE", "DUCK")
RATIOS = (1.1, 1.3, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 100.0)

GAIN_SHARE, GAIN_FLOOR, SLOPE = 0.012, 2e-3, 4  # parts of the gain, of full scale, and frames


def square(levels_dbfs: Sequence[float], step: int = STEP) -> Vector:
    """Square wave of 1 kHz that stays on each level for a while."""
    level = np.repeat(processors.gain(levels_dbfs), step)
    return level * np.where(np.arange(level.size) // HALF_WAVE % 2, -1, 1)


SIGNAL = square(LEVELS_DBFS).astype(np.float32).astype(np.float64)


def hold_time(step: int) -> float:
    """Milliseconds of a step of a hold."""
    return float(0.02 * 1e5 ** (step / 100))


def release_time(step: int) -> float:
    """Milliseconds of a step of a release."""
    return float(5 * 800 ** (step / 100))


Ask = Callable[[str], int]


def filtered(ask: Ask, path: str, key: Vector) -> Vector:
    """What a processor listens to behind its key filter."""
    if not ask(f"{path}/filter/on"):
        return key
    kind, f = filters.KEY_FILTERS[ask(f"{path}/filter/type")], processors.frequency(ask(f"{path}/filter/f"))
    return np.asarray(scipy.signal.sosfilt(filters.key_filter(kind, f, RATE), key))


def gated(ask: Ask, strip: str, x: Vector, key: Vector) -> Vector:
    """Signal behind a channel's gate."""
    path = f"{strip}/gate"
    if strip not in CHANNELS or not ask(f"{path}/on"):
        return x
    mode = MODES[ask(f"{path}/mode")]
    ratio = float(mode[3]) if mode.startswith("EXP") else None
    attack_ms, release_ms = ask(f"{path}/attack"), release_time(ask(f"{path}/release"))
    gate = processors.Gate(
        -80 + ask(f"{path}/thr") / 2, 3 + ask(f"{path}/range"), attack_ms, hold_time(ask(f"{path}/hold")),
        release_ms, ratio, mode == "DUCK",
    )  # fmt: skip
    return x * gate.gains(filtered(ask, path, key), RATE)


def compressed(ask: Ask, strip: str, x: Vector, key: Vector) -> Vector:
    """Signal behind a strip's dynamics."""
    path = f"{strip}/dyn"
    if not ask(f"{path}/on"):
        return x
    dynamics = processors.Compressor(
        -60 + ask(f"{path}/thr") / 2, RATIOS[ask(f"{path}/ratio")], ask(f"{path}/knee"), ask(f"{path}/attack"),
        hold_time(ask(f"{path}/hold")), release_time(ask(f"{path}/release")), ask(f"{path}/mgain") / 2,
        5 * ask(f"{path}/mix"), bool(ask(f"{path}/mode")), bool(ask(f"{path}/det")), not ask(f"{path}/env"),
        bool(ask(f"{path}/auto")),
    )  # fmt: skip
    return x * dynamics.gains(filtered(ask, path, key), RATE)


def equalised(ask: Ask, strip: str, x: Vector) -> Vector:
    """Signal behind the first band of a strip's EQ, which is the one that is used here."""
    gain_db = -15 + ask(f"{strip}/eq/1/g") / 4
    if gain_db == 0:
        return x
    section = filters.band(
        "PEQ", processors.frequency(ask(f"{strip}/eq/1/f")), gain_db, processors.quality(ask(f"{strip}/eq/1/q")), RATE
    )
    return np.asarray(scipy.signal.sosfilt(section[np.newaxis], x))


def expected_of(
    ask: Ask, strip: str, x: Vector, gate_key: Vector | None = None, dyn_key: Vector | None = None
) -> Vector:
    """What a strip makes of a signal, its fader not counted; a key of None is the strip itself."""
    x = gated(ask, strip, x, x if gate_key is None else gate_key)
    if ask(f"{strip}/dyn/pos"):
        x = equalised(ask, strip, x)
        return compressed(ask, strip, x, x if dyn_key is None else dyn_key)
    return equalised(ask, strip, compressed(ask, strip, x, x if dyn_key is None else dyn_key))


def rest(desk: Strips, switches: Sequence[str]) -> None:
    """Let the processors forget: out of all strips they have no past."""
    was = {path: desk.walker.stored(path) for path in switches}
    desk.walker.send(dict.fromkeys(switches, 0))
    desk.play(np.zeros(SILENCE))
    desk.walker.send(was)
    desk.play(np.zeros(SILENCE))


def judge_signals(
    desk: Strips, moved: Mapping[str, Setting], section: str, x: Vector = SIGNAL,
    keys: Callable[[str], tuple[Vector | None, Vector | None]] = lambda path: (None, None),
) -> None:  # fmt: skip
    """Each strip gives what its model makes of the signal, frame by frame."""
    strips = {leaf.split(f"/{section}")[0] for leaf in moved}
    rest(desk, [f"{strip}/{section}/on" for strip in strips])
    heard = desk.play(x)[::SPARSE]
    ask = desk.walker.stored
    known: dict[tuple[object, ...], Vector] = {}
    for column, path in enumerate(desk.paths):
        strip = {"/main/l": "/main/st", "/main/r": "/main/st"}.get(path, path)
        for leaf in leaves_at(moved, [path]):
            # Strips that are set alike make the same of the same signal.
            state = setting_of(ask, strip)
            if keys(path) != (None, None) or state not in known:
                all_of_it = [late(signal) for signal in (desk.fed(path) * x, *keys(path))]
                known[state] = expected_of(ask, strip, *all_of_it)[SILENCE:] * FADER_0
            whole = known[state]
            near = np.abs(whole[SLOPE:] - whole[:-SLOPE])
            step = np.pad(near, (SLOPE, 0))[::SPARSE] + np.pad(near, (0, SLOPE))[::SPARSE]
            expected = whole[::SPARSE]
            tolerance = GAIN_SHARE * np.abs(expected) + GAIN_FLOOR * 0.1 + 0.15 * step * (np.abs(expected) > 0)
            desk.ledger.note(leaf, moved[leaf], heard[:, column], expected, tolerance)


def late(x: Vector | None) -> Vector | None:
    """Signal after the silence, if there is one."""
    return None if x is None else np.concatenate((np.zeros(SILENCE), x))


def setting_of(ask: Ask, strip: str) -> tuple[object, ...]:
    """All that makes a strip's dynamics what they are."""
    kinds = ("gate", "dyn") if strip in CHANNELS else ("dyn",)
    leaves = [f"{kind}/{leaf}" for kind in kinds for leaf in (GATE if kind == "gate" else DYNAMICS)]
    return ("main" in strip, *(ask(f"{strip}/{leaf}") for leaf in (*leaves, "eq/1/g", "eq/1/f", "eq/1/q")))


FILTER = ("filter/on", "filter/type", "filter/f")
GATE = ("on", "mode", "thr", "range", "attack", "hold", "release", *FILTER)
DYNAMICS = (
    "on",
    "mode",
    "det",
    "env",
    "thr",
    "ratio",
    "knee",
    "mgain",
    "attack",
    "hold",
    "release",
    "pos",
    "mix",
    "auto",
    *FILTER,
)


# --- gates -----------------------------------------------------------------------------------------

OPEN_GATE: dict[str, Setting] = {
    "on": 1,
    "mode": "GATE",
    "thr": -30.0,
    "range": 20.0,
    "attack": 5.0,
    "hold": 5.0,
    "release": 30.0,
}


def walk_gates(ledger: Ledger, leaf: str, palette: Sequence[Setting], **settings: Setting) -> None:
    with (desk := Strips(ledger)).walker as walker:
        desk.paths = CHANNELS
        for name, value in (OPEN_GATE | settings).items():
            walker.set_row(f"ch/{{ch}}/gate/{name.replace('_', '/')}", value)
        walk(walker, [f"ch/{{ch}}/gate/{leaf}"], palette, lambda moved: judge_signals(desk, moved, "gate"))


@shows("ch/{ch}/gate/on")
def switches_of_gates(ledger: Ledger) -> None:
    walk_gates(ledger, "on", [1, 0])


@shows("ch/{ch}/gate/mode")
def modes_of_gates(ledger: Ledger) -> None:
    walk_gates(ledger, "mode", list(MODES), range=40.0, release=12.0)


@shows("ch/{ch}/gate/thr")
def thresholds_of_gates(ledger: Ledger) -> None:
    walk_gates(ledger, "thr", [-70.0, -48.0, -31.5, -22.0, -15.0, -8.5], mode="EXP2")


@shows("ch/{ch}/gate/range")
def ranges_of_gates(ledger: Ledger) -> None:
    walk_gates(ledger, "range", [3.0, 7.0, 12.0, 20.0, 33.0, 60.0])


@shows("ch/{ch}/gate/attack")
def attacks_of_gates(ledger: Ledger) -> None:
    walk_gates(ledger, "attack", [0.0, 2.0, 8.0, 20.0, 45.0, 90.0, 120.0])


@shows("ch/{ch}/gate/hold")
def holds_of_gates(ledger: Ledger) -> None:
    walk_gates(ledger, "hold", [0.02, 5.0, 15.0, 35.0, 70.0])


@shows("ch/{ch}/gate/release")
def releases_of_gates(ledger: Ledger) -> None:
    walk_gates(ledger, "release", [5.0, 12.0, 30.0, 80.0, 200.0, 1000.0])


KEY_FILTER: dict[str, Setting] = {"filter_on": 1, "filter_type": "LC6", "filter_f": 2000.0}


KEY_FILTERED_GATE = KEY_FILTER | {"mode": "EXP2", "thr": -10.0, "range": 40.0, "release": 5.0}
"""Most levels are below this threshold and far above what is told apart, so that filters make a difference there."""


@shows("ch/{ch}/gate/filter/on")
def switches_of_gates_key_filters(ledger: Ledger) -> None:
    walk_gates(ledger, "filter/on", [1, 0], **KEY_FILTERED_GATE)


@shows("ch/{ch}/gate/filter/type")
def kinds_of_gates_key_filters(ledger: Ledger) -> None:
    walk_gates(ledger, "filter/type", list(range(9)), **KEY_FILTERED_GATE)


@shows("ch/{ch}/gate/filter/f")
def frequencies_of_gates_key_filters(ledger: Ledger) -> None:
    walk_gates(
        ledger,
        "filter/f",
        [60.0, 150.0, 400.0, 1000.0, 2500.0],  # far above the tone only its edges are heard, at every frequency alike
        **KEY_FILTERED_GATE | {"filter_type": "1.0"},
    )


# --- compressors and expanders ---------------------------------------------------------------------

COMPRESSOR: dict[str, Setting] = {
    "on": 1, "mode": "COMP", "det": "PEAK", "env": "LOG", "thr": -32.0, "ratio": "4.0", "knee": 1.0, "mgain": 0.0,
    "attack": 5.0, "hold": 5.0, "release": 30.0, "mix": 100.0,
}  # fmt: skip


def walk_dynamics(
    ledger: Ledger,
    leaf: str,
    palette: Sequence[Setting],
    prepare: Callable[[Strips], None] = lambda desk: None,
    **settings: Setting,
) -> None:
    for mixes, kinds in ((False, COMPRESSED[:2]), (True, COMPRESSED[2:])):
        with (desk := Strips(ledger, mixes)).walker as walker:
            for kind in kinds:
                for name, value in (COMPRESSOR | settings).items():
                    walker.set_row(f"{kind}/dyn/{name.replace('_', '/')}", value)
            prepare(desk)
            walk(
                walker,
                [f"{kind}/dyn/{leaf}" for kind in kinds],
                palette,
                lambda moved, desk=desk: judge_signals(desk, moved, "dyn"),
            )


def every(leaf: str) -> list[str]:
    return [f"{kind}/dyn/{leaf}" for kind in COMPRESSED]


@shows(*every("on"))
def switches_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "on", [1, 0])


@shows(*every("mode"))
def modes_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "mode", ["COMP", "EXP"], ratio="1.5")


@shows(*every("det"))
def detectors_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "det", ["PEAK", "RMS"])


@shows(*every("env"))
def envelopes_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "env", ["LIN", "LOG"], attack=20.0)


@shows(*every("thr"))
def thresholds_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "thr", [-60.0, -45.0, -37.5, -30.0, -22.0, -15.0, -8.5, 0.0], knee=0.0)


@shows(*every("ratio"))
def ratios_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "ratio", list(range(12)))


@shows(*every("knee"))
def knees_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "knee", [float(knee) for knee in range(6)], thr=-25.0, ratio="10")


@shows(*every("mgain"))
def make_up_gains(ledger: Ledger) -> None:
    walk_dynamics(ledger, "mgain", [0.0, 1.5, 4.0, 7.0, 11.0, 16.5, 24.0])


@shows(*every("attack"))
def attacks_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "attack", [0.0, 2.0, 8.0, 20.0, 45.0, 90.0, 120.0])


@shows(*every("hold"))
def holds_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "hold", [0.02, 5.0, 20.0, 50.0, 100.0, 300.0])


@shows(*every("release"))
def releases_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "release", [5.0, 12.0, 30.0, 80.0, 200.0, 1000.0])


@shows(*every("mix"))
def mixes_of_dynamics(ledger: Ledger) -> None:
    walk_dynamics(ledger, "mix", [0.0, 5.0, 20.0, 45.0, 60.0, 85.0, 100.0])


@shows(*every("auto"))
def automatic_releases(ledger: Ledger) -> None:
    walk_dynamics(ledger, "auto", [0, 1], ratio="20")


@shows(*every("pos"))
def places_of_dynamics(ledger: Ledger) -> None:
    def boost(desk: Strips) -> None:
        for kind in COMPRESSED[2:] if desk.paths[0].startswith("/mtx") else COMPRESSED[:2]:
            band = "{band}" if kind.startswith("ch") else "{band6}"
            row = desk.walker.console.values.table.rows[f"{kind}/eq/{band}/g"]
            count = 4 if kind.startswith("ch") else 6
            desk.walker.set_row(f"{kind}/eq/{band}/type", "PEQ")
            desk.walker.set_row(row.path, [9.0, *[0.0] * (count - 1)] * (row.size // count))
            desk.walker.set_row(f"{kind}/eq/{band}/f", 1000.0)

    walk_dynamics(ledger, "pos", ["PRE", "POST"], boost)


@shows(*every("filter/on"))
def switches_of_key_filters(ledger: Ledger) -> None:
    walk_dynamics(ledger, "filter/on", [1, 0], **KEY_FILTER)


@shows(*every("filter/type"))
def kinds_of_key_filters(ledger: Ledger) -> None:
    walk_dynamics(ledger, "filter/type", list(range(9)), **KEY_FILTER)


@shows(*every("filter/f"))
def frequencies_of_key_filters(ledger: Ledger) -> None:
    walk_dynamics(ledger, "filter/f", [100.0, 500.0, 1500.0, 4000.0, 9000.0], **KEY_FILTER | {"filter_type": "1.0"})
