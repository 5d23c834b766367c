"""Definitions of events and properties: what people say about names that were ingested."""
