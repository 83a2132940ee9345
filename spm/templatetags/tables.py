from django import template

from spm import tables

register = template.Library()

register.simple_tag(tables.rows_html, name="table_rows")


@register.simple_tag(takes_context=True)
def table_heads(context, columns) -> str:
    """By the ``sort`` and the ``anchor`` of the table's template, either of which may be missing."""
    address = context["request"].GET
    return tables.heads_html(columns, context.get("sort"), address, context.get("anchor") or "")
