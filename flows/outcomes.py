"""How flows that collect end: complete or Degraded, and what is said of each edition."""

from typing import cast

from prefect.states import Completed

from tasks.collecting import Result

DEGRADED = "Degraded"
"""Name of the final state of a run of which a part died; the rest is done and published."""


def final_state(results: list[Result]) -> list[Result]:
    """Give the state in which a flow that collected these editions ends.

    Prefect hands the state's data on: who calls the flow gets the results, hence the type. A flow that ends so keeps
    its result in Prefect's storage: where an answer of the server gets lost, the client asks again, and is told that
    the run has ended without its results.
    """
    bad = [result for result in results if result.outcome != "complete"]
    if not bad:
        return cast("list[Result]", Completed(message=f"{len(results)} editions complete", data=results))
    message = "\n".join(map(describe, bad))
    return cast("list[Result]", Completed(name=DEGRADED, message=message, data=results))


def describe(result: Result) -> str:
    """Say in a line how the collection of an edition ended."""
    if result.problem:
        return f"{result.edition}: {result.outcome}: {result.problem}"
    return f"{result.edition}: {result.outcome}, {result.listed_count} listed, {result.new_count} read now"


def as_row(result: Result) -> dict[str, object]:
    """Lay a result out as a row of the artifact that Prefect's pages show."""
    return {
        "edition": str(result.edition),
        "outcome": result.outcome,
        "listed": result.listed_count,
        "expected": result.official_count,
        "newly read": result.new_count,
        "problem": result.problem,
    }
