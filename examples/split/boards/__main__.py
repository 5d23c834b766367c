"""Folders in the project that the stack `web` looks after. This stack knows its id by reference, nothing else of it."""

import pulumi
import pulumi_posthog as posthog

# organization/PROJECT/STACK; with Pulumi Cloud the first is the name of the organization there.
web = pulumi.StackReference("organization/acme-split/web")

for quarter in ("Q1", "Q2", "Q3", "Q4"):
    posthog.FileSystemEntry(
        quarter, project=web.require_output("projects")["Web"], path=f"Boards/{quarter}", type="folder"
    )
