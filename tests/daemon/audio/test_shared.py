"""Memory that two processes see."""

import gc
import os
import subprocess
import sys

import numpy as np
import pytest

from daemon.audio import shared


@pytest.fixture
def room():
    made = shared.Room()
    yield made
    os.close(made.descriptor)  # or what is in it stays in use as long as this process lives


def test_another_process_sees_what_is_written_and_writes_what_is_seen(room):
    room.lend(10_000)
    lent = room.lend(5_000)
    lent[:4] = (1, 2, 3, 4)
    place = room.offset(lent.ctypes.data)
    code = (
        "import sys; from daemon.audio import shared\n"
        "there = shared.seen(int(sys.argv[1]))[int(sys.argv[2]) :]\n"
        "assert there[:4].tolist() == [1, 2, 3, 4]\n"
        "there[4] = 5\n"
    )
    command = [sys.executable, "-c", code, str(room.descriptor), str(place)]
    subprocess.run(command, pass_fds=[room.descriptor], check=True)
    assert lent[4] == 5


def test_what_nobody_holds_any_more_is_lent_again_and_views_hold_it(room):
    first = room.lend(1_000_000)
    address = first.ctypes.data
    view = first.view(np.float32)[10:]
    del first
    gc.collect()
    assert room.lend(1_000).ctypes.data != address
    del view
    gc.collect()
    assert room.lend(1_000_000).ctypes.data == address


def test_pieces_that_come_back_join(room):
    lent = [room.lend(shared.SIZE // 4) for _ in range(4)]
    with pytest.raises(MemoryError):
        room.lend(1)
    lent.clear()
    gc.collect()
    assert room.lend(shared.SIZE).size == shared.SIZE


def test_an_address_elsewhere_is_refused(room):
    with pytest.raises(ValueError, match="not in the memory"):
        room.offset(np.zeros(1).ctypes.data)
