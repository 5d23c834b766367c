import pulumi_posthog

pulumi_posthog.deploy("posthog.yaml")
