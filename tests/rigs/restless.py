"""A console that stores scenes, snippets and presets without a pause, to be killed meanwhile.

Of each generation, every channel carries the number as its name: a file that is half old and half new
shows it.
"""

import itertools
import random
import sys
from pathlib import Path

from rigs.talk import Talk


def main() -> None:
    """Save into a folder until somebody kills it, or reads no more; say before each what is stored."""
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
    choice = random.Random(seed)
    talk = Talk(folder)
    talk.say("/", '/-show/showfile/snippet/000 "" 2 -1 0 0')
    for generation in itertools.count():
        for ch in range(1, 33):
            talk.say(f"/ch/{ch:02d}/config/name", f"{seed}.{generation}")
        print(generation, flush=True)
        name = f"{seed}.{generation}"
        kind = choice.choice(["scene", "scene", "snippet", "libchan"])
        if kind == "scene":
            talk.say("/save", "scene", choice.randrange(5), name, "")
        elif kind == "snippet":
            talk.say("/save", "snippet", 0, name)
        else:
            talk.say("/save", "libchan", choice.randrange(5), name, 0)
        talk.wait(1)  # the lists, too


if __name__ == "__main__":
    main()
