"""A UDP socket that knows on which address of this machine its datagrams arrive.

    192.168.1.9:5001 ─▶ 10.0.0.5:10023      a machine on Ethernet and Wi-Fi has two addresses:
    192.168.1.9:5001 ◀─ 10.0.0.5:10023      a tablet hears only the one that it asked
"""

import errno
import functools
import socket
import struct
import sys
from contextlib import suppress

from daemon import errors
from daemon.wire import packet

RECEIVE_BUFFER = 8 << 20
"""Bytes; room for some thousand datagrams while the loop is busy.  The system may give less."""

SEND_BUFFER = 4 << 20
"""Bytes.  What is sent to a client that has gone waits some seconds for its machine to answer: that
must not take the room from all others."""

TELLS_ADDRESS = sys.platform == "linux"
IP_PKTINFO = 8
"""Option and message of Linux that Python names from 3.14 on; `struct in_pktinfo` goes with it."""

_INFO = struct.Struct("=I4s4s")
_ROOM = socket.CMSG_SPACE(_INFO.size)
_SO_SNDBUFFORCE, _SO_RCVBUFFORCE = 32, 33


class EndpointError(errors.Refusal):
    """A port can't be had; the message is for people."""


class Endpoint:
    """A bound socket that never waits.

    Parameters
    ----------
    port : int
        UDP port; 0 takes any free one.
    host : str
        Address of this machine; empty for all of them.

    Raises
    ------
    EndpointError
        When the port can't be had.
    """

    def __init__(self, port: int, host: str = "") -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        _enlarge(self._socket)
        try:
            self._socket.bind((host, port))
        except (OSError, UnicodeError) as error:
            self._socket.close()
            raise EndpointError(_explain(error, port, host)) from None
        if TELLS_ADDRESS:
            self._socket.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)

    @property
    def port(self) -> int:
        """UDP port it is bound to."""
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def host(self) -> str:
        """Address it is bound to; 0.0.0.0 for all."""
        host: str = self._socket.getsockname()[0]
        return host

    def fileno(self) -> int:
        """Handle, for the event loop."""
        return self._socket.fileno()

    def receive(self) -> tuple[bytes, tuple[str, int], bytes]:
        """Next datagram, where it came from, and the address of this machine it came to, four bytes or none.

        Raises
        ------
        BlockingIOError
            When there is none.
        OSError
            Some systems report here that an earlier answer found nobody.
        """
        data, notes, _, source = self._socket.recvmsg(packet.LONGEST + 1, _ROOM)
        for level, kind, content in notes:
            if level == socket.IPPROTO_IP and kind == IP_PKTINFO:
                return data, source, _INFO.unpack(content)[1]
        return data, source, b""

    def send(self, datagram: bytes, target: tuple[str, int], here: str) -> None:
        """Send from an address of this machine, or from the one the system takes.

        Raises
        ------
        OSError
            When it can't be sent.
        """
        if here and TELLS_ADDRESS:
            self._socket.sendmsg([datagram], _from(here), 0, target)
        else:
            self._socket.sendto(datagram, target)

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()


@functools.cache  # there are as many as this machine has addresses
def _from(here: str) -> list[tuple[int, int, bytes]]:
    """Note to the system that a datagram is to leave from an address of this machine."""
    return [(socket.IPPROTO_IP, IP_PKTINFO, _INFO.pack(0, socket.inet_aton(here), bytes(4)))]


def own_address(host: str, port: int) -> str:
    """IPv4 address under which a client reaches this machine, as far as the routes tell."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, port))  # sends nothing: it asks the routing table
        except OSError:
            return "0.0.0.0"
        address: str = probe.getsockname()[0]
        return address


def _enlarge(endpoint: socket.socket) -> None:
    """Ask for large buffers, beyond the system's limit where this process may."""
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if sys.platform == "linux":
        with suppress(PermissionError):
            endpoint.setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, SEND_BUFFER)
            endpoint.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)


def _explain(error: OSError | UnicodeError, port: int, host: str) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return (
            f"UDP port {port} is taken by another program, perhaps another faderd: "
            "stop it, or choose another port with --osc-port"
        )
    if number == errno.EACCES:
        return f"UDP port {port} is not allowed for this user: choose one above 1023 with --osc-port"
    if number == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror | UnicodeError):
        return f"{host} is no address of this machine: leave `bind` out to listen on all of them"
    return f"UDP port {port} can't be opened: {error}"
