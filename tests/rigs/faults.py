"""The fault matrix: every failure that a gig has in store, caused for real, and what came of it.

    cd tests && python -m rigs.faults [--out FILE] [WORD …]    runs them and prints the table as a page

A fault is a function that causes it, fails where the promise is broken, and returns what it measured, see `promises`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import pytest

from rigs import abuse_faults, device_faults, disk_faults, machine_faults
from rigs.promises import FAULTS, Fault

CAUSED_BY = (device_faults, disk_faults, machine_faults, abuse_faults)
"""Where they are."""


def run(one: Fault) -> tuple[bool, str]:
    """Cause one; whether the promise held, and what was measured, or how it was broken."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return True, one.cause(Path(folder))
        except (Exception, pytest.fail.Exception) as broken:
            return False, str(broken).strip().splitlines()[0] if str(broken).strip() else repr(broken)


def main() -> int:
    """Print the table as a page; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description="Cause every failure, and tell what came of it.")
    parser.add_argument("words", nargs="*", help="only faults with one of these words in their name")
    parser.add_argument("--out", type=Path, help="write the page there")
    options = parser.parse_args()
    chosen = [one for one in FAULTS if not options.words or any(word in one.name for word in options.words)]
    lines = ["# What happens when …", "", "| fault | promise | held | measured |", "|---|---|---|---|"]
    broken = 0
    for one in chosen:
        print(f"{one.name} …", file=sys.stderr, flush=True)
        held, measured = run(one)
        broken += not held
        lines.append(f"| {one.name} | {one.promise} | {'yes' if held else '**no**'} | {measured} |")
    page = "\n".join(lines) + "\n"
    print(page)
    if options.out:
        options.out.write_text(page, "utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
