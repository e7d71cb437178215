"""The next number of a group: of the hall, or of a PC that is cut off from the number host. Business rule 12."""

from __future__ import annotations

from hallterm.rules.numbers import counter_key, cut_off_number, ticket_number
from storage import claims, views
from storage.database import Database
from storage.facts import TicketClass
from storage.own_numbers import gives_own_numbers


def next_number(db: Database, hall: str, day: str, prefix: str, cls: TicketClass, node: str) -> str:
    """The first free number; read inside the transaction, so that two terminals cannot get the same. On a day whose
    numbers may be known only in a damaged file they have the digit of this PC.
    """
    if gives_own_numbers(db, day):
        return own_number(db, hall, day, prefix, cls, node)
    special = counter_key(prefix, cls) != prefix
    count = views.numbers_issued(db, hall, day, prefix, special=special) + 1
    while _is_taken(db, hall, day, ticket_number(prefix, cls, count)):
        count += 1
    return ticket_number(prefix, cls, count)


def own_number(db: Database, hall: str, day: str, prefix: str, cls: TicketClass, node: str) -> str:
    """The same with the digit of this PC, which no other node has: ``B3-007``."""
    count, digit = 1, own_digit(node)
    while _is_taken(db, hall, day, cut_off_number(prefix, cls, digit, count)):
        count += 1
    return cut_off_number(prefix, cls, digit, count)


def own_digit(node: str) -> int:
    """The number in the name of a node: ``360600001-03`` is 3."""
    digits = node.rpartition("-")[2]
    return int(digits) if digits.isdigit() and int(digits) else 99


def _is_taken(db: Database, hall: str, day: str, number: str) -> bool:
    return views.ticket_by_number(db, hall, day, number) is not None or claims.number_is_taken(db, hall, day, number)
