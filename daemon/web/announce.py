"""Names in the network: phones find `faderd.local`, programs find where OSC is spoken, and the tree of parameters."""

import contextlib
import logging
import socket
from collections.abc import AsyncIterator

from zeroconf import NonUniqueNameException, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

log = logging.getLogger("faderd")

NAME = "faderd"


def services(address: str, web_port: int, osc_port: int) -> list[ServiceInfo]:
    """What is announced: pages, OSC, and its description."""
    host = socket.gethostname().partition(".")[0] or NAME
    # Whoever answers for this machine's own name already, as avahi does, goes on doing so.
    server = f"{NAME}.local."
    kinds = {"_http._tcp": web_port, "_osc._udp": osc_port, "_oscjson._tcp": web_port}
    return [
        ServiceInfo(
            f"{kind}.local.", f"{NAME} on {host}.{kind}.local.", addresses=[socket.inet_aton(address)], port=port,
            properties={"path": "/"} if kind == "_http._tcp" else {}, server=server,
        )
        for kind, port in kinds.items() if port
    ]  # fmt: skip


@contextlib.asynccontextmanager
async def announced(address: str, web_port: int, osc_port: int) -> AsyncIterator[None]:
    """Announce the services while the context lasts; a network without multicast is no reason not to serve."""
    try:
        network = AsyncZeroconf(interfaces=[address])
    except OSError as error:
        log.warning("not announced in the network: %s", error.strerror or error)
        yield
        return
    try:
        for service in services(address, web_port, osc_port):
            with contextlib.suppress(NonUniqueNameException, OSError):
                await network.async_register_service(service, allow_name_change=True)
        yield
    finally:
        with contextlib.suppress(OSError):
            await network.async_close()
