"""Health checks: whether the data in PostHog is as expected, asked after a change or at any time.

condition   text -> what is expected; what is expected, an answer -> whether it holds (pure)
declared    one check, as the configuration has it
running     checks, PostHog -> outcomes
outcome     what one came to, as a value and in words
setting     when the checks of a stack run
"""
