"""Why nothing is to be heard of a strip: every reason there is, in the order of the signal."""

from __future__ import annotations

from collections.abc import Iterator

from dsp.table import TABLE
from tui import mirror, strips
from tui.desk import Desk

QUIET_DBFS = -70.0
SHUT_DB = 6.0
"""Gain reduction from which a gate is called shut."""

NEEDED = ("config/source", "gate/on", "gate/thr", "mix/st", "mix/mono", "insert/on", "insert/sel")


def addresses(row: int) -> list[str]:
    """What has to be known beside what the bridge reads anyway."""
    path = strips.STRIPS[row].path
    wanted = [f"/{path}/{leaf}" for leaf in NEEDED]
    wanted += ["/main/st/mix/on", "/main/st/mix/fader"]
    return [address for address in wanted if address in TABLE.leaves]


def reasons(row: int, source: mirror.Mirror, desk: Desk) -> Iterator[str]:
    """Each thing that keeps strip `row` from being heard in the main mix, in a sentence."""
    labels, path = source.strips, strips.STRIPS[row].path

    def known(leaf: str) -> bool:
        address = f"/{path}/{leaf}"
        return address in TABLE.leaves and desk.knows(address)

    if known("config/source") and desk.stored(f"/{path}/config/source") == 0:
        yield "nothing is patched to it: its source is 0"
    level_dbfs = float(source.hold_dbfs[row])
    if level_dbfs < QUIET_DBFS:
        yield f"nothing comes in: {level_dbfs:.0f} dBFS".replace("-", "−")
    if known("gate/on") and desk.stored(f"/{path}/gate/on") and source.gate_db[row] > SHUT_DB:
        threshold = desk.text(f"/{path}/gate/thr")
        yield f"its gate is shut and takes {source.gate_db[row]:.0f} dB (threshold {threshold})"
    if labels.follows[row]:
        yield from _main(source, desk)
        return
    if not labels.on[row]:
        yield "it is muted by its own key"
    for group in _members(int(labels.mute_groups[row]), source.mute_groups.on):
        yield f"it is muted by mute group {group + 1}"
    for dca in _members(int(labels.dcas[row]), ~source.dcas.on):
        yield f"it is muted by DCA {dca + 1} {source.dcas.names[dca]}".rstrip()
    if labels.fader_db[row] < -89:
        yield "its fader is closed"
    for dca in _members(int(labels.dcas[row]), source.dcas.fader_db < -89):
        yield f"the fader of DCA {dca + 1} {source.dcas.names[dca]} is closed".replace("  ", " ")
    if known("mix/st") and not desk.stored(f"/{path}/mix/st"):
        yield "it is not sent to the main mix"
    if not path.startswith("main"):
        yield from _main(source, desk)


def _members(bits: int, flags: mirror.Flags) -> Iterator[int]:
    """Numbers of the groups a strip belongs to whose flag is set."""
    return (number for number, flag in enumerate(flags) if flag and bits >> number & 1)


def _main(source: mirror.Mirror, desk: Desk) -> Iterator[str]:
    left = strips.MAINS.start
    if not source.strips.on[left]:
        yield "main left/right is muted"
    if source.strips.fader_db[left] < -89:
        yield "the fader of main left/right is closed"
