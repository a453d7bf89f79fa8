"""Photographs of the pages, to be looked at: `cd tests && python -m rigs.webpictures FOLDER [NAME…]`.

It writes the README's pictures to configs/pictures, too, and to tests/data/pages.json where everything lies on each
page: from then on a test compares what lies where with what somebody has looked at.
"""

import json
import pathlib
import sys
import tempfile
from typing import NamedTuple

from rigs import website
from rigs.website import LANDSCAPE, PHONE, PINS, TABLET, WALL, Browser, Site, Tab

ROOT = pathlib.Path(__file__).parents[2]
KNOWN = ROOT / "tests" / "data" / "pages.json"
README = {"phone": "web-phone", "laptop-strip": "web-desk", "wall": "web-wall"}
"""Pictures of the README, and of what they are."""
BOXES = """[...document.querySelectorAll('h1,button,select,.fader,.bank div')]
    .filter(e => e.checkVisibility()).map(e => {
    const b = e.getBoundingClientRect()
    return [e.ariaLabel || e.textContent, b.left, b.top, b.width, b.height].map(v => v.trim ? v.trim() : Math.round(v))
})"""
"""What can be touched, and where it lies."""
UGLY = """[...document.querySelectorAll('button')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
    .map(e => 'cut off: ' + e.textContent)
    .concat([...document.querySelectorAll('.strip')].flatMap(s => [...s.querySelectorAll(':scope > b, :scope > span')]
        .filter(t => t.getBoundingClientRect().bottom > s.querySelector('.cap').getBoundingClientRect().top + 1)
        .map(t => 'below the cap: ' + t.textContent)))
    .concat([...document.querySelectorAll('h1')].filter(e => e.clientWidth < 30).map(() => 'no title'))"""
"""Texts that are cut off or covered."""


class Place(NamedTuple):
    """A page on a screen."""

    path: str
    size: tuple[int, int]
    presses: tuple[str, ...] = ()
    awaited: str = "body"
    """Selector of what comes last."""

    @property
    def pin(self) -> str:
        """What opens it."""
        return {"desk": PINS["engineer"], "mix/3": PINS["bus/03"]}.get(self.path, "")


LARGE_PHONE, LARGE_LANDSCAPE, LARGE_TABLET = (195, 422), (422, 195), (512, 384)
"""Screens at twice the size of letters and all else."""
LAPTOP = (1366, 768)
HELD = "#held:not(:empty)"
"""What gate and compressor hold, below the curve of a strip."""
PLACES = {
    "phone": Place("mix/3", PHONE),
    "landscape": Place("mix/3", LANDSCAPE),
    "large": Place("mix/3", LARGE_PHONE),
    "large-landscape": Place("mix/3", LARGE_LANDSCAPE),
    "menu": Place("mix/3", PHONE, ("#more",)),
    "choice": Place("mix/3", PHONE, ("#more", "#order")),
    "tablet": Place("desk", TABLET),
    "large-tablet": Place("desk", LARGE_TABLET),
    "laptop-strip": Place("desk", LAPTOP, ('[aria-label="Edit Snare"]',), HELD),
    "tablet-effects": Place("desk", TABLET, ("#panels >> text=Effects",)),
    "tablet-scenes": Place("desk", TABLET, ("#panels >> text=Scenes",)),
    "tablet-recorder": Place("desk", TABLET, ("#panels >> text=Recorder",)),
    "tablet-people": Place("desk", TABLET, ("#panels >> text=People",)),
    "desk-on-a-phone": Place("desk", PHONE),
    "desk-on-a-phone-strip": Place("desk", PHONE, ("#panels >> text=Strip",)),
    "desk-landscape-strip": Place("desk", LANDSCAPE, ('[aria-label="Edit Snare"]',), HELD),
    "wall": Place("wall", WALL),
    "large-wall": Place("wall", (960, 540)),
}


def opened(site: Site, tabs: Browser, place: Place) -> Tab:
    """Open a page, and press what is to be pressed."""
    tab = tabs(place.size).open(f"http://{site.host}/{place.path}", place.pin)
    tab.page.wait_for_timeout(300)
    for selector in place.presses:
        tab.page.click(selector)
        tab.page.wait_for_timeout(200)
    tab.page.wait_for_selector(place.awaited)
    return tab


def main() -> None:
    """Photograph, and note what lies where."""
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    known = json.loads(KNOWN.read_text("utf-8")) if KNOWN.exists() else {}
    with tempfile.TemporaryDirectory() as state, website.site(pathlib.Path(state)) as site, website.chromium() as tabs:
        for name, place in PLACES.items():
            if name not in (sys.argv[2:] or PLACES):
                continue
            tab = opened(site, tabs, place)
            known[name] = tab.page.evaluate(BOXES)
            for scheme in ("light", "dark"):
                tab.page.emulate_media(color_scheme=scheme)
                picture = tab.page.screenshot(path=folder / f"{name}-{scheme}.png")
                if name in README and scheme == "dark":
                    (ROOT / "configs" / "pictures" / f"{README[name]}.png").write_bytes(picture)
            print(name, *tab.page.evaluate(UGLY), *tab.faults, flush=True)
            tab.close()
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(boxes, ensure_ascii=False)}" for name, boxes in known.items())
    KNOWN.write_text(f"{{\n{lines}\n}}\n", "utf-8")


if __name__ == "__main__":
    main()
