"""A line between a node and its centre that breaks in every way a line can: an asyncio proxy with seeded faults."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import NamedTuple

CAPTIVE = b"<html><title>Welcome to the free network</title><body>Please accept our terms.</body></html>"


class Message(NamedTuple):
    """An HTTP/1.1 message with a Content-Length."""

    head: bytes
    body: bytes

    @property
    def bytes(self) -> bytes:
        return self.head + self.body


Reply = bytes | None
Fault = Callable[["Proxy", Message], Coroutine[None, None, Reply]]


async def read_message(reader: asyncio.StreamReader) -> Message:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return Message(head, await reader.readexactly(length))


async def through(proxy: Proxy, request: Message) -> Reply:
    return (await proxy.forward(request)).bytes


async def drop_request(_proxy: Proxy, _request: Message) -> Reply:
    return None


async def drop_answer(proxy: Proxy, request: Message) -> Reply:
    await proxy.forward(request)
    return None


async def truncate_answer(proxy: Proxy, request: Message) -> Reply:
    reply = (await proxy.forward(request)).bytes
    return reply[: proxy.random.randrange(1, len(reply))]


async def shorten_answer(proxy: Proxy, request: Message) -> Reply:
    """Cut, but with a Content-Length that agrees: a proxy that believes it has everything."""
    reply = await proxy.forward(request)
    body = reply.body[: proxy.random.randrange(len(reply.body))]
    return _ok(body, reply.head)


async def flip_answer(proxy: Proxy, request: Message) -> Reply:
    reply = await proxy.forward(request)
    return reply.head + proxy.flipped(reply.body)


async def flip_request(proxy: Proxy, request: Message) -> Reply:
    return (await proxy.forward(Message(request.head, proxy.flipped(request.body)))).bytes


async def twice_at_once(proxy: Proxy, request: Message) -> Reply:
    first, _ = await asyncio.gather(proxy.forward(request), proxy.forward(request))
    return first.bytes


async def old_request_again(proxy: Proxy, request: Message) -> Reply:
    """An old segment arrives after newer ones; its sender is long gone."""
    await proxy.forward(proxy.random.choice(proxy.requests))
    return (await proxy.forward(request)).bytes


async def old_answer(proxy: Proxy, request: Message) -> Reply:
    await proxy.forward(request)
    return proxy.random.choice(proxy.answers).bytes


async def unavailable(_proxy: Proxy, _request: Message) -> Reply:
    return b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"


async def captive_portal(_proxy: Proxy, _request: Message) -> Reply:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(CAPTIVE) + CAPTIVE


async def disguised_portal(_proxy: Proxy, _request: Message) -> Reply:
    """The same with the headers of an answer."""
    return _ok(CAPTIVE, b"Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n")


FAULTS: tuple[Fault, ...] = (
    *(drop_request, drop_answer, truncate_answer, shorten_answer, flip_answer, flip_request, twice_at_once),
    *(old_request_again, old_answer, unavailable, captive_portal, disguised_portal),
)


def _ok(body: bytes, head: bytes) -> bytes:
    kept = [line for line in head.split(b"\r\n") if line.lower().startswith((b"content-type", b"content-encoding"))]
    lines = [b"HTTP/1.1 200 OK", *kept, b"Content-Length: %d" % len(body), b"", b""]
    return b"\r\n".join(lines) + body


class Proxy:
    """Chooses a fault for each exchange with ``choose``; counts what it did."""

    def __init__(self, port: int, seed: int, choose: Callable[[random.Random], Fault]) -> None:
        self.port = port
        self.random = random.Random(seed)
        self.choose = choose
        self.requests: list[Message] = []
        self.answers: list[Message] = []
        self.done: list[Fault] = []

    async def forward(self, request: Message) -> Message:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request.bytes)
            answer = await read_message(reader)
        finally:
            writer.close()
            await writer.wait_closed()
        if b" 200 " in answer.head[:16]:
            self.answers.append(answer)
        return answer

    def flipped(self, body: bytes) -> bytes:
        """The body with one bit changed, not in the free header fields of gzip (time, system)."""
        place = self.random.randrange(10, len(body))
        return body[:place] + bytes([body[place] ^ 1 << self.random.randrange(8)]) + body[place + 1 :]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await read_message(reader)
            self.requests.append(request)
            fault = self.choose(self.random)
            self.done.append(fault)
            reply = await fault(self, request)
            if reply is not None:
                writer.write(reply)
                await writer.drain()
        except (OSError, EOFError):  # the centre or the node is gone: so is this connection
            pass
        finally:
            writer.close()


@contextmanager
def running(proxy: Proxy) -> Iterator[str]:
    """The URL of the proxy, which runs in a thread until the block ends."""
    up, ports, stop = threading.Event(), list[int](), list[Callable[[], object]]()

    async def live() -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        stop.append(lambda: loop.call_soon_threadsafe(stopped.set))
        up.set()
        async with server:
            await stopped.wait()

    thread = threading.Thread(target=asyncio.run, args=(live(),))
    thread.start()
    try:
        assert up.wait(120)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        stop[0]()
        thread.join()
