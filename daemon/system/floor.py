"""Who has the floor: threads that think beside the event loop stand back while it is at work.

    loop    ▮▮▮ waits ▮ waits   ▮▮▮▮ waits        each datagram it sends lets go of Python for some microseconds;
    thread      ╰▮▮▮╯  ╰▮▮▮▮▮╯       ╰▮▮▮         a thread that takes it then keeps it for many times as long

So who tells thirty clients beside such a thread needs ten times as long as alone, and everybody waits.
Beside a loop that is never done a thread has its turn all the same: a show is saved however many talk.
"""

import asyncio
import selectors
import threading
import time

PATIENCE_S = 0.004
"""How long a thread stands back."""
TURN_S = 0.001
"""How long it thinks then, before it stands back again."""

_free = threading.Event()
_free.set()
_speaker = 0


class _Turn(threading.local):
    """Until when a thread thinks that has waited long enough, by the clock."""

    until = 0.0


_turn = _Turn()


def give_way() -> None:
    """Wait a little where the loop is at work, on another thread than this one; to be called between small steps."""
    if _free.is_set() or threading.get_ident() == _speaker or time.monotonic() < _turn.until:
        return
    if not _free.wait(PATIENCE_S):
        _turn.until = time.monotonic() + TURN_S


class Selector(selectors.DefaultSelector):
    """Waits for the loop, and lets others think meanwhile."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See `selectors`; who only looks whether anything has come is still at work."""
        global _speaker
        _speaker = threading.get_ident()
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        _free.set()
        try:
            return super().select(timeout)
        finally:
            _free.clear()

    def close(self) -> None:
        """Nobody has the floor any more."""
        super().close()
        _free.set()


def loop() -> asyncio.AbstractEventLoop:
    """Make an event loop to which threads give way."""
    return asyncio.SelectorEventLoop(Selector())
