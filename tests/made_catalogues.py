"""What tests of catalogues share."""


def facts(product):
    """Returns a product's or variant's facts as texts."""
    return [str(fact) for fact in product.facts]
