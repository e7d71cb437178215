"""What bytes on a line mean, by protocol, as short technical notes: names and values of the protocol, no sentences.

A note carries nothing that a person would not want to be seen: no content of cards, scanned lines or printed slips.
"""

from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from devices.codecs import aabb, ff68, htp1, lcus, line, sam, syn6288
from devices.codecs.aabb import Variant
from devices.codecs.htp1_messages import MessageType, unpack

STATUS_MASK: Final = 0x93
STATUS_FIXED: Final = 0x12


class Note(msgspec.Struct, frozen=True):
    """One frame: its name, its values in order as the protocol calls them."""

    name: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """Such as `RATE wid=32273 key=1`."""
        return " ".join([self.name, *(f"{name}={value}" for name, value in self.values)])


class Reader(Protocol):
    """One direction of a line."""

    def notes(self, data: bytes) -> list[Note]:
        """The frames that end in these bytes."""


def readers(protocol: str, variant: Variant = Variant.XOR) -> tuple[Reader, Reader]:
    """For what is received and for what is sent; an unknown protocol has no notes."""
    made = READERS.get(protocol)
    return made(variant) if made is not None else (_Nothing(), _Nothing())


def protocol_of(driver: str) -> str:
    """The end of a driver's name, such as `htp1`."""
    return driver.rpartition("_")[2]


class _Nothing:
    def notes(self, data: bytes) -> list[Note]:
        return []


class _Frames:
    """A decoder and what one of its frames is called."""

    def __init__(self, feed: Callable[[bytes], list[object]], name: Callable[[object], Note]) -> None:
        self._feed, self._name = feed, name

    def notes(self, data: bytes) -> list[Note]:
        return [self._name(frame) for frame in self._feed(data)]


def _values(frame: object, skipped: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    assert isinstance(frame, msgspec.Struct)
    return tuple((name, _value(getattr(frame, name))) for name in frame.__struct_fields__ if name not in skipped)


def _value(value: object) -> str:
    return value.hex(" ").upper() if isinstance(value, bytes) else str(value)


def _htp1(frame: object) -> Note:
    assert isinstance(frame, htp1.Frame)
    message = unpack(frame)
    head = (("addr", f"{frame.addr:02X}"), ("seq", str(frame.seq)))
    if message is None:
        return Note(f"TYPE_{frame.type:02X}", head)
    return Note(MessageType(frame.type).name, head + _values(message))


def _ff68(frame: object) -> Note:
    assert isinstance(frame, ff68.Frame)
    known = frame.func in frozenset(ff68.Func)
    name = ff68.Func(frame.func).name if known else f"FUNC_{frame.func:02X}"
    return Note(name, (("addr", f"{frame.addr:02X}"), ("data", frame.data.hex(" ").upper())))


def _aabb(frame: object) -> Note:
    if isinstance(frame, aabb.Show):
        text = frame.text.decode("gb18030", "replace")
        return Note("SHOW", (("addr", f"{frame.addr:02X}"), ("text", text)))
    return Note(type(frame).__name__.upper(), _values(frame))


def _sam_said(frame: object) -> Note:
    assert isinstance(frame, sam.Frame)
    status = sam.Status(frame.status).name if frame.status in frozenset(sam.Status) else "STATUS"
    return Note(status, (("bytes", str(len(frame.data))),))


def _sam_asked(frame: object) -> Note:
    assert isinstance(frame, sam.Frame)
    return Note(sam.Command(frame.body).name if frame.body in frozenset(sam.Command) else "COMMAND")


def _syn_said(reply: object) -> Note:
    assert isinstance(reply, syn6288.Reply)
    return Note(reply.name)


def _syn_asked(frame: object) -> Note:
    assert isinstance(frame, syn6288.Frame)
    return Note(frame.command.name, (("text", frame.text),) if frame.text else ())


def _lcus(frame: object) -> Note:
    return Note("RELAY", _values(frame))


def _line(frame: object) -> Note:
    assert isinstance(frame, line.Frame)
    return Note("LINE", (("characters", str(len(frame.text))), *((("aim", frame.aim),) if frame.aim else ())))


def _acks(data: bytes) -> list[object]:
    return [byte for byte in data if byte == aabb.ACK]


def _status_bytes(data: bytes) -> list[object]:
    return [byte for byte in data if byte & STATUS_MASK == STATUS_FIXED]


def _both(decoder: Callable[[], object], name: Callable[[object], Note]) -> Callable[[Variant], tuple[Reader, Reader]]:
    return lambda variant: (_of(decoder(), name), _of(decoder(), name))


def _of(decoder: object, name: Callable[[object], Note]) -> Reader:
    feed: Callable[[bytes], list[object]] = decoder.feed  # type: ignore[attr-defined]
    return _Frames(feed, name)


READERS: Final[dict[str, Callable[[Variant], tuple[Reader, Reader]]]] = {
    "htp1": _both(htp1.Decoder, _htp1),
    "ff68": _both(ff68.Decoder, _ff68),
    "sam": lambda variant: (_of(sam.Decoder(), _sam_said), _of(sam.Decoder(), _sam_asked)),
    "syn": lambda variant: (_of(syn6288.ReplyDecoder(), _syn_said), _of(syn6288.Decoder(), _syn_asked)),
    "lcus": lambda variant: (_Nothing(), _of(lcus.Decoder(), _lcus)),
    "aabb": lambda variant: (_Frames(_acks, lambda _: Note("ACK")), _of(aabb.Decoder(variant), _aabb)),
    "line": lambda variant: (_of(line.Decoder(), _line), _Nothing()),
    "escpos": lambda variant: (
        _Frames(_status_bytes, lambda byte: Note("STATUS", (("bits", f"{byte:02X}"),))),
        _Nothing(),
    ),
}
