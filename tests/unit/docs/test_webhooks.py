"""The code that docs/webhooks.md gives to receivers takes what we send, and nothing else."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from chalicelib.adapters.clock import SystemClock
from chalicelib.domain.shipments.payloads import webhook_body
from chalicelib.services.webhooks.deliver_webhook import signed_headers
from tests.support.builders import make_event

PAGE: Final = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text("utf-8")
NODE: Final = Path(sys.executable).parent / "node"
SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY: Final = webhook_body(make_event())
Post = tuple[dict[str, str], str]
Verify = Callable[[list[Post]], list[bool]]


def code(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def by_python(posts: list[Post]) -> list[bool]:
    names: dict[str, Any] = {}
    exec(code("python"), names)  # noqa: S102 - of our own page
    return [names["is_from_doorstep"](SECRET, headers, body.encode()) for headers, body in posts]


def by_javascript(posts: list[Post]) -> list[bool]:
    ask = f"""
    const posts = {json.dumps(posts)};
    const said = posts.map(
      ([headers, body]) => isFromDoorstep("{SECRET}", headers, Buffer.from(body)),
    );
    console.log(JSON.stringify(said));
    """
    command = [str(NODE), "--input-type=module", "--eval", code("js") + ask]
    ran = subprocess.run(command, capture_output=True, check=True, text=True)
    said: list[bool] = json.loads(ran.stdout)
    return said


@pytest.mark.parametrize("verify", [by_python, by_javascript])
def test_a_receiver_takes_what_we_signed_and_nothing_else(verify: Verify) -> None:
    now = SystemClock().now()
    ours = signed_headers(SECRET, "evt_1", now, BODY)
    old = signed_headers(SECRET, "evt_1", now - timedelta(minutes=6), BODY)
    of_another = signed_headers(f"whsec_{'A' * 32}", "evt_1", now, BODY)
    rotated = ours | {
        "webhook-signature": f"{of_another['webhook-signature']} {ours['webhook-signature']}"
    }

    said = verify(
        [
            (ours, BODY),
            (rotated, BODY),
            (ours, BODY.replace("created", "delivered")),
            (ours | {"webhook-id": "evt_2"}, BODY),
            (old, BODY),
            (old | {"webhook-timestamp": ours["webhook-timestamp"]}, BODY),
            (of_another, BODY),
        ]
    )

    assert said == [True, True, False, False, False, False, False]
