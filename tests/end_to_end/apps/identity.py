"""Data that must never be seen after a crash."""

IDENTITY = "11010519491231002X"
NAME = "王小明"
