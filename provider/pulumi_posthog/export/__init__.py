"""What exists -> YAML text."""

from pulumi_posthog.export.document import SCHEMA_FILE, export
from pulumi_posthog.export.exported import Exported

__all__ = ["SCHEMA_FILE", "Exported", "export"]
