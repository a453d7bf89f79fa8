"""All that the engine remembers at one frame of a gig: from there it can be played again to the last bit.

    between two calls of the audio thread ─▶ what changes all the time: filters, dynamics, glides, effects
    a moment later                        ─▶ what only grows: delay lines, the last seconds

Rings are read when the audio thread has gone on for a few milliseconds.  What it has written over meanwhile is
older than anything that is still read of it, and is written again when the gig is played again.
"""

import io
import math
import mmap
import os
import pathlib
import struct
import time
import zipfile
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from daemon import errors
from daemon.desk import console
from dsp.effects import memory as rack_memory
from dsp.engine import memory, wall
from dsp.native import control
from dsp.processors import registry
from dsp.processors.processor import Place

State = dict[str, npt.NDArray[Any]]

PATIENCE = 5_000_000
"""Looks at a counter: some milliseconds."""
ATTEMPTS = 30
SMALL = 600_000
"""Bytes of an effect's memory that are copied between two calls, too."""
LATEST = 8000
"""Frames after which a copy of the rings would be too late: the shortest rings have so much to spare."""
LATEST_OF_EFFECTS = 300
"""The same for those of effects: the lines of a large hall are nearly as long as their rings."""
LOCAL = struct.Struct("<26x2H")
"""Of what precedes a member of a zip file: lengths of its name, and of what else is said, before its bytes."""
HEAD = 1024
"""The description of an array is shorter."""
LARGE = 1_000_000
"""Bytes from which on an array of a checkpoint is read where it lies, when it is needed."""
OWN = ("slot", "hold_off", "phase", "heard", "changing")
"""Words of the audio thread."""
BEHIND = [each.name for each in registry.fields(Place.HEARD)]
"""What is remembered behind both desks."""
LAYOUT = zlib.crc32(repr((memory.DESK, memory.TARGETS, rack_memory.RACK)).encode())
"""How all that lies in memory: only who has the same can read it."""


