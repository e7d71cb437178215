"""What people see and hear of a device: texts on displays, a slip, a sentence, a lamp; and a card that is read.

Each function says whether the device took it; whether it could be seen is for a person to say. The rig must have
identified its device; its driver rests before and afterwards.
"""

import asyncio
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from devices.card import CardCode, CardReading
from devices.codecs import aabb
from devices.codecs.aabb import Show
from devices.codecs.htp1_messages import (
    Colour,
    Led,
    LedPattern,
    Prompt,
    SelfTest,
    SelfTestPart,
    SelfTestReply,
    SelfTestResult,
    Text,
    Voice,
)
from devices.drivers.aabb_line import AabbLine
from devices.drivers.base import Speech
from devices.drivers.htp1_line import NoReplyError, RefusedError
from devices.drivers.window_aabb import StripOptions
from devices.events import LampPattern
from devices.technician.asking import asking
from devices.technician.decoding import protocol_of
from devices.technician.rig import Rig
from devices.ticket import Align, PrintCode, PrintResult, TicketDoc, TicketLine

TAKEN_S: Final = 5.0
PRINT_S: Final = 15.0
SPEAK_S: Final = 15.0
CHINESE: Final = "请到三号窗口办理业务"
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RULER: Final = "1234567890"
LIT: Final = "█"
DIGITS_LIT: Final = "888"


class Sample(StrEnum):
    """What a display is asked to show, in this order."""

    ALL_ON = "all_on"
    ALPHABET = "alphabet"
    RED = "red"
    GREEN = "green"
    YELLOW = "yellow"
    RULER = "ruler"
    CHINESE = "chinese"


COLOURS: Final = {Sample.RED: Colour.RED, Sample.GREEN: Colour.GREEN, Sample.YELLOW: Colour.YELLOW}
STRIP_COLOURS: Final = {Sample.RED: 0, Sample.GREEN: 1, Sample.YELLOW: 2}


def display_samples(driver: str) -> tuple[Sample, ...]:
    """What this display can show; one of digits lights them all and no more."""
    return (Sample.ALL_ON,) if protocol_of(driver) == "ff68" else tuple(Sample)


def sample_text(sample: Sample, columns: int) -> str:
    """As many columns as there are, a Chinese character is two wide."""
    texts = {Sample.ALL_ON: LIT * columns, Sample.ALPHABET: ALPHABET, Sample.RULER: RULER * columns}
    text = texts.get(sample, CHINESE)
    return text[:columns] if text.isascii() else text[: max(1, columns // 2)]


async def show_sample(rig: Rig, sample: Sample) -> bool:
    """Whether the display took it; PortError if the line breaks."""
    match protocol_of(rig.binding.driver):
        case "htp1":
            return await _show_htp1(rig, sample)
        case "aabb":
            return await _show_strip(rig, sample)
    return await _through_driver(rig, lambda: rig.wishes.show_lines((DIGITS_LIT,)))


async def _show_htp1(rig: Rig, sample: Sample) -> bool:
    columns = rig.binding.options.get("columns")
    text = sample_text(sample, columns if isinstance(columns, int) else 16)
    try:
        with asking(rig) as line:
            await line.request(Text(1, text, COLOURS.get(sample, Colour.OWN)))
    except (NoReplyError, RefusedError):
        return False
    return True


async def _show_strip(rig: Rig, sample: Sample) -> bool:
    options = StripOptions.read(rig.binding.options)
    style = msgspec.structs.replace(options.style, colour=STRIP_COLOURS.get(sample, options.style.colour))
    text = aabb.encode_text(sample_text(sample, options.columns), options.columns, options.charset)
    line = AabbLine(rig.context)
    rig.take_over(line.received)
    try:
        taken = [
            await line.ask(aabb.encode(Show(rig.binding.address + row, text, style), options.variant))
            for row in range(options.rows)
        ]
    finally:
        rig.give_back()
    return all(taken)


async def _through_driver(rig: Rig, wish: Callable[[], None]) -> bool:
    wish()
    await rig.work()
    await asyncio.sleep(0.2)
    await rig.rest()
    return True


def self_ticket(lines: Sequence[str], qr: str, columns: int = 32) -> TicketDoc:
    """A slip that shows what the printer can do: the lines given, sizes, bold, a ruler, Chinese, a code."""
    body = [TicketLine(line) for line in lines]
    body.append(TicketLine((RULER * columns)[:columns]))
    body += [TicketLine(CHINESE, size, align=Align.CENTER) for size in (1, 2)]
    body.append(TicketLine("A023", 4, bold=True, align=Align.CENTER))
    body += [TicketLine(align.value, align=align) for align in Align]
    return TicketDoc(tuple(body), qr)


async def print_slip(rig: Rig, doc: TicketDoc) -> PrintResult:
    """What became of it; PortError if the line breaks."""
    done: asyncio.Future[PrintResult] = asyncio.get_running_loop().create_future()

    def finished(result: PrintResult) -> None:
        if not done.done():
            done.set_result(result)

    rig.wishes.print_ticket(doc, finished)
    await rig.work()
    try:
        async with asyncio.timeout(PRINT_S):
            return await done
    except TimeoutError:
        return PrintResult(PrintCode.UNSURE)
    finally:
        await rig.rest()


async def speak(rig: Rig, text: str) -> bool:
    """Whether the voice took the sentence."""
    before = rig.counters.spoken
    rig.wishes.say(Speech(text, rig.context.clock() + int(SPEAK_S * 1000)))
    await rig.work()
    try:
        async with asyncio.timeout(SPEAK_S):
            while rig.counters.spoken == before and rig.working:
                await asyncio.sleep(0.02)
    except TimeoutError:
        return False
    finally:
        await rig.rest()
    return rig.counters.spoken > before


async def light(rig: Rig, pattern: LampPattern, seconds: float) -> None:
    """Shows the pattern so long, and puts the lamp out again."""
    for wished, hold_s in ((pattern, seconds), (LampPattern.OFF, 0.3)):
        rig.wishes.set_lamp(wished)
        await rig.work()
        await asyncio.sleep(hold_s)
    await rig.rest()


async def read_card(rig: Rig) -> CardCode:
    """Whether the card on the reader can be read; who it names is forgotten at once."""
    done: asyncio.Future[CardCode] = asyncio.get_running_loop().create_future()

    def finished(reading: CardReading) -> None:
        if not done.done():
            done.set_result(reading.code)

    rig.wishes.read_card(finished)
    await rig.work()
    try:
        async with asyncio.timeout(TAKEN_S):
            return await done
    except TimeoutError:
        return CardCode.NOT_READY
    finally:
        await rig.rest()


async def blink(rig: Rig, tenths: int = 20) -> bool:
    """All lamps of an HTP/1 device flash and it beeps, where it has them; to find it by eye and ear."""
    taken = False
    with asking(rig) as line:
        for message in (Led(0xFF, LedPattern.FAST, tenths), Prompt(Voice.BEEP)):
            try:
                await line.request(message)
                taken = True
            except RefusedError:
                continue
            except NoReplyError:
                break
    return taken


async def self_test(rig: Rig, part: SelfTestPart) -> SelfTestResult | None:
    """The device tests itself; None if it does not answer or has no such test."""
    with asking(rig) as line:
        try:
            answer = await line.request(SelfTest(part))
        except (NoReplyError, RefusedError):
            return None
    known = isinstance(answer, SelfTestReply) and answer.result in frozenset(SelfTestResult)
    return SelfTestResult(answer.result) if known and isinstance(answer, SelfTestReply) else None
