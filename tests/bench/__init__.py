"""Benchmarks: ``python -m tests.bench`` prints a table and writes JSON. Nothing here is ever asserted by a test."""
