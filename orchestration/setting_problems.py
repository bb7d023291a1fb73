"""What is wrong with a file of settings, in words: the key, the value and what is accepted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orchestration.shown_values import shortened

Location = tuple[int | str, ...]


def setting_problems(
    path: Path | str,
    error: ValidationError,
    model: type[BaseModel],
    line_of: Callable[[Location], int] | None = None,
) -> str:
    """A line for each problem of a file that was read as `model`; with its line where `line_of` knows it."""
    problems = error.errors()
    locations = [problem["loc"] for problem in problems]
    return "\n".join(
        f"{path}{f', line {line_of(_keys_to(problem))}' if line_of else ''}: {_problem(problem, model)}"
        for problem in problems
        if not _is_other_choice(problem, locations)
    )


def _is_other_choice(problem: ErrorDetails, locations: list[Location]) -> bool:
    """Whether a text was accepted too where what stands there is meant as something else."""
    before = problem["loc"][:-1]
    others = (other for other in locations if other != problem["loc"])
    return problem["loc"][-1:] == ("str",) and any(other[: len(before)] == before for other in others)


def _problem(problem: ErrorDetails, model: type[BaseModel]) -> str:
    path = _keys_to(problem)
    key = ".".join(map(str, path)) or "(whole file)"
    message = problem["msg"].removeprefix("Value error, ").replace("Input should be", "accepted is")
    if problem["type"] == "missing":
        return f"{key}: is missing"
    if problem["type"] == "extra_forbidden":
        return f"{key}: is not a key here; accepted are {', '.join(sorted(_keys(model, path[:-1])))}"
    if isinstance(problem["input"], dict | list):
        return f"{key}: {message}"
    return f"{key}: {shortened(problem['input'])!r}: {message}"


def _keys_to(problem: ErrorDetails) -> Location:
    """Where the problem stands in the file; a name in brackets is pydantic's own."""
    return tuple(step for step in problem["loc"] if "[" not in str(step))


def _keys(model: type[BaseModel], path: Location) -> Iterator[str]:
    """The keys of the part of the model at `path`; numbers and names that are no keys are passed over."""
    part = model
    for step in path:
        field = next((each for name, each in part.model_fields.items() if step in (name, each.alias)), None)
        part = next(_models(field.annotation), part) if field else part
    return (field.alias or name for name, field in part.model_fields.items())


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)
