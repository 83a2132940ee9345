from django import template

from spm import tables

register = template.Library()

register.simple_tag(tables.rows_html, name="table_rows")
