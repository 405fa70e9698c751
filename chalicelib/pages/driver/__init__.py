"""The driver's app: a shell that works without a network, and the worker that keeps it."""
