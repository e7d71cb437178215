"""Small real programs that the end-to-end tests run in a pseudo-terminal."""
