"""What the console's scripts decide without a page, asked through Node."""

from typing import Any

import pytest

from tests.unit.pages.test_scripts import evaluate

RUN = """await (async () => {
  const asked = [];
  const answers = [...given.answers];
  const signedIn = [];
  const paused = [];
  const api = createApi("/api", {
    signIn: async () => { signedIn.push(asked.length); },
    pause: async (waitS) => { paused.push(waitS); },
    fetcher: async (url, request) => {
      asked.push({ url, ...request, signal: undefined });
      const { status, body, headers } = answers.shift();
      if (status === 0) throw new TypeError("no network");
      return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
    },
  });
  const [method, path, more] = given.ask;
  try {
    const { status, data, etag } = await api.ask(method, path, more);
    return { asked, signedIn, paused, status, data, etag };
  } catch (error) {
    const { status, code, words, isOffline, isOutdated } = error;
    return { asked, signedIn, paused, problem: { status, code, words, isOffline, isOutdated } };
  }
})()"""


def api(method: str, path: str, *answers: dict[str, Any], **more: Any) -> Any:
    given = {"ask": [method, path, more], "answers": list(answers)}
    return evaluate("createApi", "console/api.js", RUN, given)


OK = {"status": 200, "body": {"id": 1}, "headers": {"ETag": '"3"'}}


def test_a_change_has_the_header_that_no_other_site_can_send() -> None:
    (read,) = api("GET", "/v1/hubs", OK)["asked"]
    (changed,) = api("PATCH", "/v1/hubs/1", OK, body={"name": "x"}, etag='"2"')["asked"]

    assert "Doorstep-Console" not in read["headers"]
    assert changed["headers"]["Doorstep-Console"] == "1"
    assert changed["headers"]["If-Match"] == '"2"'
    assert changed["credentials"] == "same-origin"
    assert changed["url"] == "/api/v1/hubs/1"


def test_an_answer_has_its_tag_and_empty_parameters_are_left_out() -> None:
    told = api("GET", "/v1/hubs", OK, query={"limit": 5, "cursor": None, "status": ""})

    assert (told["status"], told["data"], told["etag"]) == (200, {"id": 1}, '"3"')
    assert told["asked"][0]["url"] == "/api/v1/hubs?limit=5"


def test_what_has_not_changed_has_no_data() -> None:
    told = api("GET", "/v1/live", {"status": 304}, known='"3"')

    assert (told["status"], told["data"]) == (304, None)
    assert told["asked"][0]["headers"]["If-None-Match"] == '"3"'


def test_after_the_sign_in_the_same_request_goes_again_with_the_same_key() -> None:
    told = api("POST", "/v1/teams", {"status": 401, "body": {}}, OK, body={"name": "North"})

    first, again = told["asked"]
    assert first == again
    assert first["headers"]["Idempotency-Key"]
    assert told["signedIn"] == [1]
    assert told["data"] == {"id": 1}


@pytest.mark.parametrize(
    ("status", "code"),
    [(503, "unavailable"), (429, "too_many_requests"), (409, "request_running")],
)
def test_what_comes_again_is_asked_again_when_it_is_said(status: int, code: str) -> None:
    busy = {"status": status, "body": {"code": code}, "headers": {"Retry-After": "2"}}

    told = api("POST", "/v1/teams", busy, busy, OK, body={})

    assert told["paused"] == [2, 2]
    assert len({each["headers"]["Idempotency-Key"] for each in told["asked"]}) == 1
    assert told["status"] == 200


def test_nobody_waits_for_longer_than_a_moment_or_for_ever() -> None:
    late = {"status": 503, "body": {"detail": "Busy."}, "headers": {"Retry-After": "600"}}
    busy = {"status": 503, "body": {"detail": "Busy."}, "headers": {"Retry-After": "1"}}

    assert len(api("GET", "/v1/hubs", late)["asked"]) == 1
    assert len(api("GET", "/v1/hubs", *[busy] * 9)["asked"]) == 4


def test_a_problem_is_told_in_the_words_of_the_api() -> None:
    detail = {"pointer": "/name", "code": "blank", "detail": "Write at least one letter."}
    body = {"code": "invalid", "detail": "Some fields break a rule.", "errors": [detail]}

    problem = api("POST", "/v1/teams", {"status": 422, "body": body}, body={})["problem"]

    assert problem["words"] == "Some fields break a rule. Write at least one letter."
    assert (problem["status"], problem["code"]) == (422, "invalid")


def test_who_changes_what_somebody_else_has_changed_is_told_so() -> None:
    told = api("PATCH", "/v1/hubs/1", {"status": 412, "body": {"detail": "Changed."}}, body={})

    assert told["problem"]["isOutdated"]


@pytest.mark.parametrize("answer", [{"status": 0}, {"status": 502, "body": "<html>"}])
def test_no_answer_and_one_of_somebody_else_are_told_in_words(answer: dict[str, Any]) -> None:
    problem = api("GET", "/v1/hubs", *[answer] * 4)["problem"]

    assert problem["isOffline"] == (answer["status"] == 0)
    assert problem["words"].endswith(".")


def test_times_are_those_of_the_zone_which_is_named() -> None:
    expression = """[
      timesIn("Europe/Helsinki").time(given), timesIn("Europe/Helsinki").zoneName(new Date(given)),
      timesIn("America/New_York").time(given), timesIn("Asia/Tokyo").day(given, new Date(given)),
    ]"""

    told = evaluate("timesIn", "console/times.js", expression, "2026-11-28T22:30:00Z")

    assert told == ["00:30", "Helsinki time (EET)", "17:30", "Sun 29 Nov"]


def test_midnight_is_zero_and_summer_time_is_told() -> None:
    expression = """[
      timesIn("Europe/London").time(given), timesIn("Europe/London").zoneName(new Date(given)),
    ]"""

    told = evaluate("timesIn", "console/times.js", expression, "2026-06-30T23:00:00Z")

    assert told == ["00:00", "London time (BST)"]
