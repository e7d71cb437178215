"""The closed sets of HTP/1: types, codes, classes, capabilities, colours; docs/HTP1.md says what each means."""

from enum import IntEnum, IntFlag
from typing import Final

REPLY: Final = 0x80
"""A reply has its request's type with this bit set."""


class MessageType(IntEnum):
    """The TYPE byte."""

    HELLO = 0x01
    PING = 0x02
    OPEN = 0x03
    CLOSE = 0x04
    IDLE = 0x05
    PROMPT = 0x06
    LED = 0x07
    TEXT = 0x08
    CFG_GET = 0x09
    CFG_SET = 0x0A
    COMMIT = 0x0B
    SELFTEST = 0x0C
    SETADDR = 0x0D
    LOOP = 0x0E
    RESET = 0x0F
    ACK = 0x10
    DISCOVER = 0x11
    FETCH = 0x12
    RATE = 0x40
    KEY = 0x41
    HEART = 0x42
    FAULT = 0x43
    NAK = 0x7F
    HELLO_ACK = 0x81
    PONG = 0x82
    OPEN_REPLY = 0x83
    CLOSE_REPLY = 0x84
    IDLE_REPLY = 0x85
    PROMPT_REPLY = 0x86
    LED_REPLY = 0x87
    TEXT_REPLY = 0x88
    CFG_VALUE = 0x89
    CFG_REPLY = 0x8A
    COMMIT_REPLY = 0x8B
    SELFTEST_REPLY = 0x8C
    SETADDR_REPLY = 0x8D
    LOOP_REPLY = 0x8E
    RESET_REPLY = 0x8F
    FETCH_REPLY = 0x92


class AckCode(IntEnum):
    """What the house made of a rating; sent after the commit."""

    COUNTED = 0
    DUPLICATE = 1
    NO_WINDOW = 2
    LATE = 3
    REFUSED = 4


class CloseReason(IntEnum):
    """Why the house closes a rating window."""

    RATED = 0
    CLERK = 1
    CANCELLED = 2


class ReplyCode(IntEnum):
    """The code of a reply that is nothing but a code."""

    OK = 0
    NOT_THIS_WINDOW = 1
    MEMORY = 2


class NakCode(IntEnum):
    """Why a device refuses a request."""

    LENGTH = 1
    UNKNOWN = 2
    BUSY = 3
    WRONG_STATE = 4
    RANGE = 5
    LOCKED = 6


class FaultCode(IntEnum):
    """What a pad reports about itself."""

    STUCK = 1
    FREED = 2
    TAMPER = 3
    TWO_KEYS = 4
    WINDOW_TIMED_OUT = 5
    BROWN_OUT = 6
    EEPROM = 7


class State(IntEnum):
    """The state byte of HEART, PONG and FETCH_REPLY; a device without keys is always IDLE."""

    IDLE = 0
    OPEN = 1
    SPENT = 2


class KeyState(IntEnum):
    """Why a press was a KEY and no RATE."""

    NO_WINDOW = 1
    SPENT = 2


class Flags(IntFlag):
    """State flags of HEART, PONG and FETCH_REPLY."""

    WINDOW_OPEN = 0x01
    STUCK_KEY = 0x02
    CASE_OPEN = 0x04
    LOW_SUPPLY = 0x08
    UNLOCKED = 0x10
    EEPROM_ERROR = 0x20
    WATCHDOG_RESET = 0x40
    RATING_WAITING = 0x80


class DeviceClass(IntEnum):
    """The class byte of HELLO_ACK."""

    RATING_PAD = 1
    WINDOW_DISPLAY = 2
    LAMP = 3
    BOARD = 4


class Caps(IntFlag):
    """What a device has, in HELLO_ACK; a message that needs what is missing is answered NAK UNKNOWN."""

    KEYS = 0x0001
    LEDS = 0x0002
    SOUND = 0x0004
    IDLE_DISPLAY = 0x0008
    CASE_SWITCH = 0x0010
    SETTINGS = 0x0020
    TEXT = 0x0040
    COLOURS = 0x0080
    SUPPLY = 0x0100


class Voice(IntEnum):
    """What OPEN and PROMPT play."""

    SILENCE = 0
    PLEASE_RATE = 1
    THANK_YOU = 2
    ONE_KEY_ONLY = 3
    TIME_IS_OVER = 4
    WELCOME = 5
    PAUSED = 6
    BEEP = 7
    ALARM = 8


class LedPattern(IntEnum):
    """How the lamps of a mask light."""

    OFF = 0
    FLASH = 1
    ON = 2
    SLOW = 3
    FAST = 4


class Colour(IntEnum):
    """The colour of a text."""

    OWN = 0
    RED = 1
    GREEN = 2
    YELLOW = 3


class TextMode(IntEnum):
    """How a text appears."""

    STILL = 0
    SCROLL = 1
    ROLL = 2
    FLASH = 3


class CfgKey(IntEnum):
    """A setting of a device."""

    ADDRESS = 1
    BAUD = 2
    VOLUME = 3
    DEBOUNCE_MS = 4
    KEYS = 5
    BUS = 6


class SelfTestPart(IntEnum):
    """What SELFTEST tries; only INTERNAL can be neither seen nor heard."""

    INTERNAL = 0
    LAMPS = 1
    SOUND = 2
    DISPLAY = 3


class SelfTestResult(IntEnum):
    """How it went; SHOWN is for the person who looks and listens."""

    PASSED = 0
    FAILED = 1
    NOT_FITTED = 2
    SHOWN = 3
