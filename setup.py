"""The build: pyproject.toml says everything but one step, the compilation of the catalogues."""

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithCatalogues(build_py):
    def run(self) -> None:
        from hallterm.locale import compile_catalogues

        compile_catalogues()
        super().run()


setup(cmdclass={"build_py": BuildWithCatalogues})
