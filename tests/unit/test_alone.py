"""One at a time in a place; another place, and whoever comes after, may."""

from pathlib import Path

from notices.alone import one_after_the_other, only_one


def test_one_at_a_time_in_a_place():
    with only_one("send", "a@one") as first, only_one("send", "a@one") as second, only_one("send", "b@one") as other:
        assert (first, second, other) == (True, False, True)
    with only_one("send", "a@one") as again:
        assert again


def test_without_a_place_for_the_file_nobody_is_kept_from_work(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.DATA_DIR = Path(tmp_path / "file" / "below")
    with only_one("send", "a@one") as first, only_one("send", "a@one") as second:
        assert first
        assert second


def test_who_comes_during_a_run_is_served_by_it_at_its_end(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    runs, late = [], []

    def work(left):
        runs.append(left)
        if len(runs) == 1:  # something new comes when this run has looked for the last time
            late.append(one_after_the_other("send", "a@one", work, seconds=10))
        return len(runs)

    assert one_after_the_other("send", "a@one", work, seconds=10) == 2
    assert (late, len(runs)) == ([None], 2)
    assert 10 >= runs[0] > runs[1]
    assert one_after_the_other("send", "a@one", lambda left: "once", seconds=10) == "once"


def test_wishes_without_end_end_with_the_time(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    runs = []

    def work(left):
        runs.append(left)
        one_after_the_other("send", "a@one", work, seconds=0.05)
        return "done"

    assert one_after_the_other("send", "a@one", work, seconds=0.05) == "done"
    assert runs[-1] > 0


def test_without_a_place_for_the_wish_the_work_is_done_all_the_same(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.DATA_DIR = Path(tmp_path / "file" / "below")
    assert one_after_the_other("send", "a@one", lambda left: left, seconds=7) == 7
