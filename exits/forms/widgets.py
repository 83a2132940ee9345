from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join


class QuickSelect(forms.Select):
    """A select without groups, written in one go: Django's own renders a template for each option."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = {str(one) for one in self.format_value(value)}
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((key, flatatt({"selected": str(key) in chosen}), label) for key, label in self.choices),
        )
        attrs = flatatt(self.build_attrs(self.attrs, attrs) | {"name": name})
        return format_html("<select{}>\n{}\n</select>", attrs, options)
