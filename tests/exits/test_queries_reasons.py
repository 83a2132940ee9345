"""Why clients leave, counted: each stay once, by code, under the heads of today, to whom it is in reach."""

import datetime as dt

import pytest

from exits import queries
from exits.models import LeaverSample, Reason
from exits.queries import ExitFilter, reasons
from exits.queries.reasons import ANY, FIRST, OVER, PRIMARY, UNDER, LeaverFilter, Response
from tests.exits import pages
from tests.exits.asked import BEGAN, LEFT, OLD, confirmed, interview, leaver
from tests.factories import ClientFactory, OfficerFactory

YEAR = ExitFilter(dt.date(2025, 1, 1), dt.date(2025, 12, 1))

pytestmark = pytest.mark.usefixtures("first_lists")


def counted(user, **kept):
    only = kept.pop("only", YEAR)
    return reasons.interviews(user, LeaverFilter(only, **kept), made=queries.build())


def told(user, **kept) -> Response:
    return reasons.response(user, LeaverFilter(YEAR, **kept), made=queries.build())


def heads(user, part=PRIMARY, **kept):
    found = reasons.by_reason(counted(user, **kept), part, reasons.listed_reasons())
    return [(named.head, named.n, list(named.reasons)) for named in found]


def test_of_two_first_interviews_of_a_stay_the_earlier_counts(manager, office):
    person = leaver(office)
    pages.built()
    interview(person, "health", days=2)
    interview(person, "interest", days=1)
    interview(person, "school", days=0, round=2)
    assert heads(manager) == [("product", 1, [("interest", 1)])]


def test_without_consent_nobody_is_counted_but_as_a_refusal(manager, office):
    refused, came_round, _silent = (leaver(office) for _n in range(3))
    pages.built()
    interview(refused, consent=False)
    interview(refused, consent=False, days=1)
    interview(came_round, consent=False)
    interview(came_round, "health", days=3, own_officer=True)
    assert told(manager) == Response(3, 2, 1, 1, 1)


def test_interviews_of_another_stay_or_of_one_left_outside_the_period_do_not_count(manager, office):
    person, other = leaver(office), ClientFactory(office=office)
    pages.repaid(other, BEGAN, dt.date(2024, 9, 1))
    pages.built()
    interview(person, "health", start=BEGAN + dt.timedelta(days=1))
    interview(other, "health")
    assert heads(manager) == []


def test_a_head_counts_an_interview_once_however_many_of_its_reasons_it_names(manager, office):
    person, other = leaver(office), leaver(office)
    pages.built()
    interview(person, "health", first="school", more=["interest"])
    interview(other, "household")
    assert heads(manager) == [("household", 2, [("health", 1)])]
    assert heads(manager, ANY) == [
        ("household", 2, [("health", 1), ("school", 1)]),
        ("product", 1, [("interest", 1)]),
    ]
    assert heads(manager, FIRST) == [("household", 1, [("school", 1)])]


def test_a_code_is_counted_under_the_head_and_in_the_words_of_today(manager, office):
    person, other = leaver(office), leaver(office)
    pages.built()
    interview(person, "health")
    old = Reason.objects.get(code="health")
    old.ends_on = dt.date(2025, 7, 1)
    old.save()
    Reason.objects.create(code="health", head="shock", words={"en": "Ill"}, starts_on=dt.date(2025, 7, 1))
    Reason.objects.create(code="later", head="shock", words={"en": "Later"}, starts_on=dt.date(2999, 1, 1))
    interview(other, "weather")
    assert heads(manager) == [("shock", 2, [("health", 1), ("weather", 1)])]
    listed = reasons.listed_reasons()
    assert (listed["health"].label, listed["later"].label) == ("Ill", "Later")


def test_whose_interviews_count_follows_the_reach(branch_manager, officer, other_officer, office, far_office):
    own, colleagues = leaver(office, officer.officer), leaver(office, other_officer.officer)
    far = leaver(far_office)
    pages.built()
    for person, code in ((own, "health"), (colleagues, "school"), (far, "interest")):
        interview(person, code, by=officer)
    assert counted(branch_manager).count() == 2
    assert list(counted(officer).values_list("client", flat=True)) == [own.pk]
    assert told(officer).exits == 1


def test_the_age_on_leaving_is_of_completed_years(manager, office):
    born = {
        "eve": dt.date(1995, 3, 2),
        "day": dt.date(1995, 3, 1),
        "leap": dt.date(1996, 2, 29),
        "none": None,
    }
    people = {name: leaver(office, birth_date=day) for name, day in born.items()}
    pages.built()
    for person in people.values():
        interview(person, "health")

    def asked(**kept):
        names = {person.pk: name for name, person in people.items()}
        return sorted(names[pk] for pk in counted(manager, **kept).values_list("client", flat=True))

    assert (asked(young=UNDER), asked(young=OVER), asked(young="")) == (["eve", "leap"], ["day"], ["none"])
    assert told(manager, young=UNDER).exits == 2


