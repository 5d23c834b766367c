"""The events that are declared, and their properties -> typed functions that send them, for the code of an app."""
