"""What a check shows, prints, speaks and asks for, by role. The words on paper and in the air are the house's."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from devices.card import CardCode
from devices.events import KeyPressed, LampPattern, Role, Scanned
from devices.technician.decoding import protocol_of
from devices.technician.outputs import Sample, blink, light, print_slip, read_card, self_ticket, show_sample, speak
from devices.technician.results import Figure, Outcome, Tried
from devices.technician.rig import Rig
from devices.ticket import PrintCode

LIT_S: Final = 1.0
PRESS_S: Final = 20.0


class Texts(msgspec.Struct, frozen=True):
    """What is printed above the samples, what the code holds, what is spoken."""

    slip: tuple[str, ...] = ()
    qr: str = "HALLTERM"
    sentence: str = "请到三号窗口"


class Question(StrEnum):
    """What a person is asked: has it been seen or heard; the last three come before, "do it now"."""

    DISPLAY_SEEN = "display_seen"
    SLIP_GOOD = "slip_good"
    SENTENCE_HEARD = "sentence_heard"
    LAMP_SEEN = "lamp_seen"
    PAD_BLINKED = "pad_blinked"
    PRESS_A_KEY = "press_a_key"
    PUT_A_CARD = "put_a_card"
    SCAN_SOMETHING = "scan_something"


class Answer(msgspec.Struct, frozen=True):
    """What the person said, and who it was."""

    outcome: Outcome
    by: str = ""


Ask = Callable[[Question], Awaitable[Answer]]


async def _display(rig: Rig, texts: Texts, ask: Ask | None) -> tuple[Tried, ...]:
    taken = await show_sample(rig, Sample.ALL_ON if protocol_of(rig.binding.driver) == "ff68" else Sample.CHINESE)
    return (await _judged("display", taken, "refused", Question.DISPLAY_SEEN, ask),)


async def _slip(rig: Rig, texts: Texts, ask: Ask | None) -> tuple[Tried, ...]:
    result = await print_slip(rig, self_ticket(texts.slip, texts.qr))
    printed = result.code is PrintCode.PRINTED
    return (await _judged("slip", printed, result.code, Question.SLIP_GOOD, ask),)


async def _sentence(rig: Rig, texts: Texts, ask: Ask | None) -> tuple[Tried, ...]:
    taken = await speak(rig, texts.sentence)
    return (await _judged("sentence", taken, "refused", Question.SENTENCE_HEARD, ask),)


async def _lamp(rig: Rig, texts: Texts, ask: Ask | None) -> tuple[Tried, ...]:
    await light(rig, LampPattern.ON, LIT_S)
    return (await _judged("lamp", True, "", Question.LAMP_SEEN, ask),)


async def _pad(rig: Rig, texts: Texts, ask: Ask | None) -> tuple[Tried, ...]:
    if protocol_of(rig.binding.driver) != "htp1":
        return (Tried("blink", Outcome.SKIPPED, "not_fitted"),)
    if not await blink(rig):
        return (Tried("blink", Outcome.SKIPPED, "not_fitted"),)
    return (await _judged("blink", True, "", Question.PAD_BLINKED, ask),)


async def _judged(name: str, taken: bool, code: str, question: Question, ask: Ask | None) -> Tried:
    """What the device said of it, and then what the person saw."""
    if not taken:
        return Tried(name, Outcome.FAIL, str(code))
    if ask is None:
        return Tried(name, Outcome.PASS)
    answer = await ask(question)
    code = {Outcome.FAIL: "not_seen", Outcome.SKIPPED: "not_answered"}.get(answer.outcome, "")
    return Tried(name, answer.outcome, code, confirmed_by=answer.by)


async def _press(rig: Rig, ask: Ask) -> tuple[Tried, ...]:
    answer = await ask(Question.PRESS_A_KEY)
    if answer.outcome is not Outcome.PASS:
        return (Tried("press", Outcome.SKIPPED, "not_answered"),)
    await rig.work()
    try:
        event = await rig.event(KeyPressed, PRESS_S)
    finally:
        await rig.rest()
    if event is None:
        return (Tried("press", Outcome.FAIL, "silent"),)
    figures: dict[str, Figure] = {"key": event.key, "held_ms": event.held_ms}
    return (Tried("press", Outcome.PASS, "", figures, answer.by),)


async def _card(rig: Rig, ask: Ask) -> tuple[Tried, ...]:
    answer = await ask(Question.PUT_A_CARD)
    if answer.outcome is not Outcome.PASS:
        return (Tried("card", Outcome.SKIPPED, "not_answered"),)
    code = await read_card(rig)
    read = code is CardCode.READ
    return (Tried("card", Outcome.PASS if read else Outcome.FAIL, "" if read else code, confirmed_by=answer.by),)


async def _scan(rig: Rig, ask: Ask) -> tuple[Tried, ...]:
    answer = await ask(Question.SCAN_SOMETHING)
    if answer.outcome is not Outcome.PASS:
        return (Tried("scan", Outcome.SKIPPED, "not_answered"),)
    await rig.work()
    try:
        event = await rig.event(Scanned, PRESS_S)
    finally:
        await rig.rest()
    if event is None:
        return (Tried("scan", Outcome.FAIL, "silent"),)
    return (Tried("scan", Outcome.PASS, "", {"characters": len(event.text)}, answer.by),)


Show = Callable[[Rig, Texts, Ask | None], Awaitable[tuple[Tried, ...]]]
SHOWN: Final[Mapping[Role, Show]] = {
    Role.WINDOW_DISPLAY: _display,
    Role.HALL_BOARD: _display,
    Role.TICKET_PRINTER: _slip,
    Role.VOICE: _sentence,
    Role.OVERTIME_LAMP: _lamp,
    Role.RATING_DEVICE: _pad,
}
ASKABLE: Final[Mapping[Role, Callable[[Rig, Ask], Awaitable[tuple[Tried, ...]]]]] = {
    Role.RATING_DEVICE: _press,
    Role.ID_CARD_READER: _card,
    Role.SCANNER: _scan,
}
