"""A running console from the command line: plain text, one fact a line, for scripts and bad links.

faderd get ch/01/mix/fader          -6.5
faderd set ch/01/mix/fader -6.5     -6.5
faderd status [--follow]            what it is, and every change as it comes
faderd log --since 21:13            what was set by whom

Exit codes: 0 done, 1 refused or not understood, 3 nobody answers.
"""

import argparse
import json
import pathlib
import re
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import platformdirs
from pythonosc import osc_message

from daemon import errors
from daemon.files import nodeline
from daemon.history import log, moment
from daemon.wire import packet
from dsp.parameters.row import Wire
from dsp.parameters.variant import Varying
from dsp.table import TABLE

PORT = 10023
TRIES, PATIENCE_S = 4, 0.5
RENEW_S = 5.0

DONE, REFUSED, SILENT = 0, 1, 3


class Silence(errors.Refusal):
    """Nobody answers; the message says where."""


class Line:
    """A line to a console.

    Parameters
    ----------
    host : str
        HOST or HOST:PORT.
    """

    def __init__(self, host: str) -> None:
        name, _, port = host.partition(":")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.connect((name, int(port or PORT)))
        except (OSError, ValueError, OverflowError) as error:
            raise errors.Refusal(f"{host}: {error}: say HOST or HOST:PORT") from None
        self._where = host
        self._count = 0

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *reason: object) -> None:
        self._socket.close()

    def ask(self, address: str, *arguments: Wire) -> list[packet.Message]:
        """Ask until it is answered; the answers to this question and to what was said with it.

        Raises
        ------
        Refusal
            When the console says why it does not do it.
        Silence
            When nobody answers.
        """
        self._count += 1
        parts = [
            packet.build("/faderd/errors", 1),
            packet.build(address, *arguments),
            packet.build("/faderd/ack", self._count),
        ]
        bundle = b"#bundle\0" + bytes(8) + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        for _ in range(TRIES):
            answers: list[packet.Message] = []
            self._send(bundle)
            for message in self.heard(PATIENCE_S):
                if message.address == "/faderd/error":
                    raise errors.Refusal(str(message.arguments[-1]))
                if message.address == "/faderd/ack" and message.arguments[:1] == [self._count]:
                    return answers
                answers.append(message)
        raise Silence(f"no answer from {self._where}: is faderd running there, and is it this port?")

    def listen(self) -> Iterator[packet.Message]:
        """Every change, for ever; it asks to be told of them again and again."""
        while True:
            self._send(packet.build("/xremote"))
            self._send(packet.build("/status"))
            is_there = False
            for message in self.heard(RENEW_S):
                is_there = True
                if message.address in TABLE.leaves and message.arguments:
                    yield message
            if not is_there:
                raise Silence(f"no answer from {self._where} for {RENEW_S:g} s")

    def heard(self, seconds: float) -> Iterator[packet.Message]:
        """What comes within some seconds."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                # Not the console's own strict door: the answer to /node has an address without a slash.
                message = osc_message.OscMessage(self._socket.recv(65_536))
            except (TimeoutError, ConnectionError, osc_message.ParseError):
                continue
            yield packet.Message(message.address, list(message.params))

    def _send(self, datagram: bytes) -> None:
        try:
            self._socket.send(datagram)
        except ConnectionError:  # an earlier one found nobody: this one may
            self._socket.send(datagram)


# --- commands -------------------------------------------------------------------------------------------


def get(host: str, path: str, as_json: bool) -> int:
    """Print a parameter, or each of a node, as a person writes it."""
    address = "/" + path.strip("/")
    with Line(host) as line:
        values = _values(line, address)
    if as_json:
        print(json.dumps(values, ensure_ascii=False))
    elif list(values) == [address]:
        print(values[address])
    else:
        _print_facts(values)
    return DONE


def set_value(host: str, path: str, words: Sequence[str], as_json: bool) -> int:
    """Set a parameter or a node from words as a person writes them, and print what it is now."""
    tokens = [_token(word.strip()) for word in words]
    with Line(host) as line:
        line.ask("/", " ".join(["/" + path.strip("/"), *tokens]))
    return get(host, path, as_json)


def status(host: str, as_json: bool, follow: bool) -> int:
    """Print what a console is and how it is; then, if wanted, every change as it comes."""
    with Line(host) as line:
        facts = _facts(line)
        if as_json:
            print(json.dumps(facts, ensure_ascii=False), flush=True)
        else:
            _print_facts(facts)
        for message in line.listen() if follow else ():
            value = _told_value(message.address, message.arguments[0])
            if as_json:
                print(json.dumps({"address": message.address, "value": value}, ensure_ascii=False), flush=True)
            else:
                _print_facts({message.address: value})
    return DONE


def show_log(folder: pathlib.Path | None, since: str | None, path: str, client: str, as_json: bool) -> int:
    """Print the moves in the log, from a moment on, at an address, of a client."""
    folder = folder or platformdirs.user_state_path("faderd")
    begin = moment.moment(since, time.time()) if since else 0.0
    fits = _pattern(path)
    for record in log.read(folder):
        if record.get("time", 0) < begin or not record.get("client", "").startswith(client):
            continue
        if as_json:
            if "address" not in record and (path or client):
                continue
            if "address" in record and not fits.fullmatch(record["address"]):
                continue
            print(json.dumps(record, ensure_ascii=False))
        elif "address" in record and fits.fullmatch(record["address"]):
            print(_told(record))
    return DONE


def _told(record: dict[str, Any]) -> str:
    """A move as a line of text."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record["time"]))
    who = " ".join(filter(None, (record["client"], record["role"]))) or "console"
    milliseconds = round(record["time"] % 1 * 1000) % 1000
    return f"{when}.{milliseconds:03} {who} {record['address']} {record['old']} → {record['new']}"


