from chalicelib.adapters.pauses import RandomPauses


def test_pauses_are_random_up_to_the_longest() -> None:
    slept_s: list[float] = []
    pauses = RandomPauses(slept_s.append)

    for _ in range(200):
        pauses.take(0.4)

    assert 0.0 <= min(slept_s) < 0.1
    assert 0.3 < max(slept_s) <= 0.4
