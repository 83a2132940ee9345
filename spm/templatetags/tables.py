from django import template

register = template.Library()


@register.filter
def beside(columns, cells):
    """Each column's head with its cell in this row, ``(column, cell)``; lengths that differ are an error."""
    return list(zip(columns, cells, strict=True))
