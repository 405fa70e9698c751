"""Records what a real server answers to the questions of the contract test.

    python -m tests.contract.road_networks.record osrm http://127.0.0.1:5000 "osrm-routed 26.10.0"

The server must know Liechtenstein; the answers go into a file beside this one.
"""

import json
import sys
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

from tests.contract.road_networks.networks import NETWORKS, QUESTIONS
from tests.support.roads import Answer, Question, road_server


def main() -> None:
    name, url, server = sys.argv[1:]
    (network,) = (each for each in NETWORKS if each.name == name)
    conversations = {}
    for title, places in QUESTIONS.items():
        exchanges = []

        def forward(question: Question) -> Answer:
            answer = _ask(url, question)
            exchanges.append({"question": vars(question), "status": answer[0], "body": answer[1]})  # noqa: B023
            return answer

        with road_server(forward) as recorder, network.open(recorder.url) as roads:
            times_s = roads.travel_times(places)
        conversations[title] = {"travel_times": times_s, "exchanges": exchanges}
    recorded = {
        "data": "© OpenStreetMap contributors, ODbL 1.0: Liechtenstein",
        "server": server,
        "conversations": conversations,
    }
    path = Path(__file__).with_name(f"{name}.json")
    path.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _ask(url: str, question: Question) -> Answer:
    body = None if question.body is None else json.dumps(question.body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(  # noqa: S310 - a server of ours
        f"{url}{question.path}", body, headers, method=question.method
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            return answer.status, json.load(answer)
    except HTTPError as refusal:
        return refusal.code, json.load(refusal)


if __name__ == "__main__":
    main()
