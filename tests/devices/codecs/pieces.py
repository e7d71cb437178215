"""A stream in pieces, as a line delivers it; and how often Hypothesis tries."""

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st

MODEST = settings(max_examples=50, deadline=None, database=None)


def cut(stream: bytes, data: st.DataObject) -> list[bytes]:
    """The same bytes, cut anywhere."""
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))
    edges = [0, *sorted(places), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]