def _pattern(path: str) -> re.Pattern[str]:
    """Addresses that are like a pattern, or below it."""
    words = re.escape("/" + path.strip("/")).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.compile(f"{words.rstrip('/')}(/.*)?")


def _facts(line: Line) -> dict[str, Any]:
    """What a console says of itself, one fact for each name."""
    facts: dict[str, Any] = {}
    for message in line.ask("/xinfo"):
        facts |= dict(zip(("address", "name", "model", "firmware"), message.arguments, strict=False))
    for message in line.ask("/faderd/role"):
        facts["role"] = message.arguments[0]
    try:
        for message in line.ask("/faderd/health"):
            facts |= json.loads(str(message.arguments[0]))
    except (errors.Refusal, ValueError, IndexError) as silence:
        if isinstance(silence, Silence):
            raise
    return facts


def _token(word: str) -> str:
    """A word of a line: what has blanks stands in double quotes, which it can't hold itself."""
    return word if re.fullmatch(r'[^\s"]+', word) else '"' + word.replace('"', "'") + '"'


def _values(line: Line, address: str) -> dict[str, str]:
    """A parameter, or those of a node, as a person writes them."""
    for message in line.ask("/node", address.removeprefix("/")):
        if message.address == "node":
            _, *tokens = nodeline.split(str(message.arguments[0]))
            names = [TABLE.path_of(leaf) for leaf in TABLE.nodes.get(address, ())] or [address]
            return dict(zip(names, [token.strip('"') for token in tokens], strict=False))
    return {}


def _told_value(address: str, value: Wire) -> str:
    """A value on the wire as a person writes it; of an effect's parameter, whose meaning the effect knows, as it is."""
    row = TABLE.row_of(TABLE.leaves[address])
    if isinstance(row, Varying):
        return str(value)
    return row.to_text(row.from_wire(value)).strip().strip('"')


def _print_facts(facts: dict[str, Any], before: str = "") -> None:
    """Print one fact a line; what is in others, or one of many, has their name or its number before its own."""
    for name, value in facts.items():
        if isinstance(value, list) and any(isinstance(each, dict) for each in value):
            value = {str(number): each for number, each in enumerate(value, 1)}
        if isinstance(value, dict):
            _print_facts(value, f"{before}{name}.")
        else:
            print(f"{before}{name} {_plain(value)}", flush=True)


def _plain(value: object) -> str:
    """A fact as a person says it."""
    if isinstance(value, list):
        return " ".join(map(_plain, value))
    if value is None:
        return "unknown"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def main(options: argparse.Namespace) -> int:
    """Run one of the commands; return its exit code."""
    try:
        if options.line == "get":
            return get(options.host, options.path, options.json)
        if options.line == "set":
            return set_value(options.host, options.path, options.value, options.json)
        if options.line == "status":
            return status(options.host, options.json, options.follow)
        return show_log(options.state, options.since, options.path, options.client, options.json)
    except Silence as silence:
        print(f"faderd: {silence}", file=sys.stderr)
        return SILENT
    except (errors.Refusal, ValueError) as error:
        print(f"faderd: {error}", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"faderd: {error.filename or ''}: {error.strerror}", file=sys.stderr)
        return REFUSED
