"""The catalogue of matters as a CSV table: the shipped one, and those that halls import.

Columns: ``code, name_zh, limit_min`` must be there; ``name_en, category, ticket_prefix, batchable, completion_workdays,
initials, hidden, source, tax_core_ref`` may. ``limit_min`` is minutes at the window with complete papers;
``completion_workdays`` 0 means at once; ``tax_core_ref`` is what the tax software calls the matter.
Every fault of a table is found in one reading and told with its line.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Iterator, Mapping
from io import StringIO
from pathlib import Path

from msgspec import Struct

from hallterm.locale import N_, _
from storage.facts.reference import ServiceTypeSet

SHIPPED = Path(__file__).parent / "data" / "services.csv"

CATEGORIES = {
    "A": "register",
    "B": "invoice",
    "C": "declare",
    "D": "issue",
    "E": "certificate",
    "F": "social",
    "G": "vehicle",
    "H": "property",
    "J": "cancel",
    "K": "refund",
    "L": "consult",
}
"""Letters of codes and tickets. I and O look like digits; V is the mark of special tickets."""

REQUIRED = ("code", "name_zh", "limit_min")
COLUMNS = (
    *REQUIRED,
    *("name_en", "category", "ticket_prefix", "batchable", "completion_workdays", "initials", "hidden", "source"),
    "tax_core_ref",
)
YES = frozenset(("1", "true", "yes", "y", "是"))
NO = frozenset(("", "0", "false", "no", "n", "否"))
LIMIT_MIN = range(1, 241)
WORKDAYS = range(0, 366)
OWN_FROM = 50
NAME_LENGTH = 60
REF_LENGTH = 32

# The first level of GB 2312 is ordered by pinyin: each letter with its first character's code.
_FIRST_OF_LETTER = tuple(
    (character.encode("gb2312"), letter)
    for character, letter in zip(
        "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝", "abcdefghjklmnopqrstwxyz", strict=True
    )
)
_END_OF_LEVEL = "座".encode("gb2312")


class Problem(Struct, frozen=True):
    """One fault of a table; ``line`` is the line of the file, 0 for the file as a whole."""

    line: int
    sentence: str


class CatalogueError(Exception):
    """A table of matters cannot be used; the text has one sentence a line."""

    def __init__(self, source_name: str, problems: Collection[Problem]) -> None:
        self.source_name = source_name
        self.problems = tuple(problems)
        super().__init__("\n".join(self._sentences()))

    def _sentences(self) -> Iterator[str]:
        for problem in self.problems:
            message = _("{file} line {line}: {sentence}") if problem.line else _("{file}: {sentence}")
            yield message.format(file=self.source_name, line=problem.line, sentence=problem.sentence)


def shipped_catalogue() -> list[ServiceTypeSet]:
    """The 73 matters that come with the program."""
    return read_catalogue(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name)


def read_catalogue_file(path: Path) -> list[ServiceTypeSet]:
    """A table of a hall: own matters take numbers from 50 up, the others are those of the shipped catalogue."""
    text = decode(path.read_bytes(), path.name)
    return read_catalogue(text, path.name, {matter.code for matter in shipped_catalogue()})


def decode(content: bytes, source_name: str) -> str:
    """The text of a table: UTF-8 with or without BOM, or GBK as spreadsheets save it in China."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise CatalogueError(source_name, [Problem(0, _("this is UTF-16 text; save it as CSV UTF-8"))])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise CatalogueError(source_name, [Problem(0, _("this is neither UTF-8 nor GBK text; save it as CSV UTF-8"))])


def read_catalogue(text: str, source_name: str, shipped: Collection[str] | None = None) -> list[ServiceTypeSet]:
    """The matters of a table, or :class:`CatalogueError` with all its faults.

    With ``shipped`` (codes of the shipped catalogue) a number below 50 must be one of them.
    """
    problems: list[Problem] = []
    matters: list[ServiceTypeSet] = []
    first_line: dict[str, int] = {}
    for line, row in _rows(text, problems):
        faults: list[str] = []
        matter = _matter(row, faults, shipped)
        code = row["code"].upper()
        if code and code in first_line:
            faults.append(_("{code} stands already on line {first}").format(code=code, first=first_line[code]))
        first_line.setdefault(code, line)
        problems += [Problem(line, fault) for fault in faults]
        if matter is not None and not faults:
            matters.append(matter)
    if not matters and not problems:
        problems.append(Problem(0, _("there is no matter in it")))
    if problems:
        raise CatalogueError(source_name, sorted(problems, key=lambda problem: problem.line))
    return matters


def _rows(text: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with the line they begin on; faults of the header and of the form go to ``problems``."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if not header:
                header = [cell.lower() for cell in cells]
                faults = list(_header_faults(header))
                problems += [Problem(start, fault) for fault in faults]
                if faults:
                    return
            elif len(cells) != len(header):
                message = _("{found} fields, but the header has {expected}; put a text with commas in quotes")
                problems.append(Problem(start, message.format(found=len(cells), expected=len(header))))
            else:
                yield start, dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=True))
    except csv.Error:
        problems.append(Problem(line, _("a quotation mark is not closed or stands in the wrong place")))


