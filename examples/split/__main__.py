import pulumi
import pulumi_posthog

# Each stack says which file is its own: Pulumi.people.yaml and Pulumi.web.yaml, `posthog:file`.
resources = pulumi_posthog.deploy()

# For other stacks: boards/__main__.py refers to it.
pulumi.export("projects", {name: each.id for (kind, name), each in resources.items() if kind == "project"})
