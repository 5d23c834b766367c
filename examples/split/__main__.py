import pulumi
from pulumi_posthog.deploy import deploy

# Each stack says which file is its own: Pulumi.people.yaml and Pulumi.web.yaml, `posthog:file`.
resources = deploy()

# For other stacks: boards/__main__.py refers to it.
pulumi.export("projects", {name: each.id for (kind, name), each in resources.items() if kind == "project"})
