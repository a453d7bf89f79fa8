"""Figures of the pages: `python -m rigs.webfigures`, from the folder of the tests; it takes some two minutes.

The first fader on three links, a finger's way to the desk and back, twenty phones of which one reads nothing, and
a web process that is killed ten times.  Missed deadlines and shares of a core are those of this machine, now.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import statistics
import tempfile
import threading
import time

from rigs import website
from rigs.website import PINS, Site, Tab, told

LINKS = {
    "400 kbit/s, 150 ms, CPU ÷4": (50_000, 150, 4), "4 Mbit/s, 20 ms, CPU ÷4": (500_000, 20, 4), "not throttled": None
}  # fmt: skip
SEND = "/ch/05/mix/03/level"
PHONES, WATCHED_S, KILLS = 20, 20.0, 10


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, website.site(pathlib.Path(folder)) as site:
        twenty(site)
        acknowledged(site)
        first_fader(site)
        killed(site)


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
        stalled = socket.create_connection(tuple(site.host.split(":")), 10)  # type: ignore[arg-type]
        stack.callback(stalled.close)
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        stalled.sendall(
            f"GET /socket/9 HTTP/1.1\r\nHost: {site.host}\r\nOrigin: http://{site.host}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            .encode()
        )  # fmt: skip
        for phone in phones:
            told(phone, "build")
        web, before = site.web_process(), missed(site)
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
              f" deadlines missed {missed(site) - before}", flush=True)  # fmt: skip


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


def first_fader(site: Site) -> None:
    """From the scan to the first fader, the PIN known, as it is the next week."""
    with website.chromium() as browser:
        for name, limits in LINKS.items():
            tab = Tab(browser).open(f"http://{site.host}/mix/3", PINS["bus/03"])
            tab.devtools.send("Network.clearBrowserCache")
            tab.page.goto("about:blank")
            if limits:
                speed, delay, slower = limits
                tab.devtools.send("Network.emulateNetworkConditions", {
                    "offline": False, "latency": delay, "downloadThroughput": speed, "uploadThroughput": speed,
                })  # fmt: skip
                tab.devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
            began = time.monotonic()
            tab.page.goto(f"http://{site.host}/mix/3", wait_until="commit")
            tab.page.wait_for_selector("[role=slider]")
            print(f"first fader, {name}: {time.monotonic() - began:.2f} s", flush=True)
            tab.close()


def killed(site: Site) -> None:
    """The web process killed ten times in a minute: what of it reaches the audio and the values."""
    before, revision = missed(site), site.revision()
    for _ in range(KILLS):
        os.kill(site.web_process(), signal.SIGKILL)
        time.sleep(3)
    website.await_pages(site)
    print(f"killed {KILLS} times: deadlines missed {missed(site) - before},"
          f" values changed {len(site.changes(revision))}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
