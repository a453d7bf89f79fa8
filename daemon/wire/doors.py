"""Who may come in where: the first entry for a port whose networks hold a client's address is its door."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

Net = ipaddress.IPv4Network

LAN = tuple(
    ipaddress.IPv4Network(each)
    for each in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")
)
"""Addresses that nobody on the internet has: from there a forged sender can't make us answer strangers."""

LOOPBACK = (ipaddress.IPv4Network("127.0.0.0/8"),)
"""This machine."""


@dataclass(frozen=True)
class Door:
    """A port, and who may use it.

    Parameters
    ----------
    port : int
        UDP port; 0 takes any free one.
    bind : str
        Address of this machine to listen on; empty for all.
    networks : tuple of IPv4Network
        Where its clients are.
    """

    port: int
    bind: str = ""
    networks: tuple[Net, ...] = LAN

    def lets_in(self, address: ipaddress.IPv4Address) -> bool:
        """Whether a client with this address may come in."""
        return any(address in each for each in self.networks)


def find(doors: Sequence[tuple[int, Door]], host: str) -> int | None:
    """Number of the first of these doors that lets a client in."""
    address = ipaddress.IPv4Address(host)
    return next((number for number, door in doors if door.lets_in(address)), None)