def test_filters_keep_to_facts_of_the_stay_and_to_the_type_of_leaver(manager, office, far_office):
    officer = OfficerFactory()
    woman, man = leaver(office, officer), leaver(far_office, sex="M", area="urban")
    pages.built()
    for person in (woman, man):
        interview(person, "health")
    confirmed(man, "shock", by=manager)
    only = {"office": "NORTH", "sex": "F", "officer": officer.code, "area": "rural", "cycle": 1}
    for name, value in only.items():
        kept = ExitFilter(YEAR.start_month, YEAR.end_month, **{name: value})
        expected = [woman.pk, man.pk] if name == "cycle" else [woman.pk]
        assert sorted(counted(manager, only=kept).values_list("client", flat=True)) == expected
    assert [row.client for row in counted(manager, leaver_type="shock")] == [man]
    assert [row.client for row in counted(manager, leaver_type="")] == [woman]
    assert (told(manager, leaver_type="shock").exits, told(manager, leaver_type="").exits) == (1, 1)
    deaths = ExitFilter(YEAR.start_month, YEAR.end_month, causes=("death",))
    assert counted(manager, only=deaths).count() == 0


def test_by_group_each_counts_its_interviews_and_what_they_name(manager, office, far_office):
    woman, man = leaver(office), leaver(far_office, sex="M", birth_date=OLD)
    pages.built()
    interview(woman, "health")
    interview(man, "interest")
    listed = reasons.listed_reasons()
    assert reasons.by_group(counted(manager), PRIMARY, listed, "sex") == {
        "F": {"": 1, "household": 1},
        "M": {"": 1, "product": 1},
    }
    assert reasons.by_group(counted(manager), PRIMARY, listed, "leaver_type") == {
        "": {"": 2, "household": 1, "product": 1}
    }
    assert reasons.by_office_sex_age(counted(manager)) == {
        ("NORTH-1", "Valle Norte"): {("F", OVER): 1},
        ("SOUTH-1", "Puerto Sur"): {("M", OVER): 1},
    }


def test_what_staff_see_and_what_is_told_again_are_paired_by_heads(manager, office):
    agree, differ, once = (leaver(office) for _n in range(3))
    pages.built()
    interview(agree, "health")
    interview(agree, "school", round=2, days=1)
    interview(agree, "interest", round=2, days=5)
    interview(differ, "interest")
    interview(differ, "weather", round=2, days=1)
    interview(once, "health")
    interview(once, round=2, consent=False)
    confirmed(agree, by=manager, staff="spouse")
    confirmed(differ, by=manager, staff="health")
    confirmed(once, by=manager)
    listed = reasons.listed_reasons()
    assert reasons.as_staff_see_it(counted(manager), listed) == {
        ("household", "household"): 1,
        ("product", "household"): 1,
    }
    assert reasons.as_told_again(counted(manager), listed) == {
        ("household", "household"): 1,
        ("product", "shock"): 1,
    }


def test_spellings_of_a_competitor_that_differ_by_case_and_accents_are_one(manager, office):
    people = [leaver(office) for _n in range(3)]
    pages.built()
    for person, name in zip(people, ("Crédito Sol", "CREDITO  SOL", "Banco Luna"), strict=True):
        interview(person, competitor=name)
    found = [(one.name, one.n) for one in reasons.competitors(counted(manager))]
    assert (found[0][1], found[1]) == (2, ("Banco Luna", 1))


def test_who_was_drawn_is_told_with_those_who_were_replaced(manager, office, draw):
    people = [leaver(office) for _n in range(4)]
    pages.built()
    draw({people[0]: "drawn", people[1]: "replaced", people[2]: "reserve", people[3]: "frame"})
    interview(people[0], "health")
    interview(people[2], "health")
    found = told(manager)
    assert (found.approached, found.interviews) == (3, 2)


@pytest.fixture
def draw(manager, office):
    """Draws these leavers into a sample: each with its state."""

    def made(states):
        sample = LeaverSample.objects.create(
            name="a",
            office=office,
            left_from=LEFT,
            left_until=LEFT,
            margin=0.1,
            size=1,
            reserve=0,
            seed=1,
            data_as_of=LEFT,
            drawn_at=pages.AS_OF.isoformat() + "T12:00Z",
            by=manager,
        )
        for person, state in states.items():
            why = {"replaced_because": "moved", "replaced_at": sample.drawn_at} if state == "replaced" else {}
            sample.members.create(client=person, start=BEGAN, state=state, **why)

    return made


def test_nothing_is_published_of_too_few_and_small_heads_are_told_together():
    years, heads = {2025: 40}, {2025: {"product": 20, "staff": 11, "group_trouble": 4, "debt": 3}}
    found = reasons.blocks(years, heads, 5)
    assert [(block.heads, block.n) for block in found] == [
        (("product",), {2025: 20}),
        (("staff",), {2025: 11}),
        (("", "debt", "group_trouble"), {2025: 9}),
    ]
    assert reasons.blocks({2025: 6}, {2025: {"product": 4, "staff": 2}}, 5) == ()
