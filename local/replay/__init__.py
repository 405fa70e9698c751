"""Replays recorded journeys through the public API and measures Doorstep's ETAs and answers."""
