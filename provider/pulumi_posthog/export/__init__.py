"""What exists -> YAML text."""

from pulumi_posthog.export.document import SCHEMA_FILE, Exported, export

__all__ = ["SCHEMA_FILE", "Exported", "export"]
