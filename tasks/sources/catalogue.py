"""The catalogue: which sources there are, found by looking, never listed by hand."""

import importlib
import pkgutil
from types import ModuleType

from tasks import sources
from tasks.records import Edition, PageMissing, SiteError


def discover() -> dict[str, ModuleType]:
    """Import every source and give it by name: tasks/sources/<kind>/<name>.py is the source `name`.

    Sorted by name. A name with a leading underscore is no source. Raises ValueError where two kinds use one name,
    since the name is also the `source` column; whatever a module raises on import is passed on.
    """
    found: dict[str, ModuleType] = {}
    for kind in pkgutil.iter_modules(sources.__path__, f"{sources.__name__}."):
        if not kind.ispkg:
            continue
        folder = importlib.import_module(kind.name)
        for entry in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
            name = entry.name.rpartition(".")[2]
            if entry.ispkg or name.startswith("_"):
                continue
            if name in found:
                raise ValueError(f"two sources are called {name}: {found[name].__name__} and {entry.name}")
            found[name] = importlib.import_module(entry.name)
    return dict(sorted(found.items()))


def sources_of(venue: str) -> list[str]:
    """Name the sources that publish a venue ('all': every source).

    A source that knows its venues says so in `NAMES`, or by `is_venue` and `spelled` where they follow a
    rule; a venue that none claims may be a new one, which the index pages of any source of papers may name that has
    some: a source of job ads is its own venue.
    """
    sources_by_name = discover()
    if venue == "all":
        return list(sources_by_name)
    claiming = [name for name, source in sources_by_name.items() if _claims(source, venue)]
    return claiming or [
        name for name, source in sources_by_name.items() if hasattr(source, "editions") and kind_of(source) != "jobs"
    ]


def canonical(venue: str) -> str:
    """Give a venue as we spell it: 'icml' is ICML, 'NIPS' NeurIPS, 'CS.lg' cs.LG; unknown ones stay as they are."""
    known = {name.casefold(): name for name in known_venues()} | {"nips": "NeurIPS"}
    by_rule = (source.spelled(venue) for source in discover().values() if hasattr(source, "spelled"))
    return known.get(venue.casefold()) or next(filter(is_known, by_rule), venue)


def is_known(venue: str) -> bool:
    """Say whether some source claims a venue, by name or by a rule, without asking any site."""
    return any(_claims(source, venue) for source in discover().values())


def known_venues() -> list[str]:
    """List the venues that some source names, without asking any site."""
    return sorted({name for source in discover().values() for name in getattr(source, "NAMES", ())})


def _claims(source: ModuleType, venue: str) -> bool:
    return venue in getattr(source, "NAMES", ()) or (hasattr(source, "is_venue") and source.is_venue(venue))


def kind_of(source: ModuleType) -> str:
    """Name the folder that a source lies in, 'papers' or 'preprints': also the name of its reader function."""
    return source.__name__.split(".")[-2]


def known_editions(name: str) -> list[Edition]:
    """List a source's editions without asking its site: those of the table beside its parser.

    Its index pages may name more, which a nightly run finds. Months have no end: a source by the month gives none.
    """

    def offline(url: str) -> bytes:
        raise PageMissing(f"{url} is not asked for")

    source = discover()[name]
    try:
        return list(source.editions(offline)) if hasattr(source, "editions") else []
    except SiteError:
        return []  # this one is only known from its pages
