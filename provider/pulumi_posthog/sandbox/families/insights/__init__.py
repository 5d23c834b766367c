"""Insights: what is asked, how it is shown, and the old calculation of a trend."""
