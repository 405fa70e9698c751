"""Lambda's rules for batches, as the laptop stack keeps them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from local.cloud.delivery import deliver, undelivered
from local.cloud.shapes import Record


def stream_records(count: int) -> list[Record]:
    return [{"dynamodb": {"SequenceNumber": str(number)}} for number in range(count)]


def numbers(records: list[Record]) -> list[int]:
    return [int(record["dynamodb"]["SequenceNumber"]) for record in records]


class Function:
    """Takes records in, fails the poisonous ones, by name or by raising; `first_time` only once."""

    def __init__(
        self, *, poison: set[int], raises: bool = False, first_time: set[int] | None = None
    ) -> None:
        self.poison = poison
        self.raises = raises
        self.first_time = set(first_time or ())
        self.taken: list[int] = []
        self.calls: list[list[int]] = []

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        batch = numbers(event["Records"])
        self.calls.append(batch)
        failed = [number for number in batch if number in self.poison | self.first_time]
        self.first_time -= set(batch)
        if failed and self.raises:
            raise RuntimeError(failed)
        self.taken += [number for number in batch if number not in failed]
        return {"batchItemFailures": [{"itemIdentifier": str(number)} for number in failed]}


class Ending:
    """What became of the rest: parked records and pauses."""

    def __init__(self) -> None:
        self.parked: list[list[int]] = []
        self.pauses: list[int] = []

    def run(
        self,
        records: list[Record],
        function: Any,
        *,
        max_retries: int = 2,
        bisect: bool = True,
    ) -> int:
        return deliver(
            records,
            function,
            max_retries=max_retries,
            bisect=bisect,
            park=lambda batch: self.parked.append(numbers(batch)),
            pause=self.pauses.append,
        )


def test_a_good_batch_is_delivered_once() -> None:
    function, ending = Function(poison=set()), Ending()

    parked = ending.run(stream_records(5), function)

    assert (parked, ending.parked, ending.pauses) == (0, [], [])
    assert function.calls == [[0, 1, 2, 3, 4]]


def test_a_named_failure_is_repeated_from_there_on_and_parked_alone() -> None:
    function, ending = Function(poison={2}), Ending()

    parked = ending.run(stream_records(5), function)

    assert parked == 1
    assert ending.parked == [[2]]
    assert function.calls == [[0, 1, 2, 3, 4], [2, 3, 4], [2, 3, 4], [3, 4]]
    assert ending.pauses == [1, 2]


def test_what_fails_once_is_not_parked() -> None:
    function, ending = Function(poison=set(), first_time={1}), Ending()

    ending.run(stream_records(3), function)

    assert ending.parked == []
    assert function.calls == [[0, 1, 2], [1, 2]]


@given(poison=st.sets(st.integers(0, 19)), raises=st.booleans(), size=st.integers(1, 20))
def test_poison_is_parked_alone_and_everything_else_is_taken(
    poison: set[int],
    raises: bool,  # noqa: FBT001 (hypothesis)
    size: int,
) -> None:
    function, ending = Function(poison=poison, raises=raises), Ending()
    there = poison & set(range(size))

    parked = ending.run(stream_records(size), function)

    assert parked == len(there)
    assert sorted(ending.parked) == [[number] for number in sorted(there)]
    assert set(function.taken) == set(range(size)) - there


def test_an_exception_halves_the_batch_without_using_up_retries() -> None:
    function, ending = Function(poison={3}, raises=True), Ending()

    ending.run(stream_records(4), function, max_retries=1)

    assert function.calls == [[0, 1, 2, 3], [0, 1], [2, 3], [2], [3], [3]]
    assert ending.pauses == [1]


def test_without_bisecting_the_whole_batch_is_given_up() -> None:
    function, ending = Function(poison={1}, raises=True), Ending()

    parked = ending.run(stream_records(3), function, max_retries=1, bisect=False)

    assert (parked, ending.parked) == (3, [[0, 1, 2]])


def test_an_unknown_identifier_fails_the_whole_batch() -> None:
    ending = Ending()

    ending.run(
        stream_records(1),
        lambda _event: {"batchItemFailures": [{"itemIdentifier": "someone else's"}]},
    )

    assert ending.parked == [[0]]


def test_a_function_that_returns_nothing_took_everything() -> None:
    ending = Ending()

    assert ending.run(stream_records(3), lambda _event: None) == 0


def queue_records(*ids: str) -> list[Record]:
    return [{"messageId": each, "receiptHandle": f"r-{each}"} for each in ids]


def test_only_failed_messages_come_again() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": "b"}]}

    assert undelivered(queue_records("a", "b", "c"), lambda _event: answer) == {"b"}


def test_messages_come_again_when_the_function_raises_or_names_an_unknown_one() -> None:
    def fails(_event: dict[str, Any]) -> None:
        raise RuntimeError

    unknown = {"batchItemFailures": [{"itemIdentifier": ""}]}

    assert undelivered(queue_records("a", "b"), fails) == {"a", "b"}
    assert undelivered(queue_records("a", "b"), lambda _event: unknown) == {"a", "b"}
