"""What is done to a member besides amending: moves of the standing, enrolling, taking part."""

ACTS = []
