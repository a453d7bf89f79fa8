"""Documents: pages with their script and style inside, the codes that lead to them, and how they are sent."""

import base64
import contextlib
import functools
import gzip
import hashlib
import html
import http.client
import importlib.resources
import io
import json
import os
import re
import socket
from collections.abc import Iterable
from errno import EACCES
from http import HTTPStatus

from websockets.datastructures import Headers
from websockets.http11 import Response

USUAL, INSTEAD = 80, 8080
"""Port that nobody has to type, and the one where that is not allowed."""
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#123"/>'
    '<path d="M16 10v44M32 10v44M48 10v44" stroke="#678" stroke-width="4"/>'
    '<path d="M9 36h14M25 20h14M41 28h14" stroke="#fff" stroke-width="9"/></svg>'
)
MANIFEST = json.dumps({
    "name": "faderd", "short_name": "faderd", "display": "standalone", "start_url": "/", "background_color": "#111",
    "icons": [{"src": "/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
})  # fmt: skip


def _read(name: str) -> str:
    return importlib.resources.files("daemon.web").joinpath(name).read_text("utf-8")


@functools.cache
def page(name: str) -> str:
    """A page, with what all pages share and the number of its build put in."""
    text = _read(f"{name}.html")
    for shared in ("common.css", "common.js"):
        text = text.replace(f"/*{shared}*/", _read(shared))
    return text.replace("/*build*/", build())


@functools.cache
def build() -> str:
    """Number of the pages: another one lets a page that stayed open be read anew."""
    names = ("common.css", "common.js", "musician.html", "house.html", "wall.html")
    return hashlib.sha256("".join(map(_read, names)).encode()).hexdigest()[:8]


def index(mixes: Iterable[tuple[str, int, bool]], has_house: bool) -> str:
    """Where everybody goes first: names and numbers of the mixes, and whether a PIN is asked for."""
    links = "".join(
        f'<li><a href="/mix/{bus}">{html.escape(name)}</a>{" · PIN" if pin else ""}</li>' for name, bus, pin in mixes
    )
    house = '<li><a href="/desk">The whole desk</a> · PIN</li>' if has_house else ""
    others = '<li><a href="/wall">Meters for the wall</a></li><li><a href="/codes">Codes to scan</a></li>'
    return _plain("faderd", f"<h1>faderd</h1><ul>{links}</ul><ul>{house}{others}</ul>")


def codes(mixes: Iterable[tuple[str, int, bool]], address: str) -> str:
    """A sheet to print: a code for each mix, its address below; the PIN is told, not hung up."""
    named = "faderd.local" + address[len(address.rpartition(":")[0]) :] * (":" in address)
    cells = "".join(f"<figure>{code(f'http://{address}/mix/{bus}')}<figcaption><b>{html.escape(name)}</b><br>"
                    f"http://{address}/mix/{bus}<br><small>http://{named}/mix/{bus}</small></figcaption></figure>"
                    for name, bus, _ in mixes)  # fmt: skip
    return _plain("Codes", f"<h1>Scan, type four digits, mix your own ears</h1><div>{cells}</div>")


def code(address: str) -> str:
    """A code to scan, as a picture."""
    import segno  # 3 MiB that only the sheet needs

    drawn = io.BytesIO()
    made = segno.make(address, error="m", micro=False)
    made.save(drawn, kind="svg", omitsize=True, xmldecl=False, svgns=False, title=address)
    return drawn.getvalue().decode()


def in_letters(address: str) -> str:
    """A code to scan from a terminal."""
    import segno

    drawn = io.StringIO()
    segno.make(address, error="m", micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()


def own_address() -> str:
    """Numeric address of this machine in its network: phones do not always find names."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 9))  # nothing is sent
            return str(probe.getsockname()[0])
        except OSError:  # no network
            return "127.0.0.1"


def entrance(bind: str, port: int) -> socket.socket:
    """Where browsers come in: port 80 lets people type the address alone, and is not everywhere allowed or free."""
    try:
        return _listen(bind, port)
    except OSError as error:
        if port != USUAL:
            raise
        allow = f"; sudo sysctl net.ipv4.ip_unprivileged_port_start={USUAL} allows it" if error.errno == EACCES else ""
        print(f"port {USUAL}: {os.strerror(error.errno or 0)}: pages are at {INSTEAD}{allow}", flush=True)
        return _listen(bind, INSTEAD)


def _listen(bind: str, port: int) -> socket.socket:
    """Listen; whoever comes in is sent a value at once, not when what was sent before has been acknowledged."""
    entrance = socket.create_server((bind, port), family=socket.AF_INET6 if ":" in bind else socket.AF_INET)
    entrance.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio sets it only where it has listened itself
    return entrance


def served(port: int) -> int:
    """Port at which pages are found that were to be served at `port`."""
    if port != USUAL:
        return port
    way = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        way.request("GET", "/?HOST_INFO")
        if json.loads(way.getresponse().read()).get("NAME") == "faderd":
            return port
    return INSTEAD


def _plain(title: str, body: str) -> str:
    style = ("body{font:18px/1.6 system-ui,sans-serif;margin:2em;color-scheme:light dark}div{display:flex;"
             "flex-wrap:wrap;gap:2em}figure{margin:0;break-inside:avoid;text-align:center}figure svg{background:#fff;"
             "width:240px;height:240px}b{font-size:24px}"
             "a{color:LinkText;display:inline-block;padding:.5em 0}")  # fmt: skip
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,'
            f'initial-scale=1"><title>{title}</title><link rel="icon" href="data:,"><style>{style}</style>'
            f'<main>{body}</main></html>')  # fmt: skip


# --- how they are sent --------------------------------------------------------------------------------


def respond(status: HTTPStatus, body: str, kind: str = "", tag: str | None = None, packed: bool = False) -> Response:
    """Answer with what loads nothing from elsewhere and runs no script but its own.

    Parameters
    ----------
    status : HTTPStatus
    body : str
    kind : str
        Type of the content; of text by default.
    tag : str, optional
        What the browser has already: the same is not sent again.
    packed : bool
        Whether the browser unpacks.
    """
    text_kind = "text/html" if body.startswith("<!") else "text/plain"
    is_kept = body.startswith("<!")
    headers = (_headers if is_kept else _headers.__wrapped__)(body)
    headers = headers | {"Content-Type": f"{kind or text_kind}; charset=utf-8"}
    if status is HTTPStatus.OK and tag == headers["ETag"]:
        return Response(304, "Not Modified", Headers(headers | {"Content-Length": "0"}), b"")
    data = (_packed if is_kept else _packed.__wrapped__)(body) if packed else body.encode()
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(status.value, status.phrase, Headers(headers | {"Content-Length": str(len(data))}), data)


@functools.lru_cache(16)
def _packed(body: str) -> bytes:
    return gzip.compress(body.encode(), mtime=0)


@functools.lru_cache(16)
def _headers(body: str) -> dict[str, str]:
    scripts = [_hash(text) for text in re.findall(r"<script type=module>(.*?)</script>", body, re.DOTALL)]
    styles = [_hash(text) for text in re.findall(r"<style>(.*?)</style>", body, re.DOTALL)]
    nothing = "'none'"
    policy = (
        f"default-src 'self'; script-src {' '.join(scripts) or nothing}; style-src {' '.join(styles) or nothing}; "
        "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "Content-Security-Policy": policy, "Cache-Control": "no-cache", "ETag": f'"{_digest(body)}"',
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Connection": "close",
    }  # fmt: skip


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _hash(text: str) -> str:
    return f"'sha256-{_digest(text)}'"
