"""What those see who may not see everything. Business rule 18. A value too short to hide anything is hidden whole."""

from __future__ import annotations


def _keep(text: str, head: int, tail: int = 0) -> str:
    hidden = len(text) - head - tail
    if hidden <= 0:
        return "*" * len(text)
    return text[:head] + "*" * hidden + text[len(text) - tail :]


def citizen_id(code: str) -> str:
    """First 3 and last 4 characters."""
    return _keep(code, 3, 4)


def mobile(number: str) -> str:
    """First 3 and last 4 digits."""
    return _keep(number, 3, 4)


def name(text: str) -> str:
    """First character, a star for each further one."""
    return text[:1] + "*" * len(text[1:])


def credit_code_public(code: str) -> str:
    """On screens the public sees: first 4 and last 4 characters. Staff see it in full."""
    return _keep(code, 4, 4)


def taxpayer_number(code: str) -> str:
    """For staff who are not serving the taxpayer: first 4 and last 4 characters."""
    return _keep(code, 4, 4)


def address(text: str) -> str:
    """First 6 characters."""
    return text if len(text) <= 6 else text[:6] + "*" * (len(text) - 6)
