"""The lexicon and the detector's scores as tables, which the models read beside the lake."""

from dataclasses import asdict

import pyarrow as pa

from tasks.detection import Lexicon, Score


def score_table(scores: list[Score]) -> dict[str, pa.Table]:
    """Lay the detector's scores out as the seed `detection_scores` of the models."""
    return {"detection_scores": pa.Table.from_pylist([asdict(score) for score in scores])}


def lexicon_tables(lexicon: Lexicon) -> dict[str, pa.Table]:
    """Lay the lexicon out as the seeds `frameworks` and `aliases` of the models."""
    return {
        "frameworks": pa.Table.from_pylist(
            [
                {**asdict(framework), "implies": sorted({implied.framework for implied in framework.implies})}
                for framework in lexicon.frameworks
            ]
        ),
        "aliases": pa.Table.from_pylist([asdict(alias) for alias in lexicon.aliases]),
    }
