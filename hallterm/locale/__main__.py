"""``python -m hallterm.locale`` compiles the catalogues."""

from hallterm.locale import compile_catalogues

print(compile_catalogues())
