"""Health checks: whether the data in PostHog is as expected, asked after a change or at any time.

condition   text -> what is expected; what is expected, an answer -> whether it holds (pure)
durations   "10m" <-> seconds (pure)
declared    one check, as the configuration has it
running     checks, PostHog -> outcomes
"""
