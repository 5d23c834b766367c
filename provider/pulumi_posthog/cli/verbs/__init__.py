"""One file for each verb of the command line.

The docstring of a verb is what `--help` prints. A verb returns the exit status (`exits.Exit`), and raises what
`failures.said` knows.
"""
