"""Pulumi's dynamic providers. States name their classes in the modules `dynamic`, `check_provider` and
`absent_persons_provider` at the top of the package.
"""
