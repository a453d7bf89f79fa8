"""A desk on which as much as possible can be heard at the same time, with steady signals at all inputs."""

import itertools

import numpy as np

from dsp.table import TABLE
from walk.walker import Setting

PERIOD = 480  # frames in which every input repeats itself
TALK_INPUT = 64


def signals() -> np.ndarray:
    """Steady signals of all inputs, shape (PERIOD, 64): two tones each, none like another."""
    frames = np.arange(PERIOD)
    low, high = 3 + np.arange(64) % 13, 17 + np.arange(64) * 3 % 61
    level = 0.05 + 0.002 * np.arange(64)
    tones = np.sin(2 * np.pi * np.outer(frames, low) / PERIOD) + 0.5 * np.cos(
        2 * np.pi * np.outer(frames, high) / PERIOD
    )
    return (level * tones).astype(np.float32)


def busy() -> dict[str, Setting]:
    """A desk on which as much as possible can be heard, and settles quickly."""
    settings: dict[str, Setting] = {"/config/auxlink/7-8": 0}
    settings |= {f"/config/fxlink/{n}-{n + 1}": 0 for n in (1, 3, 5, 7)}

    def row(pattern: str, *values: Setting) -> None:
        settings.update(zip(TABLE.rows[pattern].addresses(), itertools.cycle(values), strict=False))

    for kind in ("ch/{ch}", "auxin/{aux}", "fxrtn/{rtn}", "bus/{bus}", "mtx/{mtx}", "main/st", "main/m"):
        row(f"{kind}/mix/fader", -10.0, -7.0, -12.0)
        band = "{band}" if kind[:2] in ("ch", "au", "fx") else "{band6}"
        row(f"{kind}/eq/{band}/type", "PEQ")
        row(f"{kind}/eq/{band}/g", 4.0, -3.0, 5.0)
        row(f"{kind}/eq/{band}/f", 400.0, 900.0, 1700.0, 3000.0)
        row(f"{kind}/eq/{band}/q", 1.0)
        for send, level in (("{bus}", -22.0), ("{mtx}", -18.0)):
            if f"{kind}/mix/{send}/level" in TABLE.rows:
                row(f"{kind}/mix/{send}/level", level, level - 3)
        if f"{kind}/mix/mono" in TABLE.rows:
            row(f"{kind}/mix/mono", 1)
            row(f"{kind}/mix/mlevel", -20.0)
            row(f"{kind}/mix/pan", -60.0, 20.0, 80.0)
            row(f"{kind}/mix/st", 1)
        if f"{kind}/dyn/on" in TABLE.rows:
            for leaf, value in (("on", 1), ("thr", -45.0), ("ratio", "3.0"), ("attack", 2.0), ("hold", 0.02),
                                ("release", 12.0), ("filter/on", 1), ("filter/f", 700.0), ("mix", 90.0)):  # fmt: skip
                row(f"{kind}/dyn/{leaf}", value)
    for leaf, value in (("on", 1), ("mode", "EXP2"), ("thr", -32.0), ("range", 30.0), ("attack", 2.0), ("hold", 0.02),
                        ("release", 12.0), ("filter/on", 1), ("filter/f", 700.0)):  # fmt: skip
        row(f"ch/{{ch}}/gate/{leaf}", value)
    row("main/st/dyn/thr", -25.0)
    row("main/m/dyn/thr", -25.0)
    row("ch/{ch}/mix/fader", -3.0, 0.0)
    row("fxrtn/{rtn}/mix/fader", 0.0)
    row("bus/{bus}/mix/st", 0, 0, 1)
    row("bus/{bus}/mix/mono", 0, 1, 0)
    row("ch/{ch}/preamp/hpon", 1)
    row("ch/{ch}/preamp/hpf", 300.0)
    row("ch/{ch}/grp/dca", 1, 2, 4, 8, 16, 32, 64, 128)
    row("ch/{ch}/grp/mute", 1, 2, 4, 8, 16, 32)
    row("dca/{dca}/fader", -3.0)
    row("ch/{ch}/insert/on", 1)
    row("config/amixenable/{automix}", 1)
    settings |= {f"/ch/{n:02}/automix/group": 1 + n % 2 for n in range(1, 9)}
    settings |= {"/config/talk/A/destmap": 1, "/config/talk/B/destmap": 2, "/-stat/talk/A": 1, "/-stat/talk/B": 1}
    settings |= {"/config/talk/A/latch": 1, "/config/osc/type": "SINE", "/config/osc/level": -10.0, "/-stat/osc/on": 1}
    # The oscillator is alone on matrix 6: its phase among other tones is anybody's guess.
    settings |= {"/config/osc/dest": 25, "/config/osc/f1": 2000.0}
    settings |= {f"{path}/mix/06/on": 0 for path in (*(f"/bus/{n:02}" for n in range(1, 17)), "/main/st", "/main/m")}
    settings |= {f"/config/userrout/in/{n:02}": n for n in range(1, 33)}
    settings |= {"/config/talk/A/level": 6.0, "/config/talk/B/level": 6.0, "/main/m/mix/fader": -4.0}
    settings |= {"/main/st/mix/pan": -40.0} | {f"/outputs/aux/{n:02}/src": 25 + n for n in range(1, 7)}
    # No effect feeds itself.
    settings |= {f"/fxrtn/{n:02}/mix/{bus}/on": 0 for n in range(1, 9) for bus in range(13, 17)}
    # Aux strips and effect returns have no meter behind their faders but those of outputs.
    settings |= {f"/outputs/p16/{n:02}/src": 57 + n for n in range(1, 17)}
    settings |= {f"/outputs/p16/{n:02}/pos": "POST" for n in range(1, 17)}
    return settings


