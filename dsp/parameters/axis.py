"""Axes: the labels a path can run along, as they stand in the console's addresses."""


def _numbers(count: int, width: int = 1, first: int = 1, step: int = 1) -> tuple[str, ...]:
    return tuple(f"{number:0{width}d}" for number in range(first, first + count, step))


def _pairs(count: int) -> tuple[str, ...]:
    return tuple(f"{left}-{left + 1}" for left in range(1, count, 2))


def _blocks(count: int) -> tuple[str, ...]:
    return tuple(f"{first}-{first + 7}" for first in range(1, count, 8))


LABELS: dict[str, tuple[str, ...]] = {
    # Strips and what they consist of.
    "ch": _numbers(32, 2),
    "aux": _numbers(8, 2),
    "rtn": _numbers(8, 2),
    "bus": _numbers(16, 2),
    "odd": _numbers(16, 2, step=2),  # the left bus of a pair: it holds what both share
    "mtx": _numbers(6, 2),
    "odd_mtx": _numbers(6, 2, step=2),
    "dca": _numbers(8),
    "group": _numbers(6),
    "band": _numbers(4),
    "band6": _numbers(6),
    # Stereo links.
    "ch_pair": _pairs(32),
    "aux_pair": _pairs(8),
    "rtn_pair": _pairs(8),
    "pair": _pairs(16),
    "mtx_pair": _pairs(6),
    # Routing.
    "block": _blocks(32),
    "aes_port": ("AES50A", "AES50B"),
    "aes_block": _blocks(48),
    "user_in": _numbers(32, 2),
    "user_out": _numbers(48, 2),
    "out": _numbers(16, 2),
    "aux_out": _numbers(6, 2),
    "p16": _numbers(16, 2),
    "side": _numbers(2, 2),
    "headamp": _numbers(128, 3, first=0),
    "input": _numbers(40, 2, first=0),
    "fx_side": tuple(f"fx{slot}{side}" for slot in range(1, 9) for side in "LR"),
    "aux_point": tuple(f"aux{number}" for number in range(1, 7)),
    # Talkback, user controls, personal monitors, automatic mixing.
    "talk": ("A", "B"),
    "layer": ("A", "B", "C"),
    "encoder": _numbers(4),
    "button": _numbers(8, first=5),
    "mixer48": _numbers(48, 2),
    "mixer48_pair": _numbers(24, 2),
    "mixer48_group": _numbers(12, 2),
    "automix": ("X", "Y"),
    # Effects.
    "slot": _numbers(4),
    "insert": _numbers(4, first=5),
    "par": _numbers(64, 2),
    # Outside scenes.
    "solo": _numbers(80, 2),
    "control": _numbers(36, 2),
    "byte": _numbers(4, first=0),
    "word": _numbers(100, 2, first=0),
    "cue": _numbers(500, 3, first=0),
    "scene": _numbers(100, 3, first=0),
    "snippet": _numbers(100, 3, first=0),
    "library": ("ch", "fx", "r", "mon"),
    "preset": _numbers(100, 3),
    "file": _numbers(999, 3),
    "session": _numbers(100, 3),
    "marker": _numbers(100, 3),
}
