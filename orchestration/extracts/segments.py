"""Whether every segment of the company file is told by something."""

from collections.abc import Sequence

from orchestration.company import BUILT_IN_SEGMENTS, Company
from orchestration.extracts.errors import ExtractError, listed
from orchestration.extracts.mapping import Mapping


def refuse_unknown_segments(company: Company, mappings: Sequence[Mapping]) -> None:
    """Make sure that each segment is a built-in one, or a dimension of a source or of its mapping.

    Raises:
        ExtractError: one is neither, and every cut by it would be empty.
    """
    of_mappings = {name for mapping in mappings for name in mapping.dimensions}
    of_sources = {name for source in company.sources for name in source.dimensions}
    known = [*BUILT_IN_SEGMENTS, *sorted((of_mappings | of_sources) - set(BUILT_IN_SEGMENTS))]
    if unknown := [name for name in company.segments if name not in known]:
        raise ExtractError(
            f"company file: segments: {listed(unknown)}: accepted are {listed(known)}, or a dimension of a"
            f" source, such as `dimensions: {{{unknown[0]}: the column's name}}`"
        )
