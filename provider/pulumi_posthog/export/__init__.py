"""What exists -> YAML text."""

from pulumi_posthog.export.document import export
from pulumi_posthog.export.exported import Exported
from pulumi_posthog.export.text import SCHEMA_FILE

__all__ = ["SCHEMA_FILE", "Exported", "export"]
