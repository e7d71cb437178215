"""The published bytes of the older protocols, both ways."""

import pytest

from devices.codecs import aabb, customer_display, ff68, jt905, modbus
from devices.codecs.aabb import Charset, Style, Variant

FF68 = [
    ("show ticket 023", ff68.digits(3, ticket="023"), "FF 68 08 08 68 03 02 0A 0A 0A 00 02 03 28 16"),
    ("show waiting 012", ff68.digits(3, waiting="012"), "FF 68 08 08 68 03 02 00 01 02 0A 0A 0A 26 16"),
    ("beep", ff68.beep(3), "FF 68 02 02 68 03 03 06 16"),
    ("five stars", ff68.stars(3, 5), "FF 68 03 03 68 03 02 05 0A 16"),
    ("start rating", ff68.start_rating(3), "FF 68 03 03 68 03 01 0B 0F 16"),
    ("pad pressed key 0", ff68.Frame(3, ff68.Func.PAD_KEY, b"\0"), "FF 68 03 03 68 03 11 00 14 16"),
    ("host reply to key 0", ff68.rating_taken(3, 0), "FF 68 03 03 68 03 01 00 04 16"),
]
CALL = "A023 请到3号窗口"
BY_SUM = Style(show=1, speed=0, delay=0, colour=2, valid=0x63)
AABB: list[tuple[str, Variant, aabb.Frame, str]] = [
    (
        "xor text", Variant.XOR, aabb.Show(3, aabb.encode_text(CALL, 16)),
        "AA 03 BB 51 54 0B 05 00 00 63 41 30 32 33 20 C7 EB B5 BD 33 BA C5 B4 B0 BF DA 34 FF",
    ),
    (
        "sum text", Variant.SUM, aabb.Show(3, aabb.encode_text(CALL, 16), BY_SUM),
        "AA 03 BB 51 54 2F 01 00 00 02 63 41 30 32 33 20 C7 EB B5 BD 33 BA C5 B4 B0 BF DA FF",
    ),
    ("probe", Variant.XOR, aabb.Probe(3), "AA 03 55"),
    ("on", Variant.XOR, aabb.Power(3, True), "AA 03 BB 4F 41"),
    ("off", Variant.SUM, aabb.Power(3, False), "AA 03 BB 4F 46"),
]  # fmt: skip
DISPLAY = [
    ("clear", customer_display.Clear(), "0C"),
    ("number 023", customer_display.Show("023"), "1B 51 41 30 32 33 0D"),
    ("lamp 2", customer_display.Lamp(customer_display.Label.TOTAL), "1B 73 32"),
]
MODBUS = [
    ("coil 0 on", modbus.WriteCoil(1, 0, True), "01 05 00 00 FF 00 8C 3A"),
    ("coil 0 off", modbus.WriteCoil(1, 0, False), "01 05 00 00 00 00 CD CA"),
    ("read coils", modbus.ReadCoils(1, 0, 8), "01 01 00 00 00 08 3D CC"),
]


@pytest.mark.parametrize(("name", "frame", "wire"), FF68, ids=[row[0] for row in FF68])
def test_the_bytes_of_pad_keypad_and_digits(name: str, frame: ff68.Frame, wire: str) -> None:
    assert ff68.encode(frame) == bytes.fromhex(wire)
    assert ff68.Decoder().feed(bytes.fromhex(wire)) == [frame]


@pytest.mark.parametrize(("name", "variant", "frame", "wire"), AABB, ids=[row[0] for row in AABB])
def test_the_bytes_of_text_strips(name: str, variant: Variant, frame: aabb.Frame, wire: str) -> None:
    assert aabb.encode(frame, variant) == bytes.fromhex(wire)
    assert aabb.Decoder(variant).feed(bytes.fromhex(wire)) == [frame]


def test_a_strip_of_the_other_kind_does_not_take_a_text() -> None:
    for name, variant, frame, wire in AABB[:2]:
        other = Variant.SUM if variant is Variant.XOR else Variant.XOR
        assert aabb.Decoder(other).feed(bytes.fromhex(wire)) == [], name
        assert aabb.encode(frame, other) != bytes.fromhex(wire)


def test_a_saved_text_differs_in_its_command_only() -> None:
    wire = aabb.encode(aabb.Show(3, b"88", flash=True), Variant.XOR)
    assert wire[3:5] == b"\x51\x44"
    assert aabb.encode(aabb.Show(3, b"88"), Variant.XOR) == wire.replace(b"\x51\x44", b"\x51\x54")


def test_the_status_query_of_a_taxi_device() -> None:
    wire = bytes.fromhex("55 AA 00 04 05 05 02 00 06 55 AA")
    frame = jt905.Frame(0x05, 0x05, jt905.STATUS_QUERY)
    assert jt905.encode(frame) == wire
    assert jt905.Decoder().feed(wire) == [frame]