def _header_faults(header: list[str]) -> Iterator[str]:
    for name in REQUIRED:
        if name not in header:
            yield _("column {name} is missing").format(name=name)
    for name in header:
        if name not in COLUMNS:
            yield _("there is no column {name}; known are {known}").format(name=name, known=", ".join(COLUMNS))
        elif header.count(name) > 1:
            yield _("column {name} stands twice").format(name=name)


def _matter(row: Mapping[str, str], faults: list[str], shipped: Collection[str] | None) -> ServiceTypeSet | None:
    """One row as a fact; None if a value has no meaning, and every fault in ``faults``."""
    code = row["code"].upper()
    faults += _code_faults(code, shipped)
    letter = code[:1]
    category = CATEGORIES.get(letter, "")
    for column, found, expected in (
        ("ticket_prefix", row["ticket_prefix"].upper(), letter),
        ("category", row["category"].lower(), category),
    ):
        if found and category and found != expected:
            message = _("{column} is {found}, but code {code} belongs to {expected}")
            faults.append(message.format(column=column, found=found, code=code, expected=expected))
    name_zh = row["name_zh"]
    faults += [fault for column in ("name_zh", "name_en") if (fault := _name_fault(column, row[column]))]
    initials = row["initials"].lower() or initials_of(name_zh)
    if not re.fullmatch(r"[a-z0-9]*", initials):
        faults.append(_("initials {found}: only letters and digits").format(found=row["initials"]))
    limit_min = _number(row, "limit_min", LIMIT_MIN, faults)
    workdays = _number(row, "completion_workdays", WORKDAYS, faults)
    batchable, hidden = _yes_no(row, "batchable", faults), _yes_no(row, "hidden", faults)
    tax_core_ref = row["tax_core_ref"]
    if len(tax_core_ref) > REF_LENGTH or not tax_core_ref.isprintable():
        faults.append(_("tax_core_ref is longer than {most} characters or not plain text").format(most=REF_LENGTH))
    if faults:
        return None
    return ServiceTypeSet(
        code=code,
        name_zh=name_zh,
        name_en=row["name_en"] or name_zh,
        category=category,
        ticket_prefix=letter,
        limit_min=limit_min,
        batchable=batchable,
        completion_workdays=workdays,
        initials=initials,
        hidden=hidden,
        tax_core_ref=tax_core_ref,
    )


_LETTER_FAULTS = {
    "I": N_("code {code}: the letters I and O are not used, they look like digits"),
    "O": N_("code {code}: the letters I and O are not used, they look like digits"),
    "V": N_("code {code}: V is the mark of special tickets"),
}


def _code_faults(code: str, shipped: Collection[str] | None) -> Iterator[str]:
    if not re.fullmatch(r"[A-Z][0-9]{2}", code, re.ASCII):
        yield _("code {code}: expected one letter and two digits, such as B07").format(code=code or "--")
    elif code[0] not in CATEGORIES:
        fault = _LETTER_FAULTS.get(code[0], N_("code {code}: there is no such group; groups are {groups}"))
        yield _(fault).format(code=code, groups=" ".join(CATEGORIES))
    elif code[1:] == "00":
        yield _("code {code}: numbers begin with 01").format(code=code)
    elif shipped is not None and code not in shipped and int(code[1:]) < OWN_FROM:
        yield _("code {code} is not in the shipped catalogue; own matters take numbers from 50 up").format(code=code)


def _name_fault(column: str, name: str) -> str:
    if not name:
        return _("name_zh is empty") if column == "name_zh" else ""
    if not name.isprintable():
        return _("{column} has characters that cannot be shown").format(column=column)
    limit = NAME_LENGTH if column == "name_zh" else 2 * NAME_LENGTH
    return (
        "" if len(name) <= limit else _("{column} has more than {limit} characters").format(column=column, limit=limit)
    )


def _number(row: Mapping[str, str], column: str, allowed: range, faults: list[str]) -> int:
    found = row[column]
    if not found and column not in REQUIRED:
        return 0
    if re.fullmatch(r"[0-9]{1,4}", found, re.ASCII) and int(found) in allowed:
        return int(found)
    message = _("{column} is {found}, expected a whole number from {low} to {high}")
    faults.append(message.format(column=column, found=found or "--", low=allowed[0], high=allowed[-1]))
    return 0


def _yes_no(row: Mapping[str, str], column: str, faults: list[str]) -> bool:
    found = row[column].lower()
    if found not in YES and found not in NO:
        faults.append(_("{column} is {found}, expected 1 or 0").format(column=column, found=row[column]))
    return found in YES


def initials_of(name: str) -> str:
    """Pinyin initials of a name for typing: common characters by the order of GB 2312, Latin letters as they are.

    A character with several readings gets its commonest one; a rare character is left out.
    """
    return "".join(_initial(character) for character in name)


def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return ""
    if code > _END_OF_LEVEL:
        return ""
    return next((letter for first, letter in reversed(_FIRST_OF_LETTER) if code >= first), "")
