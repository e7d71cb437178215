"""The facts: one frozen struct a kind, and every closed set of the house. Imports nothing of the house.

A fact is what the journal stores: immutable, in the words of the field. Corrections are new facts. Outcomes that a rule
computed (``counted_s``, ``overtime``, ``exempt`` ...) are carried by the fact, so that storage computes no rule.

Units: ``*_t`` wall clock, integer ms UTC; ``*_m`` CLOCK_BOOTTIME, integer ms within one boot; ``*_s`` whole seconds;
``*_ms`` milliseconds; ``day`` the business day ``YYYY-MM-DD`` in +08:00. Entities are named by the id of the fact that
opened them (:class:`storage.journal.Journal` makes it).
"""

from __future__ import annotations

from storage.facts.assessment import *
from storage.facts.attendance import *
from storage.facts.base import *
from storage.facts.cases import *
from storage.facts.claims import *
from storage.facts.hall import *
from storage.facts.hall_sets import *
from storage.facts.mirror import *
from storage.facts.nodes import *
from storage.facts.outages import *
from storage.facts.reconciliation import *
from storage.facts.reference import *
from storage.facts.rollup import *
from storage.facts.services import *
from storage.facts.sets import *
from storage.facts.state import *
from storage.facts.tickets import *
