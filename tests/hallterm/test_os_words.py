"""What the operating system refuses is told in the language in use."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from hallterm.locale import compile_catalogues, use
from hallterm.os_words import WORDS, why


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    compile_catalogues()
    use("zh_CN")
    yield
    use("en")


@pytest.mark.parametrize("number", sorted(WORDS))
def test_each_refusal_has_chinese_words(number: int) -> None:
    said = why(OSError(number, os.strerror(number)))
    assert said
    assert not said.isascii()


def test_what_is_not_known_keeps_the_words_of_the_system() -> None:
    assert why(OSError(123456, "odd")) == "odd"
    assert why(OSError("no number")) == "no number"
    assert why(TimeoutError()) == "TimeoutError"
