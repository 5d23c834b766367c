from pulumi_posthog.deploy import deploy

# Each stack says which file is its own: Pulumi.people.yaml and Pulumi.web.yaml, `posthog:file`.
deploy()
