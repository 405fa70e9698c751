"""Doorstep on a laptop, in one process: `python -m local`. Never deployed.

moto plays AWS, Chalice's own server plays API Gateway, the bridge plays Lambda's event sources,
and a demo carrier in Helsinki plays the world. Everything is made from `infra/resources.yaml`, the
file that is deployed. `local.stack` is the whole thing as a library.
"""
