"""A supervisor as systemd is one: it starts the daemon, hears that it is ready, and starts it again when it dies.

    cd tests && python -m rigs.supervised [--times N]     kills it and prints how long there was no audio
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESTART_S = 0.1
"""`RestartSec` of the unit."""
PATIENCE_S = 120.0


class Supervisor:
    """Keeps one daemon running on the virtual stage.

    Parameters
    ----------
    folder : Path
        For its socket and the daemon's state.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / "notify"))
        self._socket.settimeout(PATIENCE_S)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it plays."""
        command = [sys.executable, "-m", "daemon.cli", "run", "--local", "--osc-port", "0"]
        self._process = subprocess.Popen(
            [*command, "--state", str(self._folder / "state")],
            env=os.environ | {"NOTIFY_SOCKET": str(self._folder / "notify")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while b"READY=1" not in self._socket.recv(4096):
            pass

    def interrupt(self) -> float:
        """Kill it and start it again; seconds from audio to audio."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        time.sleep(RESTART_S)
        while self._waiting():
            self._socket.recv(4096)  # last words of the one before
        self.start()
        return time.monotonic() - began

    def _waiting(self) -> bool:
        self._socket.setblocking(False)
        try:
            self._socket.recv(4096, socket.MSG_PEEK)
            return True
        except BlockingIOError:
            return False
        finally:
            self._socket.settimeout(PATIENCE_S)

    def end(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        self._socket.close()


def main() -> int:
    """Print each interruption, and the longest."""
    parser = argparse.ArgumentParser(description="Measure how long there is no audio when the daemon is killed.")
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        supervisor = Supervisor(Path(folder))
        try:
            supervisor.start()
            gaps = []
            for _ in range(options.times):
                gaps.append(supervisor.interrupt())
                print(f"audio to audio: {gaps[-1]:.2f} s", flush=True)
            print(f"longest of {len(gaps)}: {max(gaps):.2f} s")
        finally:
            supervisor.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
