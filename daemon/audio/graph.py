"""Whether a device of JACK or PipeWire is still there: its server plays on when an interface is pulled.

    interface pulled ─▶ its ports go, ours are asked for audio as before ─▶ who looks at the ports notices
"""

from __future__ import annotations

from typing import Any

NAME = "faderd-looks"


class Ports:
    """Ports of one device, looked at by a client that plays nothing.

    Parameters
    ----------
    device : str
        Name of the device: what its ports' names begin with.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._client = _client()
        self._opened = self._now()

    def missing(self) -> str | None:
        """What has gone of the device since it was opened, in words."""
        gone = self._opened - (self._now() if self._opened else self._opened)
        if not gone:
            return None
        if gone == self._opened:
            return "it is no longer there"
        return f"{len(gone)} of its {len(self._opened)} channels are no longer there"

    def leave(self) -> None:
        """Look no more; the server must still be there."""
        if self._client is not None:
            self._client.close()
            self._client, self._opened = None, frozenset()

    def _now(self) -> frozenset[tuple[str, Any]]:
        """Ports by name and number: one that was made anew is another one, connected to nothing."""
        if self._client is None:
            return frozenset()
        ports = self._client.get_ports(is_audio=True)
        return frozenset((port.name, port.uuid) for port in ports if port.name.startswith(f"{self._device}:"))


def _client() -> Any:
    """A client of the server that plays; None where none can be had: then nobody looks."""
    try:
        import jack  # where there is no JACK nobody needs it
    except (ImportError, OSError):
        return None
    try:
        return jack.Client(NAME, no_start_server=True)
    except jack.JackOpenError:
        return None
