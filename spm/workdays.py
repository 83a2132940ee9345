"""Days on which the institution works: Monday to Friday, but for its public holidays."""

import datetime as dt

from spm.models import Holiday

DAY = dt.timedelta(days=1)
SATURDAY = 5


class Calendar:
    """The holidays as they are now, read once."""

    def __init__(self):
        self.once, self.each_year = set(), set()
        for day, every_year in Holiday.objects.values_list("day", "every_year"):
            if every_year:
                self.each_year.add((day.month, day.day))
            else:
                self.once.add(day)

    def works_on(self, day: dt.date) -> bool:
        holiday = day in self.once or (day.month, day.day) in self.each_year
        return day.weekday() < SATURDAY and not holiday

    def after(self, start: dt.date, n: int) -> dt.date:
        """As `working_days`, for many questions."""
        if n < 0:
            raise ValueError("Working days are counted forwards.")
        day = start
        while n:
            day += DAY
            n -= self.works_on(day)
        return day


def working_days(start: dt.date, n: int) -> dt.date:
    """The day that is ``n`` working days after ``start``, whatever day that is; with 0, ``start`` itself.

    ValueError for a negative number.
    """
    return Calendar().after(start, n)
