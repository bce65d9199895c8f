"""What is wrong with a policy file, told so that its author can put it right."""

from collections.abc import Sequence


class PolicyError(Exception):
    """A policy that cannot be used; `source` is the file, each problem names its section and field."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        super().__init__("; ".join(f"{source}: {problem}" for problem in problems))
        self.source = source
        self.problems = tuple(problems)
