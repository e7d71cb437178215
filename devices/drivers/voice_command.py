"""A voice that is a program of this PC, such as espeak-ng; it has no port.

Option `command` is what to run, `{text}` standing for the sentence: `espeak-ng -v cmn {text}`. It is split into
arguments here and never given to a shell; the sentence is always one argument. Option `limit_s`: when it is killed.
"""

import asyncio
import contextlib
import shlex
import shutil
from typing import ClassVar, Final

from devices.drivers.base import DriverContext, Pressless
from devices.drivers.speech import next_speech, spelled, whole
from devices.events import DeviceState, Identity, Role

PLACE: Final = "{text}"
LIMIT_S: Final = 20


def arguments_of(command: str, text: str) -> list[str]:
    """What to execute; a sentence can neither become an option nor a second argument. Empty if there is no command."""
    try:
        parts = shlex.split(command)
    except ValueError:
        return []
    sentence = "".join(char if char.isprintable() else " " for char in text).lstrip("- ")
    if not any(PLACE in part for part in parts[1:]):
        parts = parts and [*parts, PLACE]
    return [part.replace(PLACE, sentence) for part in parts]


class VoiceCommand(Pressless):
    """One sentence at a time, in order; the next begins when the program has ended."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.VOICE})
    portless: ClassVar[bool] = True

    def __init__(self, context: DriverContext) -> None:
        self._context = context
        self._command = str(context.options.get("command", ""))
        self._digits = str(context.options.get("digits", ""))
        self._limit_s = whole(context.options, "limit_s", LIMIT_S)

    def received(self, data: bytes) -> None:
        """There is no line."""

    async def identify(self) -> Identity | None:
        parts = arguments_of(self._command, "")
        program = shutil.which(parts[0]) if parts else None
        return Identity(model=parts[0].rpartition("/")[2]) if program else None

    async def run(self) -> None:
        """Returns when the program cannot be started any more."""
        wishes, counters = self._context.wishes, self._context.counters
        while True:
            wishes.changed.clear()
            while (speech := next_speech(self._context)) is not None:
                wishes.speech.remove(speech)
                try:
                    well = await self._speak(spelled(speech.text, self._digits))
                except OSError:
                    counters.speech_dropped += 1
                    return
                counters.spoken += well
                counters.speech_dropped += not well
                state = (DeviceState.READY, "") if well else (DeviceState.DEGRADED, "program")
                self._context.report(*state)
            await wishes.changed.wait()

    async def _speak(self, text: str) -> bool:
        """Whether the program ended well within its time; it is gone in any case."""
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *arguments_of(self._command, text), stdin=quiet, stdout=quiet, stderr=quiet
        )
        try:
            async with asyncio.timeout(self._limit_s):
                return await process.wait() == 0
        except TimeoutError:
            self._context.counters.timeouts += 1
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
