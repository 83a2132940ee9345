"""What frames may hold: dates, ids and windows in all the ways that pandas and files bring them."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from exits.methods import decision_points, ignored_statuses, log_rank, longest_window, spells, window_of
from exits.methods.columns import MISSING, as_days
from tests.exits.by_hand import clients, day, loans

GONE = loans(("a", 0, 100), ("b", 0, None))
LATER = day(300)


def left(frame, window=90, **more):
    found = spells(frame, window, LATER, **more)
    return [None if pd.isna(moment) else moment.date() for moment in found["left_on"]]


@pytest.mark.parametrize("dtype", ["string", "object"])
@pytest.mark.parametrize("missing", [pd.NA, None, "", np.nan])
def test_a_missing_date_in_a_column_of_text_is_no_date(dtype, missing):
    closed = pd.Series([day(100).isoformat(), missing], dtype=dtype)
    assert left(GONE.assign(closed_on=closed)) == [day(100), None]


def test_frames_with_converted_types_are_read_like_any_other():
    assert left(GONE.convert_dtypes()) == [day(100), None]


@pytest.mark.parametrize("zone", ["America/La_Paz", "Asia/Tokyo"])
def test_of_a_moment_with_a_time_zone_the_date_as_written_counts(zone):
    for hour in (0, 23):
        moments = pd.Series(pd.to_datetime([day(100), None])) + pd.Timedelta(hours=hour)
        assert left(GONE.assign(closed_on=moments.dt.tz_localize(zone))) == [day(100), None]
        aware = dt.datetime.combine(day(100), dt.time(hour), pd.Timestamp.now(zone).tzinfo)
        assert left(GONE.assign(closed_on=[aware, None])) == [day(100), None]


@pytest.mark.parametrize("window", [{7: 10, None: 90}, {7.0: 10, None: 90}, {"7": 10, None: 90}])
@pytest.mark.parametrize("product", [7, 7.0, "7"])
def test_products_are_matched_with_their_windows_as_text(window, product):
    frame = loans(("a", 0, 100), ("a", 120, 130)).assign(product=product)
    assert left(frame, window) == [day(100), day(130)]
    assert (window_of(product, window), longest_window(window, [product])) == (10, 10)
    assert longest_window(window) == 90


def test_windows_may_come_as_a_series():
    frame = loans(("a", 0, 100, "X"), ("a", 120, 130, "X"))
    for window in (pd.Series({"X": 10}), pd.Series([10, 90], index=["X", None])):
        assert left(frame, window) == [day(100), day(130)]
    assert longest_window(pd.Series({"X": 10})) == 90


def test_ids_that_a_gap_has_made_floats_match_whole_numbers():
    frame = loans((10, 0, None), (11, 0, None))
    gone = clients((10.0, "deceased", day(50)), (11.0, "active", None))
    assert left(frame, clients=gone) == [day(50), None]
    assert ignored_statuses(frame, 90, LATER, gone) == []
    assert ignored_statuses(frame, 90, LATER, gone.assign(status_on=dt.date(2020, 1, 1))) == [10]


@pytest.mark.parametrize("name", ["loans", "movements"])
def test_rows_of_nobody_are_refused_in_words(name):
    frames = {"loans": GONE, "movements": pd.DataFrame({"client_id": ["a"], "date": [day(1)]})}
    frames[name] = frames[name].drop(columns="client_id")
    with pytest.raises(ValueError, match=f"{name} need a column client_id"):
        spells(frames["loans"], 90, LATER, movements=frames["movements"])


def test_empty_frames_need_no_columns():
    assert len(spells(pd.DataFrame(), 90, LATER, movements=pd.DataFrame())) == 0
    assert len(decision_points(pd.DataFrame(), 90, LATER)) == 0


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_durations_of_no_group_are_left_out_of_the_log_rank_test(missing):
    durations, events, groups = [3, 5, 7, 8, 9], [1, 1, 0, 1, 1], ["x", "y", "x", "y", "x"]
    test = log_rank([*durations, 1], [*events, 1], [*groups, missing])
    assert test == log_rank(durations, events, groups)


def test_groups_of_the_log_rank_test_may_be_of_any_kind():
    durations, events = [3, 5, 7, 8], [1, 1, 0, 1]
    named = log_rank(durations, events, ["x", "y", "x", "y"])
    for x, y in ((1, "y"), ((1, 2), (1, 3)), (dt.date(2024, 1, 1), 5)):
        assert log_rank(durations, events, [x, y, x, y]) == named


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NaT, ""])
def test_a_missing_date_among_texts_in_a_list_is_no_date(missing):
    assert as_days(["1970-01-02", missing]).tolist() == [1, MISSING]
