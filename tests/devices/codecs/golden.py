"""Published HTP/1 frames: name, frame, the bytes on the wire. They are also in docs/HTP1.md."""

from typing import Final

from devices.codecs.htp1 import ACK_REQ, FROM_DEVICE, RETRANSMIT, Frame
from devices.codecs.htp1_messages import (
    Ack,
    AckCode,
    CfgGet,
    CfgKey,
    CfgReply,
    CfgSet,
    CfgValue,
    Close,
    CloseReply,
    Commit,
    CommitReply,
    Discover,
    Fault,
    FaultCode,
    Fetch,
    FetchReply,
    Heart,
    Hello,
    HelloAck,
    Idle,
    IdleReply,
    Key,
    KeyState,
    Led,
    LedPattern,
    LedReply,
    Loop,
    LoopReply,
    Message,
    MessageType,
    Nak,
    NakCode,
    Open,
    OpenReply,
    Ping,
    Pong,
    Prompt,
    PromptReply,
    Rate,
    Reset,
    ResetReply,
    SelfTest,
    SelfTestPart,
    SelfTestReply,
    SelfTestResult,
    SetAddr,
    SetAddrReply,
    State,
    Text,
    TextReply,
    Voice,
    pack,
)

PAD: Final = HelloAck(1, "PJ5-A", 2, "1.4.2", "HT25A0000317", 0x5C1F, 5, 0x003F)
RATE: Final = Rate(0x7E11, 1, 2150, 180)
MESSAGES: Final[list[tuple[str, int, int, int, Message, str]]] = [
    ("HELLO", 0xFE, 1, ACK_REQ, Hello(), "7E 41 FE 01 01 01 01 B3 CA 7E"),
    (
        "HELLO_ACK", 3, 1, FROM_DEVICE, PAD,
        "7E 44 03 81 01 1E 01 50 4A 35 2D 41 20 20 20 02 01 04 02"
        " 48 54 32 35 41 30 30 30 30 33 31 37 5C 1F 05 00 3F 15 82 7E",
    ),
    ("IDLE", 3, 2, ACK_REQ, Idle(5, "0317"), "7E 41 03 05 02 05 05 30 33 31 37 59 25 7E"),
    ("OPEN", 3, 3, ACK_REQ, Open(0x7E11, 45), "7E 41 03 03 03 04 7D 02 7D 03 2D 01 0F 7D 02 7E"),
    ("OPEN_REPLY", 3, 3, FROM_DEVICE, OpenReply(), "7E 44 03 83 03 01 00 A0 F6 7E"),
    ("RATE", 3, 0x21, ACK_REQ | FROM_DEVICE, RATE, "7E 45 03 40 21 07 7D 02 7D 03 01 08 66 00 B4 DE F4 7E"),
    ("ACK counted", 3, 4, 0, Ack(0x21, AckCode.COUNTED), "7E 40 03 10 04 02 21 00 77 DE 7E"),
    ("ACK duplicate", 3, 5, 0, Ack(0x21, AckCode.DUPLICATE), "7E 40 03 10 05 02 21 01 7D 03 4B 7E"),
    ("CLOSE", 3, 6, ACK_REQ, Close(0x7E11, 0), "7E 41 03 04 06 03 7D 02 7D 03 00 FB 0C 7E"),
    ("PING", 3, 7, ACK_REQ, Ping(), "7E 41 03 02 07 00 C6 1E 7E"),
    ("HEART", 3, 0x22, FROM_DEVICE, Heart(0, 0, 0x5C1F, 86400), "7E 44 03 42 22 08 00 00 5C 1F 00 01 51 80 D9 12 7E"),
    (
        "TEXT", 0x13, 8, ACK_REQ, Text(1, "A023 请到3号窗口"),
        "7E 41 7D 04 08 08 14 01 00 00 05 41 30 32 33 20 C7 EB B5 BD 33 BA C5 B4 B0 BF DA 90 00 7E",
    ),
    ("LED", 0x21, 9, ACK_REQ, Led(1, LedPattern.ON), "7E 41 21 07 09 03 01 02 00 FC 19 7E"),
    (
        "SETADDR", 0xFE, 0x0B, ACK_REQ, SetAddr(4, "HT25A0000317"),
        "7E 41 FE 0D 0B 0D 04 48 54 32 35 41 30 30 30 30 33 31 37 E9 3F 7E",
    ),
    (
        "PONG", 3, 7, FROM_DEVICE, Pong(0, 0, 0, 86_400, 4980),
        "7E 44 03 82 07 0A 00 00 00 00 00 01 51 80 7D 04 74 BD 7C 7E",
    ),
    ("IDLE_REPLY", 3, 2, FROM_DEVICE, IdleReply(), "7E 44 03 85 02 01 00 B0 5F 7E"),
    ("CLOSE_REPLY", 3, 6, FROM_DEVICE, CloseReply(), "7E 44 03 84 06 01 00 1A 2B 7E"),
    ("CLOSE_REPLY of another window", 3, 6, FROM_DEVICE, CloseReply(1), "7E 44 03 84 06 01 01 0A 0A 7E"),
    (
        "RATE again", 3, 0x21, ACK_REQ | FROM_DEVICE | RETRANSMIT, RATE,
        "7E 47 03 40 21 07 7D 02 7D 03 01 08 66 00 B4 D8 1E 7E",
    ),
    (
        "KEY without a window", 3, 0x20, FROM_DEVICE, Key(5, KeyState.NO_WINDOW, 180),
        "7E 44 03 41 20 04 05 01 00 B4 A6 98 7E",
    ),
    (
        "FAULT two keys 2 and 3", 3, 0x23, FROM_DEVICE, Fault(FaultCode.TWO_KEYS, 0b110, 1),
        "7E 44 03 43 23 02 04 06 B2 4E 7E",
    ),
    (
        "FAULT window timed out", 3, 0x24, FROM_DEVICE, Fault(FaultCode.WINDOW_TIMED_OUT, 0x7E11, 2),
        "7E 44 03 43 24 03 05 7D 02 7D 03 6C 29 7E",
    ),
    ("PROMPT thank you", 3, 0x0C, ACK_REQ, Prompt(Voice.THANK_YOU), "7E 41 03 06 0C 02 02 FF CE E6 7E"),
    ("PROMPT_REPLY", 3, 0x0C, FROM_DEVICE, PromptReply(), "7E 44 03 86 0C 01 00 30 82 7E"),
    ("LED_REPLY", 0x21, 9, FROM_DEVICE, LedReply(), "7E 44 21 87 09 01 00 E1 F1 7E"),
    ("TEXT_REPLY", 0x13, 8, FROM_DEVICE, TextReply(), "7E 44 7D 04 88 08 01 00 4A 42 7E"),
    ("CFG_GET baud", 3, 0x0D, ACK_REQ, CfgGet(CfgKey.BAUD), "7E 41 03 09 0D 01 02 6D 27 7E"),
    ("CFG_VALUE 9600", 3, 0x0D, FROM_DEVICE, CfgValue(CfgKey.BAUD, 96), "7E 44 03 89 0D 03 02 00 60 34 A3 7E"),
    ("CFG_SET 115200", 3, 0x0E, ACK_REQ, CfgSet(CfgKey.BAUD, 1152), "7E 41 03 0A 0E 03 02 04 80 B9 E5 7E"),
    ("CFG_REPLY", 3, 0x0E, FROM_DEVICE, CfgReply(), "7E 44 03 8A 0E 01 00 7D 03 D0 7E"),
    (
        "NAK locked", 3, 0x0E, FROM_DEVICE, Nak(MessageType.CFG_SET, NakCode.LOCKED),
        "7E 44 03 7F 0E 02 0A 06 18 4C 7E",
    ),
    ("COMMIT", 3, 0x0F, ACK_REQ, Commit(), "7E 41 03 0B 0F 02 43 4D CD 24 7E"),
    ("COMMIT_REPLY", 3, 0x0F, FROM_DEVICE, CommitReply(), "7E 44 03 8B 0F 01 00 50 54 7E"),
    ("SELFTEST lamps", 3, 0x10, ACK_REQ, SelfTest(SelfTestPart.LAMPS), "7E 41 03 0C 10 01 01 E0 33 7E"),
    (
        "SELFTEST_REPLY shown", 3, 0x10, FROM_DEVICE, SelfTestReply(SelfTestPart.LAMPS, SelfTestResult.SHOWN),
        "7E 44 03 8C 10 02 01 03 FC 6A 7E",
    ),
    ("SETADDR_REPLY", 4, 0x0B, FROM_DEVICE, SetAddrReply(), "7E 44 04 8D 0B 01 00 CC D9 7E"),
    (
        "LOOP", 3, 0x12, ACK_REQ, Loop(bytes.fromhex("00FF55AA7E7D1113")),
        "7E 41 03 0E 12 08 00 FF 55 AA 7D 02 7D 01 7D 03 7D 04 90 F1 7E",
    ),
    (
        "LOOP_REPLY", 3, 0x12, FROM_DEVICE, LoopReply(bytes.fromhex("00FF55AA7E7D1113")),
        "7E 44 03 8E 12 08 00 FF 55 AA 7D 02 7D 01 7D 03 7D 04 59 95 7E",
    ),
    ("RESET", 3, 0x14, ACK_REQ, Reset(), "7E 41 03 0F 14 00 D2 6F 7E"),
    ("RESET_REPLY", 3, 0x14, FROM_DEVICE, ResetReply(), "7E 44 03 8F 14 01 00 29 37 7E"),
    ("DISCOVER in 16 slots", 0xFF, 0x15, 0, Discover(16), "7E 40 FF 7D 03 15 01 10 DA 2F 7E"),
    ("FETCH", 3, 0x16, ACK_REQ, Fetch(), "7E 41 03 12 16 00 B5 3F 7E"),
    (
        "FETCH_REPLY nothing", 3, 0x16, FROM_DEVICE, FetchReply(State.OPEN, 0x01, 0x5C1F),
        "7E 44 03 92 16 04 01 01 5C 1F 18 BB 7E",
    ),
    ("FETCH again later", 3, 0x17, ACK_REQ, Fetch(), "7E 41 03 12 17 00 86 0E 7E"),
    (
        "FETCH_REPLY with the RATE", 3, 0x17, FROM_DEVICE,
        FetchReply(State.SPENT, 0x81, 0x5C1F, MessageType.RATE, 0x21, RATE.payload()),
        "7E 44 03 92 17 0D 02 81 5C 1F 40 21 7D 02 7D 03 01 08 66 00 B4 27 A8 7E",
    ),
]  # fmt: skip


def _frame(addr: int, seq: int, flags: int, message: Message) -> Frame:
    kind, payload = pack(message)
    return Frame(addr, kind, seq, payload, flags)


GOLDEN: Final[list[tuple[str, Frame, bytes]]] = [
    (name, _frame(addr, seq, flags, message), bytes.fromhex(wire)) for name, addr, seq, flags, message, wire in MESSAGES
]
