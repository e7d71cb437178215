"""Several PCs in one hall: what was claimed, who may call which number, where each window's terminal is."""

from __future__ import annotations

from peewee import Model, TextField

from storage.tables.columns import integer, words


class Claim(Model):
    """A ticket or a number that another node asked the number host for. ``used`` 1: that node called the ticket;
    ``dropped`` 1: it never will.
    """

    id = TextField(primary_key=True)
    hall = words()
    node = words()
    ticket = words()
    target = words()
    window = words()
    day = words()
    number = words()
    claimed_t = integer()
    ord = words()
    used = integer()
    dropped = integer()

    class Meta:
        indexes = ((("node", "used", "dropped"), False), (("day", "number"), False))


class OwnNumber(Model):
    """A ticket whose number its node gave itself while it was cut off; ``handed`` 1: the number host may call it now."""

    ticket = TextField(primary_key=True)
    node = words()
    handed = integer()

    class Meta:
        table_name = "own_number"


class LanDown(Model):
    """A service of somebody whose ticket could not be claimed: the number he showed."""

    service = TextField(primary_key=True)
    hall = words()
    day = words()
    number = words()
    window = words()
    visit = words()

    class Meta:
        table_name = "lan_down"
        indexes = ((("day", "number"), False),)


class WindowPlace(Model):
    """The node at which somebody signed on last at a window: its station cares for that window."""

    window = TextField(primary_key=True)
    node = words()
    ord = words()

    class Meta:
        table_name = "window_place"


class Double(Model):
    """What two cut-off nodes did twice, as it was found at the merge."""

    id = TextField(primary_key=True)
    hall = words()
    day = words()
    what = words()
    subject = words()
    first = words()
    second = words()
    found_t = integer()

    class Meta:
        indexes = ((("hall", "day"), False),)