LOUD_RETURNS: dict[str, Setting] = {f"/bus/{n}/mix/fader": 10.0 for n in range(13, 17)}
LOUD_RETURNS |= {f"/fxrtn/{n:02}/mix/fader": 10.0 for n in range(1, 9)}
LOUD_RETURNS |= {f"/dca/{n}/on": 0 for n in range(1, 9)}  # no channels: aux strips alone feed the effects
LOUD_RETURNS |= {f"/auxin/{n:02}/mix/{way}": 0 for n in range(1, 9) for way in ("st", "mono")}
LOUD_RETURNS |= {f"/bus/{n}/dyn/mgain": 20.0 for n in range(13, 17)}

SHUT: dict[str, Setting] = {f"/ch/{n:02}/gate/{leaf}": value for n in range(1, 33)
                            for leaf, value in (("mode", "GATE"), ("thr", 0.0))}  # fmt: skip

CONTEXTS: dict[str, dict[str, Setting]] = {
    r"gate/range": SHUT,
    r"main/st/dyn/knee": {"/main/st/dyn/thr": -18.0},
    r"main/m/dyn/knee": {"/main/m/dyn/thr": -36.0},
    r"mtx/.*/dyn/knee": {f"/mtx/{n:02}/dyn/thr": -15.0 - 6 * n for n in range(1, 7)},
    r"main/m/dyn": {"/main/m/dyn/thr": -50.0},
    r"fxrtn/\{rtn\}/mix/(st|mono|pan|\{bus\}/on)$": LOUD_RETURNS,
    r"fxrtn/\{rtn\}/mix/\{odd\}/(pan|panFollow)": LOUD_RETURNS
    | {f"/config/buslink/{n}-{n + 1}": 1 for n in range(1, 12, 2)},
    r"config/solo/(chmode|dimpfl)": {"/-stat/solosw/03": 1},
    r"config/solo/busmode": {"/-stat/solosw/49": 1},
    r"config/solo/dcamode": {"/-stat/solosw/75": 1},
    r"config/solo/dimatt": {"/config/solo/dim": 1},
    r"routing/PLAY": {"/config/routing/routswitch": 1},
    r"userrout/in": {"/config/routing/IN/1-8": 20, "/config/routing/IN/9-16": 21, "/config/routing/IN/17-24": 22},
    r"insert/pos": {"/bus/02/insert/on": 1, "/mtx/02/insert/on": 1, "/main/st/insert/on": 1, "/main/m/insert/on": 1,
                    "/ch/03/insert/sel": 17, "/bus/02/insert/sel": 18, "/mtx/02/insert/sel": 19,
                    "/main/st/insert/sel": 20, "/main/m/insert/sel": 22},
    r"insert/on": {"/ch/03/insert/sel": 17, "/bus/02/insert/sel": 18, "/mtx/02/insert/sel": 19,
                         "/main/st/insert/sel": 20, "/main/m/insert/sel": 22},
    r"(mtx/\{mtx\}|main/st|main/m)/insert/sel": {f"/mtx/{n:02}/insert/on": 1 for n in range(1, 7)}
    | {"/main/st/insert/on": 1, "/main/m/insert/on": 1},
    r"bus/\{bus\}/insert/sel": {f"/bus/{n:02}/insert/on": 1 for n in range(1, 17)},
    r"mix/\{odd\}/(pan|panFollow)": {f"/config/buslink/{n}-{n + 1}": 1 for n in range(1, 16, 2)},
    r"mix/\{odd_mtx\}/(pan|panFollow)": {f"/config/mtxlink/{n}-{n + 1}": 1 for n in (1, 3)},
    r"grp/mute": {f"/config/mute/{group}": 1 for group in (2, 4, 6)},
    r"outputs/rec|config/tape": {"/outputs/rec/01/src": 26, "/outputs/rec/02/src": 29},
    r"keysolo": {"/config/solo/source": "OFF"},
}  # fmt: skip
"""What has to be set before a row can be seen, by its pattern."""
