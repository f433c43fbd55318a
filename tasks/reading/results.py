"""What a reading gives, and how much one may cost."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:  # pydantic takes 0.3 s to import and no worker needs it
    from tasks.settings import Settings


@dataclass(frozen=True)
class Reading:
    """What became of one document: its text, or the cause why there is none."""

    text: str
    """Normalised (see `normalise`); always encodable as UTF-8; empty unless read."""
    page_starts: tuple[int, ...]
    """Character offset in `text` at which each page begins, first 0; empty unless read."""
    problem: str | None
    """None when read, else a short cause such as 'encrypted' or 'took longer than 60 s'."""

    @property
    def is_read(self) -> bool:
        """Say whether there is a text."""
        return self.problem is None

    @classmethod
    def failed(cls, problem: str) -> Self:
        """Make the reading of a document that gave no text."""
        return cls("", (), problem)


@dataclass(frozen=True)
class Limits:
    """How much one document may cost."""

    seconds: float
    memory_bytes: int
    file_bytes: int
    pages: int
    characters: int

    @classmethod
    def of(cls, settings: "Settings") -> Self:
        """Take the limits from the settings, which give the reasons."""
        return cls(
            seconds=settings.reader_seconds,
            memory_bytes=settings.reader_memory_bytes,
            file_bytes=settings.document_bytes_max,
            pages=settings.document_pages_max,
            characters=settings.document_characters_max,
        )
