"""A daemon of its own, started from the command line, and a client of it."""

import contextlib
import pathlib
import re
import socket
import subprocess
import sys
from collections.abc import Iterator

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

READY = re.compile(r"^ready · (?P<device>.+) · 48000 Hz · 64 frames .* OSC on UDP (?P<port>\d+) · [\d.]+ s$", re.M)


class Running:
    """A daemon, and a client of it."""

    def __init__(self, process: subprocess.Popen[str], line: str) -> None:
        match = READY.search(line)
        assert match, line or process.communicate()[1]
        self.process = process
        self.device = match["device"]
        self.port = int(match["port"])
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(60)

    def send(self, address: str, *arguments: float | str) -> None:
        builder = OscMessageBuilder(address)
        for argument in arguments:
            builder.add_arg(argument)
        self.socket.sendto(builder.build().dgram, ("127.0.0.1", self.port))

    def ask(self, address: str, *arguments: float | str) -> list[object]:
        self.send(address, *arguments)
        return list(OscMessage(self.socket.recv(65_536)).params)

    def ask_for(self, address: str) -> list[object]:
        """Value of an address, while other things are told as well."""
        self.send(address)
        while (message := OscMessage(self.socket.recv(65_536))).address != address:
            pass
        return list(message.params)


@contextlib.contextmanager
def daemon(state: pathlib.Path, *options: str, local: bool = True) -> Iterator[Running]:
    """`local` is what settings can say, too, and flags only say with certainty."""
    command = [sys.executable, "-m", "daemon.cli", "run", "--osc-port", "0", "--state", str(state), *options]
    if local:
        command.append("--local")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        running = Running(process, process.stdout.readline())
        yield running
        running.socket.close()
    finally:
        process.kill()
        process.communicate()
