"""The page under test, for every test of it."""

from tests.ui.fixtures import blocks, client, lab, own_folders  # noqa: F401  (fixtures)
