from crispy_forms.layout import Fieldset
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clients.forms.people import Day
from clients.queries.institution import has_amounts
from spm import uploads
from spm.forms import CrispyMixin
from spm.models import Holiday, Institution, Logo
from spm.models.institution import LEAST_CELL, MOST_CELL


class InstitutionForm(CrispyMixin, forms.ModelForm):
    """All that holds for the whole institution, section by section."""

    languages = forms.MultipleChoiceField(
        label=_("Languages offered"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody chooses among these, on top of each page."),
    )
    language = forms.ChoiceField(
        label=_("First language"),
        choices=settings.LANGUAGES,
        help_text=_("For who has not chosen one, and whose browser asks for none of these."),
    )
    currency_agreed = forms.BooleanField(
        label=_("Yes, all amounts are in the new currency"),
        required=False,
        help_text=_(
            "Needed only to change the currency. Amounts on record are not converted: each keeps its number "
            "and is shown in the new currency."
        ),
    )

    class Meta:
        model = Institution
        fields = (
            "name",
            "currency",
            "languages",
            "language",
            "smallest_cell",
            "mail_name",
            "mail_address",
        )
        labels = {
            "name": _("Name of the institution"),
            "currency": _("Currency"),
            "smallest_cell": _("Smallest group that is shown"),
            "mail_name": _("Sender's name"),
            "mail_address": _("Sender's address"),
        }
        help_texts = {
            "name": _("On top of each page, on paper and in mails."),
            "currency": _("Three letters, such as USD or PEN (ISO 4217). One currency for all amounts."),
            "smallest_cell": _(
                "A figure about fewer clients is hidden from whoever may not open their records, so that "
                "nobody is recognised in it. From %(least)s to %(most)s; 5 is usual."
            ),
            "mail_name": _("Empty: the mails name no one beside the address."),
            "mail_address": _("Empty: the address that the server is set up with."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        smallest = self.fields["smallest_cell"]
        smallest.help_text %= {"least": LEAST_CELL, "most": MOST_CELL}
        self.was = self.instance.currency
        if not has_amounts():
            del self.fields["currency_agreed"]

    @property
    def layout(self):
        agreed = [name for name in ("currency_agreed",) if name in self.fields]
        return (
            Fieldset(_("Name and money"), "name", "currency", *agreed),
            Fieldset(_("Languages"), "languages", "language"),
            Fieldset(_("Small groups"), "smallest_cell"),
            Fieldset(_("Mail"), "mail_name", "mail_address"),
        )

    def clean_currency(self):
        return self.cleaned_data["currency"].upper()

    def clean(self):
        given = super().clean()
        if given.get("language") not in given.get("languages", [given.get("language")]):
            self.add_error("language", _("The first language must be one of those offered."))
        agreed = given.get("currency_agreed", True)
        if given.get("currency", self.was) != self.was and not agreed:
            words = _("There are amounts in %(was)s on record. Say here that they are in %(now)s in truth.")
            self.add_error("currency_agreed", words % {"was": self.was, "now": given["currency"]})
        return given

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class LogoForm(CrispyMixin, forms.Form):
    """Another picture, or none any more; sent as it is, it changes nothing."""

    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_(
            "PNG, JPEG or WebP, of 1 MB and 4,000 points on a side at most. Wide pictures of few colours on a"
            " clear ground do best. Everybody sees it, also before signing in."
        ),
    )
    remove = forms.BooleanField(label=_("Show no logo any more"), required=False)

    def __init__(self, *args, logo: Logo, **kwargs):
        super().__init__(*args, **kwargs)
        if not logo.digest:
            del self.fields["remove"]

    def clean_picture(self):
        sent = self.cleaned_data["picture"]
        return sent and uploads.admit_picture(sent)

    def clean(self):
        given = super().clean()
        if given.get("picture") and given.get("remove"):
            raise forms.ValidationError(_("Send a picture, or ask for none: not both."))
        return given

    def changes(self) -> dict | None:
        """What ``set_logo`` takes; None where nothing is asked for."""
        picture = self.cleaned_data["picture"]
        return {"picture": picture or None} if picture or self.cleaned_data.get("remove") else None


class HolidayForm(CrispyMixin, forms.ModelForm):
    class Meta:
        model = Holiday
        fields = ("day", "name", "every_year")
        widgets = {"day": Day()}
        labels = {"day": _("Day"), "name": _("Name of the holiday"), "every_year": _("Each year on this day")}
        help_texts = {
            "every_year": _("For a fixed date. Leave it empty for feasts that move, such as Easter.")
        }
