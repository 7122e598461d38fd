"""Which figures are hidden because they are about too few people (pure)."""


def hide_small(counts: list[int], threshold: int, exclusive: bool) -> list[int | None]:
    """`counts` with every value from 1 to threshold - 1 replaced by None, and with what would give them away.

    When the counts are `exclusive` they add up to the published base, so one hidden value could be computed from the
    others: the next smallest values are hidden too, until at least two different ones are hidden that add up to
    `threshold` or more. Equal values are hidden together: then exchanging any two hidden values changes nothing that
    is published, and who knows this method cannot tell which is which. Zeros are shown unless needed as company.
    """
    hidden = {i for i, n in enumerate(counts) if 0 < n < threshold}
    if hidden and exclusive:
        rest = sorted({counts[i] for i in range(len(counts)) if i not in hidden}, key=lambda n: (n == 0, n))
        while rest and not _is_safe([counts[i] for i in hidden], threshold):
            company = rest.pop(0)
            hidden |= {i for i, n in enumerate(counts) if n == company}
    return [None if i in hidden else n for i, n in enumerate(counts)]


def _is_safe(hidden: list[int], threshold: int) -> bool:
    return len(set(hidden)) > 1 and sum(hidden) >= threshold


def hides_base(base: int, counts: list[int], threshold: int, exclusive: bool) -> bool:
    """Must the base be hidden, too? When it is small, or gives away small values that are all the same."""
    all_equal = exclusive and len(set(counts)) == 1 and 0 < counts[0] < threshold
    return 0 < base < threshold or all_equal
