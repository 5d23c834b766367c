"""Pipelines against the sandbox in each generation in which PostHog's rules differ (posthog-api-cdp.md 0.1)."""

PROJECT = "organization: {host: HOST, id: ORGANIZATION}\nprojects:\n  Web:\n"
FUNCTIONS = f"{PROJECT}    hog_functions:\n"
EXPORTS = f"{PROJECT}    batch_exports:\n"
ENVIRONMENT = {"TOKEN": "t0ken-t0ken", "SITE": "s1te-s1te-s1te", "USER_NAME": "exporter-user"}
NOTHING = "      {}"
