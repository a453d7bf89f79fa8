"""Figures of the pages: `cd tests && python -m rigs.webfigures [NAME…]`; all of them take some ten minutes.

The first fader on three links and its weight, a finger's way to the desk and back, what a page does under it, twenty
phones of which one reads nothing, trouble on the way, and a web process that is killed ten times.  Missed deadlines and
shares of a core are those of this machine, now; beside the deadlines stand those of as long a time without the deed.
"""

import contextlib
import json
import os
import pathlib
import signal
import statistics
import sys
import tempfile
import threading
import time
from http import HTTPStatus

from daemon.web import pages
from rigs import badlink, pagecrowd, website
from rigs.website import LANDSCAPE, PHONE, PINS, TABLET, WALL, Browser, Site, fader, told

LINKS = {
    "400 kbit/s, 150 ms, CPU ÷4": (50_000, 150, 4), "4 Mbit/s, 20 ms, CPU ÷4": (500_000, 20, 4), "not throttled": None
}  # fmt: skip
SEND = "/ch/05/mix/03/level"
PHONES, WATCHED_S, KILLS, PAUSE_S = 20, 60.0, 10, 3.0
FRAMES_S, SCANS = 3.0, 5
DRAWN = """new MutationObserver((_, watch) => {
    if (!document.querySelector('[role=slider]')) return
    watch.disconnect()
    requestAnimationFrame(() => requestAnimationFrame(() => window.firstFaderMs = performance.now()))
}).observe(document, {childList: true, subtree: true})"""
"""Notes when the first fader has been drawn, in milliseconds since the address was opened."""
AWAITED = """new Promise(done => {
    const look = () => window.firstFaderMs ? done(window.firstFaderMs) : setTimeout(look, 20)
    look()
})"""
COUNTED = """seconds => new Promise(done => { let n = 0; const began = performance.now()
    const step = now => { n++; now - began < seconds * 1000 ? requestAnimationFrame(step) : done(n) }
    requestAnimationFrame(step) })"""


def main() -> None:
    """Measure and print."""
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        site, browser = stack.enter_context(website.site(folder)), stack.enter_context(website.chromium())
        parts = {
            "twenty": lambda: twenty(site), "acknowledged": lambda: acknowledged(site),
            "first": lambda: first_fader(site, browser), "page": lambda: page(site, browser),
            "trouble": lambda: trouble(site, browser, folder), "killed": lambda: killed(site),
        }  # fmt: skip
        for name in sys.argv[1:] or parts:
            parts[name]()


def missed(site: Site) -> int:
    """Deadlines of the audio that were missed since it began."""
    load = json.loads(str(site.daemon.ask("/faderd/health")[0]))["load"]
    return int(load["missed"])


