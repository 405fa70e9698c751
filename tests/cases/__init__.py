"""Faults from the field, as small inputs with the answer that a user needs.

The inputs lie beside the project (or where `DOORSTEP_CASES` says), not in it. Where they are
absent, these tests are skipped.
"""
