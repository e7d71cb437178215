"""Learning the keys of a pad."""

import asyncio

from devices.bindings import Binding
from devices.codecs.htp1_messages import FaultCode
from devices.events import KeyPressed, PadFault, Role
from devices.ports import PortMatch
from devices.sim.pad import SimPad
from devices.technician.keytest import Excuse, KeyLesson, Press, Stage, lesson_for
from devices.technician.results import Light, Outcome, light
from devices.technician.rig import rigged
from tests.devices.technician.conftest import Plug

LEVELS = (5, 4, 3, 2, 1)


def fault(code: FaultCode) -> PadFault:
    return PadFault("3", "HT25A0000317", code, 1)


def test_each_level_takes_the_key_that_is_pressed_and_none_twice() -> None:
    lesson = KeyLesson(LEVELS)
    presses = [
        lesson.pressed(key, 180, at).press for at, key in enumerate([3, 3, 1, 2, 2, 5, 4], 1) for at in [at * 1000]
    ]
    taken = [press is Press.TAKEN for press in presses]
    assert taken == [False, True, False, False, True, False, False]
    assert lesson.keys == {3: 5, 1: 4, 2: 3, 5: 2, 4: 1}
    assert lesson.complete
    assert lesson.stage is Stage.CHORD


def test_a_key_that_bounces_fails_its_test() -> None:
    lesson = KeyLesson((5, 4), extras=False)
    lesson.pressed(1, 20, 1000)
    assert lesson.pressed(1, 20, 1090).press is Press.BOUNCED
    lesson.pressed(2, 180, 3000)
    first, second = lesson.results("T017")
    assert (first.outcome, first.code, first.figures["bounces"]) == (Outcome.FAIL, "bounces", 1)
    assert (second.outcome, second.confirmed_by) == (Outcome.PASS, "T017")
    assert lesson.stage is Stage.DONE


def test_two_keys_and_a_held_key_are_asked_for_where_the_pad_tells_them() -> None:
    lesson = lesson_for("pad_htp1", (5,))
    lesson.pressed(1, 150, 1000)
    stages = [lesson.stage]
    for code in (FaultCode.STUCK, FaultCode.TWO_KEYS, FaultCode.STUCK, FaultCode.FREED):
        lesson.event(fault(code))
        stages.append(lesson.stage)
    assert stages == [Stage.CHORD, Stage.CHORD, Stage.HOLD, Stage.RELEASE, Stage.DONE]
    assert light(lesson.results()) is Light.GREEN
    assert lesson_for("pad_ff68", LEVELS).results() == ()


def test_what_was_skipped_is_said_and_can_be_done_again() -> None:
    lesson = KeyLesson((5, 4), extras=False)
    lesson.skip()
    assert lesson.asked == 4
    lesson.back()
    assert lesson.asked == 5
    lesson.pressed(1, 100, 1000)
    lesson.skip()
    assert [one.outcome for one in lesson.results()] == [Outcome.PASS, Outcome.SKIPPED]
    assert light(lesson.results()) is Light.YELLOW
    assert not lesson.complete


async def test_a_real_pad_teaches_its_keys(plug: Plug) -> None:
    pad = SimPad("HT25A0000317", 3)
    device = plug(pad, 9600)
    binding = Binding(Role.RATING_DEVICE, "pad_htp1", "3", PortMatch(name=str(device.link)))
    lesson = KeyLesson(LEVELS, extras=False)
    async with rigged(binding, str(device.link)) as rig, asyncio.timeout(120):
        assert await rig.identify()
        await rig.work()
        for key in (5, 4, 3, 2, 1):
            device.do(lambda key=key: pad.press(key, 60))  # type: ignore[misc]
            event = await rig.event(KeyPressed, 10)
            assert event is not None
            heard = lesson.event(event)
            assert heard is not None
            assert (heard.press, heard.key) == (Press.LEARNED, key)
    assert lesson.keys == {5: 5, 4: 4, 3: 3, 2: 2, 1: 1}


def test_what_is_skipped_for_a_reason_is_no_blemish() -> None:
    lights = []
    for excuses in ((Excuse.NOT_REPORTED, Excuse.NOT_WANTED), (Excuse.NOT_WANTED, None), (None, None)):
        lesson = KeyLesson([5])
        lesson.pressed(1, 180, 1000)
        for excuse in excuses:
            lesson.skip(excuse)
        assert lesson.stage is Stage.DONE
        lights.append(light(lesson.results()))
    assert lights == [Light.GREEN, Light.YELLOW, Light.YELLOW]
    level = KeyLesson([5], extras=False)
    level.skip(Excuse.NOT_WANTED)
    assert light(level.results()) is Light.YELLOW
