"""Floor 1: the words that all rings agree on. Imports nothing of the floors above."""