def cpu_s(process: int) -> float:
    """Seconds that a process has worked."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def twenty(site: Site) -> None:
    """Twenty phones on a mix, one of which reads nothing: what they cost, and how regularly the others are served."""
    gaps: list[float] = []

    def watch(browser: object, until: float) -> None:
        before = None
        while time.monotonic() < until:
            if isinstance(browser.recv(20), bytes):  # type: ignore[attr-defined]
                now = time.monotonic()
                gaps.extend([now - before] if before else [])
                before = now

    with contextlib.ExitStack() as stack:
        phones = [stack.enter_context(site.page("9")) for _ in range(PHONES - 1)]
        stack.enter_context(pagecrowd.stalled(site.host))
        for phone in phones:
            told(phone, "build")
        web, alone = site.web_process(), missed(site)
        time.sleep(WATCHED_S / 2)
        alone, before = missed(site) - alone, missed(site)
        began, used = time.monotonic(), cpu_s(site.web_process())
        threads = [threading.Thread(target=watch, args=(phone, began + WATCHED_S)) for phone in phones]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        share = (cpu_s(web) - used) / (time.monotonic() - began)
        status = pathlib.Path(f"/proc/{web}/status").read_text()
        gaps.sort()
        print(f"{PHONES} phones, one reads nothing, {WATCHED_S:.0f} s: web process {100 * share:.1f} % of a core,"
              f" {int(status.partition('VmRSS:')[2].split()[0]) / 1024:.0f} MiB; gaps of meters p50"
              f" {1000 * gaps[len(gaps) // 2]:.0f} ms, p99 {1000 * gaps[len(gaps) * 99 // 100]:.0f} ms;"
              f" deadlines missed {missed(site) - before}, in half the time with nobody listening {alone}", flush=True)
    print(f"kept for the one that reads nothing: {pagecrowd.twenty(site, 10.0).most_kept} bytes at most", flush=True)


def acknowledged(site: Site) -> None:
    """From a page to the desk and back, and to another phone."""
    own, other = [], []
    with site.logged_in() as (one, _), site.logged_in() as (two, _):
        for turn in range(200):
            began = time.monotonic()
            one.send(json.dumps([SEND, 0.3 + 0.00625 * (turn % 40)]))
            told(one, "values")
            own.append(1000 * (time.monotonic() - began))
            told(two, "values")
            other.append(1000 * (time.monotonic() - began))
            time.sleep(0.01)
    for name, times in (("page to desk and back", own), ("phone to phone", other)):
        cuts = statistics.quantiles(times, n=100)
        print(f"{name}: p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms", flush=True)


def first_fader(site: Site, browser: Browser) -> None:
    """From the scan to the first fader, the PIN known, as it is the next week; and what comes until then."""
    for name, limits in LINKS.items():
        tab = browser().open(f"http://{site.host}/mix/3", PINS["bus/03"])
        tab.page.goto("about:blank")
        if limits:
            speed, delay, slower = limits
            tab.devtools.send("Network.emulateNetworkConditions", {
                "offline": False, "latency": delay, "downloadThroughput": speed, "uploadThroughput": speed,
            })  # fmt: skip
            tab.devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        tab.page.add_init_script(DRAWN)
        times = []
        for _ in range(SCANS):
            tab.devtools.send("Network.clearBrowserCache")
            tab.page.goto(f"http://{site.host}/mix/3", wait_until="commit")
            times.append(tab.page.evaluate(AWAITED) / 1000)
            tab.page.goto("about:blank")
        told_s = " ".join(f"{each:.2f}" for each in times)
        print(f"first fader, {name}: {statistics.median(times):.2f} s (one after the other {told_s})", flush=True)
        tab.close()
    with site.logged_in() as (_, hello):
        words = json.dumps(hello, separators=(",", ":"), ensure_ascii=False).encode()
    sizes = {name: len(pages.respond(HTTPStatus.OK, pages.page(name), packed=True).body or b"")
             for name in ("musician", "house", "wall")}  # fmt: skip
    print(f"before the first fader: {sizes['musician'] / 1000:.1f} kB of page, {len(words) / 1000:.1f} kB of values;"
          f" all pages {sum(sizes.values()) / 1000:.1f} kB", flush=True)  # fmt: skip


def page(site: Site, browser: Browser) -> None:
    """What a page does under a finger, and how often it draws."""
    tab = browser(LANDSCAPE).open(f"http://{site.host}/mix/3", PINS["bus/03"])
    place = tab.middle(fader("Snare"))
    site.daemon.send("/ch/02/mix/03/level", 0.6)
    tab.page.wait_for_timeout(500)
    tab.touch("start", place)
    before = tab.shown("Snare")
    site.daemon.send("/ch/02/mix/03/level", 0.9)
    tab.page.wait_for_timeout(500)
    print(f"under a resting finger a value changes by {tab.shown('Snare') - before:.4f}", flush=True)
    tab.touch("end")
    site.daemon.send("/ch/02/mix/03/level", 0.6)
    tab.page.wait_for_timeout(500)
    before = tab.shown("Snare")
    tab.drag(place, (0, -61), 61)  # of which the first six are slop
    print(f"resolution in landscape: {40 * (tab.shown('Snare') - before) / 55:.3f} dB a pixel", flush=True)
    tab.close()
    for number in range(1, 33):
        if site.daemon.ask_for(f"/ch/{number:02}/config/name") == [""]:
            site.daemon.send(f"/ch/{number:02}/config/name", f"In {number}")
    # Of the mix as many as have room are in sight; the wall shows every meter that there is.
    for name, path, size, pin in (
        ("phone", "mix/3", PHONE, PINS["bus/03"]), ("tablet", "mix/3", TABLET, PINS["bus/03"]),
        ("wall", "wall", WALL, ""),
    ):  # fmt: skip
        tab = browser(size).open(f"http://{site.host}/{path}", pin)
        tab.devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        meters = tab.page.evaluate("[...document.querySelectorAll('#row .strip,.bank div')].length")
        frames = tab.page.evaluate(COUNTED, FRAMES_S) / FRAMES_S
        print(f"frames with {meters} meters ({name}), CPU ÷4: {frames:.0f} a second", flush=True)
        tab.close()


def trouble(site: Site, browser: Browser, folder: pathlib.Path) -> None:
    """A web process that freezes, a cable that is pulled, packets that get lost."""
    web = site.web_process()
    tab = browser().open(f"http://{site.host}/mix/3", PINS["bus/03"])
    times = badlink.trouble(
        site, tab, lambda: os.kill(web, signal.SIGSTOP), lambda: os.kill(web, signal.SIGCONT), 3.5
    )  # fmt: skip
    print("frozen 3.5 s: told after {:.2f} s, whole again after {:.2f} s".format(*times), flush=True)
    tab.close()
    with badlink.link(folder, site) as way, browser.elsewhere(way.program) as there:
        tab = there().open(f"http://{way.host}/mix/3", PINS["bus/03"])
        times = badlink.trouble(site, tab, way.cut, way.heal, 5.0)
        print(f"{type(way).__name__.lower()} cut 5 s:",
              "told after {:.2f} s, whole again after {:.2f} s".format(*times), flush=True)  # fmt: skip
        after_s = badlink.losses(site, tab, way, 120.0)
        print(f"{badlink.LOSS_PERCENT} % lost for 2 min: whole {after_s:.2f} s after the last move", flush=True)
        tab.close()


def killed(site: Site) -> None:
    """The web process killed ten times in a minute, and left alone between: what of it reaches audio and values."""
    revision, deadlines = site.revision(), {"killed": 0, "left alone": 0}
    for _ in range(KILLS):
        for deed in deadlines:
            before = missed(site)
            if deed == "killed":
                os.kill(site.web_process(), signal.SIGKILL)
            time.sleep(PAUSE_S)
            deadlines[deed] += missed(site) - before
    website.await_pages(site)
    print(f"killed {KILLS} times in {2 * KILLS * PAUSE_S:.0f} s: deadlines missed {deadlines['killed']}, in as long"
          f" without {deadlines['left alone']}; values changed {len(site.changes(revision))}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
