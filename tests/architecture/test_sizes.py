"""A file has one subject and a function fits a screen (docs/architecture.md, "Style")."""

from statistics import median, quantiles

from tests.architecture.source import modules, product

LONGEST_FILE = 350
MEDIAN_FILE = 80
MOST_FILES = 200
LONGEST_TENTH_OF_FUNCTIONS = 25


def test_files_none_is_too_long() -> None:
    everything = [module for module in (*product(), *modules("tests")) if not module.is_migration]
    assert {module.relative: module.lines for module in everything if module.lines > LONGEST_FILE} == {}


def test_files_are_short_at_the_median() -> None:
    assert median(module.lines for module in product() if module.lines) <= MEDIAN_FILE


def test_files_nine_in_ten_are_short() -> None:
    sizes = [module.lines for module in product() if module.lines]
    assert quantiles(sizes, n=10)[-1] <= MOST_FILES


def test_functions_nine_in_ten_fit_a_screen() -> None:
    sizes = [
        (function.end_lineno or 0) - function.lineno + 1 for module in product() for function in module.functions()
    ]
    assert quantiles(sizes, n=10)[-1] <= LONGEST_TENTH_OF_FUNCTIONS
