# The cache of results that projects share: see docs/cache.md.

from mouthpiece.project.config_file import table_path
from mouthpiece.results_cache.runs import RunCache


def begin_cache():
    """Say which cache the jobs of this run use, and whether it can be used."""
    cache = PROJECT.settings.cache
    named = cache.dir and table_path(
        "cache.dir", cache.dir, config_files(NAMED_CONFIGS)
    )
    folder = str(Path(named).absolute()) if named else ""
    settings = {"folder": folder, **cache.model_dump(exclude={"dir"})}
    RunCache().begin(settings, is_part=PART is not None)


def end_cache():
    """Keep the cache as small as it must be, and say what was wrong with it."""
    RunCache().end(is_part=PART is not None and PART.is_of_a_job)
    for problem in RunCache().problems():
        logger.warning(f"The cache: {problem}")
