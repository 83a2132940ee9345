"""No hidden count can be told from what is shown: by linear programmes over tables made by chance."""

import os
import random
from itertools import combinations, product

import numpy as np
import pytest
from scipy.optimize import linprog

from spm import disclosure
from spm.access import GRANTS, Can, Role
from spm.models import User

TABLES = max(4, int(160 * float(os.environ.get("SPM_EXAMPLES", "0.25"))))
SOURCES, OUTCOMES = ("B", "N"), ("E", "client", "mfi", "death")
EXITS = OUTCOMES[1:]


def test_small_groups_are_counted_together_with_the_smallest_others():
    table = {"north": [40, 9], "south": [12, 6], "east": [30, 2], "west": [3, 1]}
    assert disclosure.together(table, 3) == {"east", "west"}
    assert disclosure.together(table, 5) == {"east", "west", "south"}
    assert disclosure.together(table, 1) == frozenset()


def test_a_zero_is_as_small_as_any_number_below_k():
    table = {"north": [40, 0], "south": [12, 9], "east": [50, 50]}
    assert disclosure.together(table, 5) == {"north", "south"}


def test_where_everything_is_small_nothing_is_told_by_group():
    assert disclosure.together({"north": [2], "south": [1]}, 5) == {"north", "south"}
    assert disclosure.together({"north": [4, 50], "south": [0, 9]}, 5) == {"north", "south"}
    assert disclosure.together({}, 5) == frozenset()


def test_rows_of_different_length_are_refused():
    with pytest.raises(ValueError):
        disclosure.together({"north": [2, 3], "south": [1]}, 5)


def test_a_hidden_figure_is_said_in_words():
    assert disclosure.hidden_words(5) == "Hidden to protect respondents (fewer than 5 people)"


def test_rows_that_one_may_open_need_no_protection(manager, branch_manager, officer, admin, nobody):
    for user in (manager, branch_manager, officer, admin, nobody):
        assert not disclosure.protects(user, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW)


def test_whoever_sees_figures_without_their_rows_is_bound(assessor, monkeypatch):
    monkeypatch.setitem(GRANTS, Role.ASSESSOR, frozenset({Can.EXITS_VIEW}))
    assert disclosure.protects(assessor, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW)
    monkeypatch.setitem(GRANTS, Role.ASSESSOR, frozenset({Can.EXITS_VIEW, Can.CLIENTS_VIEW}))
    # what somebody may reach is looked up once a request
    assessor = User.objects.get(pk=assessor.pk)
    assert not disclosure.protects(assessor, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW)


# --- nothing hidden can be computed ------------------------------------------------------------------------


class People:
    """People by office, sex, how they came and what became of them, and what is shown of these.

    Shown by office and by sex: B, N, X, E of each block; of all together also the exits by cause.
    """

    def __init__(self, chance, k):
        self.k = k
        self.sizes = (chance.randint(2, 4), chance.randint(2, 3), len(SOURCES), len(OUTCOMES))
        size = [[chance.choice((0.3, 1, 4)) for _group in range(groups)] for groups in self.sizes[:2]]
        self.counts = np.array(
            [
                int(chance.expovariate(1) * size[0][office] * size[1][sex])
                for office, sex, _source, _outcome in product(*map(range, self.sizes))
            ]
        )
        self.cells = list(product(*map(range, self.sizes)))
        self.shown = list(self.all_shown())

    def where(self, **kept) -> np.ndarray:
        """Which cells a figure sums, as 0 and 1."""
        names = ("office", "sex", "source", "outcome")
        return np.array(
            [all(cell[names.index(name)] in values for name, values in kept.items()) for cell in self.cells],
            dtype=float,
        )

    def flows(self, **kept):
        """B, N, X, E."""
        sources = [self.where(source=[number], **kept) for number in range(len(SOURCES))]
        return [*sources, self.where(outcome=[1, 2, 3], **kept), self.where(outcome=[0], **kept)]

    def numbers(self, figures):
        return [int(figure @ self.counts) for figure in figures]

    def groups(self, dimension):
        return range(self.sizes[("office", "sex").index(dimension)])

    def blocks(self, dimension):
        table = {g: self.numbers(self.flows(**{dimension: [g]})) for g in self.groups(dimension)}
        hidden = disclosure.together(table, self.k)
        alone = [[group] for group in table if group not in hidden]
        return [*alone, sorted(hidden)] if hidden else alone

    def causes(self):
        table = {c: self.numbers([self.where(outcome=[c])]) for c in (1, 2, 3)}
        hidden = disclosure.together(table, self.k)
        return [[cause] for cause in table if cause not in hidden]

    def all_shown(self):
        if not disclosure.large_enough(self.numbers(self.flows()), self.k):
            return
        yield from self.flows()
        yield from (self.where(outcome=block) for block in self.causes())
        for dimension in ("office", "sex"):
            for block in self.blocks(dimension):
                yield from self.flows(**{dimension: block})

    def hidden(self):
        """Every count by one dimension, or of all, that is not shown."""
        kept = [{"office": [n]} for n in self.groups("office")] + [{"sex": [n]} for n in self.groups("sex")]
        by_cause = [self.where(outcome=[c], **one) for c in (1, 2, 3) for one in ({}, *kept)]
        figures = [figure for one in kept for figure in self.flows(**one)] + by_cause
        return [figure for figure in figures if not any((figure == other).all() for other in self.shown)]

    def width(self, figure) -> float:
        """How far the figure's least and greatest value lie apart, given all that is shown."""
        known = {"A_eq": np.array(self.shown), "b_eq": np.array(self.numbers(self.shown))}
        least, most = (linprog(sign * figure, **known, method="highs") for sign in (1, -1))
        if most.status == 3:
            return float("inf")
        assert (least.status, most.status) == (0, 0)
        return -most.fun - least.fun


