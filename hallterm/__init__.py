"""The program people run: everything that knows a screen, a key or a user."""

__version__ = "0.1.0"
