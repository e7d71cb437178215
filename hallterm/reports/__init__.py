"""Reports as tables of frozen values: what they are (registry), how they are made (make), where they go (writers)."""