def tables(number):
    for seed in range(number):
        chance = random.Random(seed)
        yield People(chance, chance.choice((3, 5, 10)))


def test_no_hidden_count_can_be_told_within_k_from_margins_causes_or_another_breakdown():
    groups = 0
    for people in tables(TABLES // 4):
        for figure in people.hidden() if people.shown else ():
            groups += figure @ people.counts < people.k
            assert people.width(figure) >= people.k - 1e-6
    assert groups > 0


def test_to_leave_out_small_counts_alone_would_tell_them():
    """The measure bites: without blocks the programme finds hidden counts to the number."""
    told = 0
    for people in tables(12):
        figures = [*people.flows(), *(f for n in people.groups("office") for f in people.flows(office=[n]))]
        people.shown = [figure for figure in figures if figure @ people.counts >= people.k]
        small = [figure for figure in figures if figure @ people.counts < people.k]
        told += sum(people.width(figure) < people.k - 1e-6 for figure in small)
    assert told > 0


def test_no_count_below_k_is_shown():
    for people in tables(TABLES):
        assert all(number >= people.k for number in people.numbers(people.shown))


def test_what_lies_between_two_filters_is_as_large_as_k():
    pairs = 0
    for people in tables(TABLES):
        for one, other in combinations(people.shown, 2):
            for outer, inner in ((one, other), (other, one)):
                if (outer >= inner).all() and (outer > inner).any():
                    pairs += 1
                    assert (outer - inner) @ people.counts >= people.k
    assert pairs > 0


def test_years_that_follow_each_other_tell_no_more_of_a_group_than_its_block():
    chance = random.Random(7)
    for _number in range(TABLES // 4):
        k, groups, years = chance.choice((3, 5)), chance.randint(2, 4), 3
        flows = _years(chance, groups, years)
        hidden = disclosure.together({g: flows[g].ravel().tolist() for g in range(groups)}, k)
        if not hidden or not disclosure.large_enough(flows.sum(axis=0).ravel().tolist(), k):
            continue
        known, values = _known(flows, hidden)
        for group, cell in product(hidden, range(years * 4)):
            wanted = np.zeros(flows.size)
            wanted[group * years * 4 + cell] = 1
            least, most = (
                linprog(sign * wanted, A_eq=known, b_eq=values, method="highs").fun for sign in (1, -1)
            )
            assert -most - least >= k - 1e-6


def _years(chance, groups, years):
    """B, N, X, E of each group and year, by chance; E of one year is B of the next."""
    flows = np.zeros((groups, years, 4), dtype=int)
    for group in range(groups):
        active = chance.choice((2, 10, 60))
        for year in range(years):
            new, left = chance.randint(0, active + 5), chance.randint(0, active)
            flows[group, year] = active, new, left, active + new - left
            active += new - left
    return flows


def _known(flows, hidden):
    """What a reader knows as equations: blocks, and how the counts of each group hang together."""
    groups, years, columns = flows.shape
    rows, values = [], []

    def know(weights, value):
        row = np.zeros(flows.shape)
        for place, weight in weights:
            row[place] = weight
        rows.append(row.ravel())
        values.append(value)

    for block in [[g] for g in range(groups) if g not in hidden] + [sorted(hidden)]:
        for year, column in product(range(years), range(columns)):
            know([((g, year, column), 1) for g in block], flows[block, year, column].sum())
    for group, year in product(range(groups), range(years)):
        know([((group, year, column), weight) for column, weight in enumerate((1, 1, -1, -1))], 0)
        if year:
            know([((group, year - 1, 3), 1), ((group, year, 0), -1)], 0)
    return np.array(rows), np.array(values)
