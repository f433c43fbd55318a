"""The catalogue: which sources there are, found by looking, never listed by hand."""

import importlib
import pkgutil
from types import ModuleType

from tasks import sources


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

    A source that knows its venues says so in `NAMES`; a venue that none claims may be a new one, which any source's
    index pages may name.
    """
    sources_by_name = discover()
    claiming = [name for name, source in sources_by_name.items() if venue in getattr(source, "NAMES", ())]
    return claiming or list(sources_by_name)


def kind_of(name: str) -> str:
    """Name the folder in which a source lies: 'papers', 'jobs'. Raises KeyError where there is no such source."""
    return discover()[name].__name__.split(".")[-2]
