"""Programs that a benchmark compares with."""
