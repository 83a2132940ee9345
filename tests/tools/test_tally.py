from tools.mutants import Mutant
from tools.tally import Tally

ONE, TWO = (Mutant("x.py", line, "a == b", "a != b", f"source {line}") for line in (1, 2))


def test_what_an_earlier_run_kept_is_not_tried_again_and_counts(tmp_path):
    kept = tmp_path / "kept"
    before = Tally(2, kept)
    before.note(ONE, "survived")
    after = Tally(2, kept)
    assert (after.take_up([ONE, TWO]), after.count("survived")) == ([TWO], 1)


def test_the_same_place_of_another_source_is_tried_again(tmp_path):
    Tally(1, tmp_path / "kept").note(ONE, "noticed")
    changed = Mutant(ONE.path, ONE.line, ONE.before, ONE.after, "another source")
    assert Tally(1, tmp_path / "kept").take_up([changed]) == [changed]


def test_a_few_tests_have_the_last_word_on_what_they_notice_alone(tmp_path):
    few = Tally(2, tmp_path / "kept", is_final=False)
    few.note(ONE, "survived")
    few.note(TWO, "noticed")
    every = Tally(2, tmp_path / "kept")
    assert (every.take_up([ONE, TWO]), every.count("noticed")) == ([ONE], 1)
