"""A ticket document as ESC/POS bytes, Chinese in GB18030."""

from typing import Final

from devices.codecs.htp1_messages import encode_text
from devices.ticket import TicketDoc

CHINESE_ON: Final = b"\x1c\x26"
LINE_MOST_BYTES: Final = 400
SIZE_MOST: Final = 4
QR_MODULE_DOTS: Final = 6


def render(doc: TicketDoc) -> bytes:
    """The whole slip: initialise, lines, code, feed and cut."""
    from escpos.printer import Dummy  # 0.3 s and 17 MB: only a process that prints pays for it

    paper = Dummy()
    paper.hw("INIT")
    paper._raw(CHINESE_ON)
    for line in doc.lines:
        size = max(1, min(SIZE_MOST, line.size))
        paper.set(align=line.align.value, bold=line.bold, custom_size=True, width=size, height=size)
        paper._raw(encode_text(line.text, LINE_MOST_BYTES) + b"\n")
    if doc.qr:
        paper.set(align="center", normal_textsize=True)
        paper.qr(doc.qr, native=True, size=QR_MODULE_DOTS)
        paper._raw(b"\n")
    paper.cut(feed=False)
    output: bytes = paper.output
    return output
