"""Weights that are fetched only where config accepts their terms."""

from collections.abc import Sequence

from ..core.errors import InputError
from ..engines.registry import engine_settings, read_settings
from ..weights.table import Weight
from .project import Project


def check_terms(wanted: Sequence[Weight], project: Project | None) -> None:
    """Refuse to fetch weights whose terms are not accepted.

    Args:
        wanted: Rows of weights.tsv.
        project: The project whose config is asked; None: there is none, and nothing is accepted.

    Raises:
        InputError: The terms of one are not accepted. The message has them, and names the key.
    """
    for name in engine_settings():
        chosen = project.settings.engines.of(name) if project else read_settings(name, {})
        for weight in wanted:
            if not set(weight.needed_by).isdisjoint(chosen.refused_users):
                raise InputError(
                    f"{weight.name} was not fetched, nor was anything else; its terms: "
                    f"{weight.licence}. In the config, engines.{name}.{chosen.problem()}. If "
                    "that is what you do, set it there, and name the config by --config"
                )