@pytest.mark.parametrize(("name", "frame", "wire"), DISPLAY, ids=[row[0] for row in DISPLAY])
def test_the_bytes_of_digit_displays(name: str, frame: customer_display.Frame, wire: str) -> None:
    assert customer_display.encode(frame) == bytes.fromhex(wire)
    assert customer_display.Decoder().feed(bytes.fromhex(wire)) == [frame]


@pytest.mark.parametrize(("name", "request_", "wire"), MODBUS, ids=[row[0] for row in MODBUS])
def test_the_bytes_of_relays(name: str, request_: modbus.Request, wire: str) -> None:
    assert modbus.encode(request_) == bytes.fromhex(wire)


def test_the_published_check_value_of_the_modbus_crc() -> None:
    assert modbus.crc16(b"123456789") == 0x4B37


def test_the_answers_of_relays() -> None:
    read, write = modbus.ReadCoils(1, 0, 8), modbus.WriteCoil(1, 0, True)
    states = modbus.sealed(bytes([1, 1, 1, 0b101]))
    assert modbus.read_answer(read, states) == (True, False, True, False, False, False, False, False)
    assert modbus.read_answer(write, modbus.encode(write)) == (True,)
    assert modbus.read_answer(read, modbus.sealed(bytes([1, 0x81, 2]))) == modbus.Refused(2)
    assert modbus.read_answer(write, states) is None
    assert modbus.read_answer(modbus.ReadCoils(2, 0, 8), states) is None
    assert modbus.read_answer(modbus.ReadCoils(1, 0, 9), states) is None


def test_what_does_not_fit_is_refused() -> None:
    tall = ff68.Frame(3, 2, bytes(ff68.DATA_MAX_BYTES + 1))
    for make in (
        lambda: ff68.encode(tall), lambda: ff68.stars(3, 6), lambda: ff68.digits(3, ticket="A23"),
        lambda: aabb.encode(aabb.Show(3, bytes(201)), Variant.XOR), lambda: aabb.encode(aabb.Show(3, b"\xff"), Variant.XOR),
        lambda: jt905.encode(jt905.Frame(6, 1, 1, bytes(257))), lambda: jt905.encode(jt905.Frame(6, 1, 0x10000)),
        lambda: customer_display.encode(customer_display.Show("123456789")),
        lambda: customer_display.encode(customer_display.Show("A23")), lambda: modbus.encode(modbus.ReadCoils(1, 0, 2001)),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"expected|bytes|number"):
            make()


@pytest.mark.parametrize(
    ("text", "columns", "charset", "shown"),
    [
        (CALL, 16, Charset.GB2312, CALL),
        (CALL, 12, Charset.GB2312, "A023 请到3号"),
        (CALL, 11, Charset.GB2312, "A023 请到3"),
        ("李喆", 8, Charset.GB2312, "李□"),
        ("李喆", 8, Charset.GBK, "李喆"),
        ("𠮷祥", 8, Charset.GBK, "□祥"),
        ("𠮷祥", 8, Charset.GB18030, "𠮷祥"),
        ("a\x1b\n\x00b", 8, Charset.GB2312, "ab"),
        ("", 8, Charset.GB2312, ""),
    ],
)
def test_a_text_is_cut_to_the_columns_and_says_what_it_cannot_show(
    text: str, columns: int, charset: Charset, shown: str
) -> None:
    assert aabb.encode_text(text, columns, charset).decode(charset) == shown


def test_a_check_that_looks_like_the_end_is_avoided() -> None:
    found = 0
    for number in range(1000):
        for variant in Variant:
            text = f"{number:03}".encode()
            wire = aabb.encode(aabb.Show(1, text, Style(valid=0xC0)), variant)
            assert wire.count(b"\xff") == 1
            (frame,) = aabb.Decoder(variant).feed(wire)
            assert isinstance(frame, aabb.Show)
            assert frame.text.rstrip() == text
            found += frame.text != text
    assert found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("请 A023 到 3 号窗口", "023"),
        ("A1023 please go to window 3", "1023"),
        ("3 号窗口", ""),
        ("", ""),
        ("窗口暂停", ""),
    ],
)
def test_the_ticket_in_a_sentence(text: str, number: str) -> None:
    assert ff68.ticket_number(text) == number


def test_a_long_number_shows_its_last_three_digits() -> None:
    assert ff68.digits(3, ticket="1023") == ff68.digits(3, ticket="023")
    assert ff68.digits(3, ticket="7").data == bytes([10, 10, 10, 10, 10, 7])
