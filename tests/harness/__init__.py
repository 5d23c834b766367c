"""The real parts that tests run against: a sandbox process and the Pulumi CLI."""

import pkgutil

import pytest

# Before they are imported: their asserts then say the values that they compared.
pytest.register_assert_rewrite(*(f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__)))
