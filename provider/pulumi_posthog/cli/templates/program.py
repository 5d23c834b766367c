from pulumi_posthog.deploy import deploy

deploy("posthog.yaml")
