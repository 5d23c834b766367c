"""Hog functions."""
