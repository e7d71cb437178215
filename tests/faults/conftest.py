"""The hall PC, the centre and the stick of ``tests/sync``, also for fault tests."""

from tests.sync.conftest import centre, device, founded_files, office, open_centre

__all__ = ["centre", "device", "founded_files", "office", "open_centre"]
