"""What should exist, what exists, what has to change, and the requests that change it.

Without Pulumi, without YAML, without a terminal.
"""
