"""YAML files of settings: read without code, without silently overwritten keys, and with known lines."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import yaml

BOOL: Final = "tag:yaml.org,2002:bool"
TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"


class StrictYamlError(ValueError):
    """A text that is no YAML of ours; the message says where and why."""


def strict_yaml(text: str) -> Any:
    """What the text holds. Dates stay text, so that a day that does not exist is told with its key.

    Raises:
        StrictYamlError: it is no YAML, or a key stands twice.
    """
    try:
        return yaml.load(text, Loader=_StrictLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise StrictYamlError(str(error)) from None


def line_of(text: str, location: Sequence[int | str]) -> int:
    """The line, from 1, of the key or value at a location of a text that `strict_yaml` has read.

    Of a key that is missing it is the line of what should hold it.

    >>> line_of("a: 1\\nb:\\n  - c: 2\\n", ("b", 0, "c"))
    3
    """
    node = yaml.compose(text, Loader=_StrictLoader)
    line: int = node.start_mark.line if node else 0
    for step in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return line + 1


class _StrictLoader(yaml.SafeLoader):
    """YAML without code and without silently overwritten keys."""

    yaml_implicit_resolvers = {  # noqa: RUF012  as the base declares it
        first: [each for each in resolvers if each[0] not in (BOOL, TIMESTAMP)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {str(key) for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.MarkedYAMLError(
                problem=f"key {_listed(twice)} stands twice", problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


# Words such as on, off, yes and NO (Norway) are text, as in YAML 1.2.
_StrictLoader.add_implicit_resolver(BOOL, re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
