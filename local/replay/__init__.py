"""Replays recorded journeys through the public API, and measures what Doorstep told meanwhile."""
