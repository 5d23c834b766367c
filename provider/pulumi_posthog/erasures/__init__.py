"""Persons who must not exist: how many there are, their erasure, its receipt."""
