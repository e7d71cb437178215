"""What the hall's rules say: pure functions and frozen values. No I/O, no clock: now is always an argument."""
