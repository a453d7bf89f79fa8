"""The daemon's command line, with a thread beside it that tells what its virtual stage has counted.

Each line on stdin is answered by a line that begins with ">": blocks played so far, and blocks missed.
"""

from __future__ import annotations

import sys
import threading

from daemon import cli, devices, stage


def tell(stages: list[stage.Stage]) -> None:
    """Answer every line on stdin."""
    for _ in sys.stdin:
        print(f"> {stages[-1].blocks} {stages[-1].missed}", flush=True)


def main() -> int:
    """Run the daemon's command line, with a thread beside it that counts."""
    stages: list[stage.Stage] = []

    class Counted(stage.Stage):
        """A stage that is remembered."""

        def start(self, callback: int, userdata: int) -> None:
            stages.append(self)
            super().start(callback, userdata)

    devices.stage.Stage = Counted  # type: ignore[misc]
    threading.Thread(target=tell, args=(stages,), daemon=True).start()
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
