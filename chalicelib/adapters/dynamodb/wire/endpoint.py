"""Where DynamoDB is, and for which region its calls are signed, as botocore's rules say."""

from dataclasses import dataclass

import botocore.session
from botocore.configprovider import ConfiguredEndpointProvider
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import NoRegionError


@dataclass(frozen=True)
class Endpoint:
    """An address with its path, and the region that signatures name."""

    url: str
    signing_region: str


def found_endpoint(session: botocore.session.Session) -> Endpoint:
    """The endpoint of this process's region, or the address that ``AWS_ENDPOINT_URL`` gives.

    Raises NoRegionError, and EndpointResolutionError for a region or address that cannot be.
    """
    region = session.get_config_variable("region")
    if not region:
        raise NoRegionError
    loader = session.get_component("data_loader")
    rules = EndpointProvider(
        loader.load_service_model("dynamodb", "endpoint-rule-set-1"), loader.load_data("partitions")
    )
    asked = {
        "Region": region,
        "UseFIPS": bool(session.get_config_variable("use_fips_endpoint")),
        "UseDualStack": bool(session.get_config_variable("use_dualstack_endpoint")),
        "AccountIdEndpointMode": "disabled",  # one address for all calls
    }
    own = ConfiguredEndpointProvider(
        session.full_config, session.get_scoped_config(), "dynamodb"
    ).provide()
    found = rules.resolve_endpoint(**asked | ({"Endpoint": own} if own else {}))
    schemes = found.properties.get("authSchemes") or [{}]
    url = found.url if found.url.endswith("/") else f"{found.url}/"
    return Endpoint(url, schemes[0].get("signingRegion", region))
