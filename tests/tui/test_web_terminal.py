"""The same terminal in a browser: a page, and behind its socket the program itself."""

import asyncio
import socket
import sys

import aiohttp

from rigs import fake_console, ports

PATIENCE_S = 120.0


async def page(session: aiohttp.ClientSession, port: int) -> str:
    while True:
        try:
            async with session.get(f"http://127.0.0.1:{port}/") as answer:
                return await answer.text()
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.2)


async def seen(session: aiohttp.ClientSession, port: int, word: bytes) -> bool:
    """Open a terminal as the page does, and wait until a word stands on it."""
    heard = b""
    async with session.ws_connect(f"http://127.0.0.1:{port}/ws?width=100&height=30") as terminal:
        async for message in terminal:
            heard += message.data if isinstance(message.data, bytes) else message.data.encode()
            if word in heard:
                return True
    return False


def test_a_browser_sees_the_console_on_loopback_alone() -> None:
    async def main() -> None:
        async with fake_console.Console() as desk, aiohttp.ClientSession() as session:
            port = ports.free(socket.SOCK_STREAM)
            command = [sys.executable, "-m", "tui.app", f"127.0.0.1:{desk.port}", "--web", "--web-port", str(port)]
            program = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    assert "faderd" in await page(session, port)
                    assert await seen(session, port, b"Fake desk")
            finally:
                program.terminate()
                await program.wait()

    asyncio.run(main())
