"""The real parts that tests run against: a sandbox process and the Pulumi CLI."""