def capture(audio: wall.Wall, mixer: console.Console) -> State | None:
    """Copy what the engine remembers; None while a desk gives way to another, or when it finds no moment.

    Parameters
    ----------
    audio : Wall
        While another thread plays.
    mixer : Console
        Whose effects play there.
    """
    m = audio.memory
    heard, slot = int(m["heard"]), int(m["slot"])
    records = m["rack"]["heard"].copy()
    spans = mixer.rack.remembered()  # first: whoever is about to be another type is no longer the newest then
    effects = mixer.rack.memories(m["slots"]["effect_serial"][slot], records)
    if m["changing"] or not m["begun"] or effects is None:
        return None
    parts = {
        "desk": _small(m["desks"][heard : heard + 1]), "rack": audio.block["rack"], "words": m["words"],
        **{name: m[name] for name in BEHIND},
    }  # fmt: skip
    given = int(m["slots"]["serial"][slot])
    parts |= {f"effect{at}": each for at, each in enumerate(effects) if each.nbytes <= SMALL}
    apart = [each[first : first + count] for each, (first, count) in zip(effects, spans, strict=True)]
    parts |= {f"apart{at}": each for at, each in enumerate(apart) if each.size}
    parts |= {name: audio.block[name] for name in OWN}
    state: State = {name: np.empty(each.nbytes, np.uint8) for name, each in parts.items()}
    pieces = [(each.ctypes.data, state[name].ctypes.data, each.nbytes // 4) for name, each in parts.items()]
    phase, listed = audio.block["phase"], np.array(pieces, np.int64)
    if not control.copy_at_rest(m["words"], memory.CALLS, memory.DONE, phase, PATIENCE, listed):
        return None
    # What the audio thread was given stands still until it takes something newer.
    state["draft"] = _bytes(m["slots"][slot : slot + 1])
    own = {name: _number(state[name]) for name in OWN}
    rack = state["rack"].view(rack_memory.RACK)[0]
    slots = rack["slots"][records, range(rack_memory.SLOTS)]
    draft = state["draft"].view(memory.TARGETS)[0]
    settled = np.array_equal(slots["serial"], draft["effect_serial"]) and not slots["leaving"].any()
    # No gig has what is played in place of its inputs.
    settled = settled and np.array_equal(rack["heard"], records) and not draft["swap"].any()
    settled = settled and int(m["slot"]) == slot and int(m["slots"]["serial"][slot]) == given
    if own["changing"] or own["phase"] or (own["heard"], own["slot"]) != (heard, slot) or not settled:
        return None
    state |= {f"effect{at}": _bytes(each) for at, each in enumerate(effects) if each.nbytes > SMALL}
    for at, (first, count) in enumerate(spans):
        if count:
            state[f"effect{at}"][4 * first : 4 * (first + count)] = state.pop(f"apart{at}")
    words = state["words"].view(np.int64)
    if int(m["words"][memory.FRAME]) - words[memory.FRAME] > LATEST_OF_EFFECTS:
        return None
    state |= _rings(audio, heard)
    is_late = int(m["words"][memory.FRAME]) - words[memory.FRAME] > LATEST
    if is_late or m["changing"] or m["words"][memory.RECALLED] != words[memory.RECALLED]:
        return None
    return state | {"before": np.array(int(m["before"])), "layout": np.array(LAYOUT)}


def _rings(audio: wall.Wall, heard: int) -> State:
    """What only grows, where there is anything in it; and the desk that waits."""
    m = audio.memory
    state: State = {"other": _bytes(_small(m["desks"][1 - heard : 2 - heard]))}
    for name, which in (("", heard), ("other_", 1 - heard)):
        state |= {name + line: rows.copy() for line, rows in audio.lines(which, used=True).items() if _is_used(rows)}
    return state | {name: ring.copy() for name, ring in _last_seconds(audio).items() if _is_used(ring)}


def _last_seconds(audio: wall.Wall) -> State:
    """What is kept for a desk to come, but what came in."""
    return {"snapshots": audio.memory["snapshots"], "past_returned": audio.memory["past_returned"][: audio.kept]}


def patiently(audio: wall.Wall, mixer: console.Console) -> State | None:
    """The same, again and again for half a second at most."""
    for attempt in range(ATTEMPTS):
        if (state := capture(audio, mixer)) is not None:
            return state
        time.sleep(0.001 * attempt)
    return None


def frame(state: State) -> int:
    """Frame of the stream at which it was made."""
    return int(state["words"].view(np.int64)[memory.FRAME]) + int(state["before"])


def serial(state: State) -> int:
    """Serial of the targets that were heard then."""
    return int(state["draft"].view(memory.TARGETS)["serial"][0])


def add_past(audio: wall.Wall, state: State, first: int) -> None:
    """Add what came in during the last seconds before a gig that begins at a frame of the stream: no reel has it."""
    now, before = frame(state), int(state["before"])
    begin = max(now - audio.kept + memory.EVERY, before)
    if begin < first:
        state["past"] = audio.past(begin - before, first - begin)


def save(path: pathlib.Path, state: State) -> None:
    """Write a checkpoint; it is on the disk when this returns."""
    with path.open("xb") as file:
        np.savez(file, **state)  # type: ignore[arg-type]
        file.flush()
        os.fsync(file.fileno())


def load(path: pathlib.Path) -> State:
    """Read a checkpoint.

    Raises
    ------
    Refusal
        With the file's name, when it is missing, cut or foreign.
    """
    try:
        state = _mapped(path)
        laid_out = int(state["layout"]) if "layout" in state else None
    except OSError as error:
        raise errors.Refusal(f"{path}: {error.strerror}") from None
    except Exception:  # zipfile, struct and numpy raise whatever they like
        raise errors.Refusal(f"{path} is damaged: it is no checkpoint of a gig") from None
    if laid_out != LAYOUT:
        raise errors.Refusal(f"{path} was made by another version of faderd: only that one plays it again bit for bit")
    return state


def _mapped(path: pathlib.Path) -> State:
    """What `save` has written, each checked; what is large is not copied, and can't be written to."""
    with path.open("rb") as file, zipfile.ZipFile(file) as found:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        return {member.filename.removesuffix(".npy"): _array(whole, member) for member in found.infolist()}


def _array(whole: memoryview, member: zipfile.ZipInfo) -> npt.NDArray[Any]:
    """An array as it lies in a file of several."""
    first = member.header_offset + LOCAL.size + sum(LOCAL.unpack_from(whole, member.header_offset))
    raw = whole[first : first + member.file_size]
    if member.compress_type != zipfile.ZIP_STORED or zlib.crc32(raw) != member.CRC:
        raise zipfile.BadZipFile(member.filename)
    head = io.BytesIO(raw[:HEAD])
    np.lib.format.read_magic(head)
    shape, _, kind = np.lib.format.read_array_header_1_0(head)
    found = np.frombuffer(raw, kind, math.prod(shape), head.tell()).reshape(shape)
    return found if found.nbytes > LARGE else found.copy()


def restore(state: State, audio: wall.Wall, mixer: console.Console, past: npt.NDArray[np.float32]) -> None:
    """Let a fresh wall be as the one that was copied, and its console go on from there.

    Parameters
    ----------
    state : dict
    audio, mixer : Wall, Console
        The console with the values of that moment; both as the show's were.
        A wall that has not played: what is silent in it is not written again.
    past : ndarray of float32, shape (frames, inputs)
        What came in last; none of it, where no desk is going to hear it again.
    """
    m, heard = audio.memory, _number(state["heard"])
    words = state["words"].view(np.int64)
    for name, prefix, which in (("desk", "", heard), ("other", "other_", 1 - heard)):
        _small(m["desks"][which : which + 1])[:] = state[name]
        for line, rows in audio.lines(which).items():
            if prefix + line in state:
                rows[:] = state[prefix + line]
    m["desks"]["outputs"] = audio.outputs
    for name in BEHIND:
        m[name] = state[name].view(m[name].dtype).reshape(m[name].shape)
    m["heard"], m["begun"], m["hold_off"] = heard, 1, _number(state["hold_off"])
    for name, ring in _last_seconds(audio).items():
        if name in state:
            ring[:] = state[name]
    audio.control_keep_past(int(words[memory.FRAME]) - len(past), past)
    for word in (memory.FRAME, memory.RECALLED):
        m["words"][word] = words[word]
    m["before"] = state["before"]
    draft = state["draft"].view(memory.TARGETS)[0]
    for played in ("ring", "ring_here"):
        draft[played] = m["desks"]["set"][played] = 0  # addresses that mean nothing here
    rack = state["rack"].view(rack_memory.RACK)
    mixer.resume(draft, [_twice(state[f"effect{at}"], record) for at, record in enumerate(rack["heard"][0])])
    m["slots"][int(m["slot"])] = mixer.targets
    m["slots"]["serial"][int(m["slot"])] = draft["serial"]
    audio.block["rack"] = rack
    m["rack"]["slots"]["code"] = mixer.targets["effect_code"]
    m["rack"]["slots"]["memory"] = mixer.targets["effect_memory"].T
    audio.control_resume(int(draft["serial"]), int(draft["recalls"]))


def _twice(raw: npt.NDArray[np.uint8], record: int) -> npt.NDArray[np.float32]:
    """Memory of an effect, for both records of its slot; what was heard used this one."""
    remembered = raw.view(np.float32)
    both = np.zeros((2, remembered.size), np.float32)
    both[record] = remembered
    return both


def _small(desks: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Bytes of a desk without its planes and delay lines."""
    return desks.view(np.uint8)[: _small_size()]


def _small_size() -> int:
    assert memory.DESK.fields is not None
    return int(memory.DESK.fields["planes"][1])


def _is_used(ring: npt.NDArray[Any]) -> bool:
    """Whether anything but silence is in a ring; eight bytes at a time, for it is large."""
    return bool(ring.reshape(-1).view(np.uint64).max())


def _bytes(each: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return each.view(np.uint8).copy()


def _number(raw: npt.NDArray[np.uint8]) -> int:
    return int(raw.view(np.int64)[0])
