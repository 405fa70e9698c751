"""Doorstep on a laptop, in one process: `python -m local`. Never deployed.

moto stands in for AWS, Chalice's own server for API Gateway, the bridge for Lambda's event sources,
and a demo carrier in Helsinki for the users. All resources are made from `infra/resources.yaml`,
the file that is deployed. `local.stack` is the same as a library.
"""
