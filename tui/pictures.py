"""Pictures of the running terminal for the README: `python -m tui.pictures HOST:PORT FOLDER`.

Each is what the program draws of a running console, as SVG.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from tui import app, terminal

SIZE = (120, 36)
SETTLE_S, STEP_S = 4.0, 0.3

SCENES: dict[str, tuple[str, ...]] = {
    "bridge": (),
    "strip": ("2",),
    "spectrum": ("5",),
    "effects": ("6",),
    "find": ("slash", *"lead bus 3".replace(" ", "_")),
    "scenes": ("4", "w", "y", "escape", "right", "m", "right", "up", "up", "4"),
}
"""Name of each picture, and the keys that lead to it from the bridge; `_` is a blank.

The last one stores a scene, mutes a channel and moves another: let nobody be playing on that console.
"""


async def take(host: str, port: int, folder: Path) -> None:
    """Draw every page of a console once, and write the pictures.

    Raises
    ------
    TimeoutError
        When the console does not answer: nobody wants pictures of that.
    """
    for name, keys in SCENES.items():
        bridge = terminal.BridgeApp(host, port)
        async with bridge.run_test(size=SIZE) as pilot:
            await pilot.pause(SETTLE_S)
            if not bridge.link.connected:
                raise TimeoutError(f"no answer from {host}:{port}")
            for key in keys:
                await pilot.press("space" if key == "_" else key)
                await pilot.pause(STEP_S)
            await pilot.pause(SETTLE_S)
            picture = bridge.export_screenshot(title="faderd tui", simplify=True)
            (folder / f"{name}.svg").write_text(plain(picture), "utf-8")


def plain(picture: str) -> str:
    """Leave out the fonts that the picture would fetch from other hosts: it must show without a network."""
    return re.sub(r"\s*@font-face \{.*?\}", "", picture, flags=re.DOTALL)


def main(arguments: list[str]) -> int:
    """Take all pictures; 2 when the arguments are off, 1 when there is no console."""
    if len(arguments) != 2:
        print("usage: python -m tui.pictures HOST[:PORT] FOLDER", file=sys.stderr)
        return 2
    host, port = app.parse_target(arguments[0])
    folder = Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(take(host, port, folder))
    except TimeoutError as error:
        print(f"tui.pictures: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
