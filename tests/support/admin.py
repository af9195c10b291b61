"""Posting the admin's pages as a browser would."""


def inline(prefix, *rows, initial=0):
    """Management form and rows of an inline as the page posts them."""
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data
