"""A drawn person whose avatar talks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mouthpiece.live.avatar import Avatar, load_avatar
from talkers import Person, talking_person, write_avatar


@pytest.fixture(scope="session")
def person() -> Person:
    """See `talking_person`."""
    return talking_person()


@pytest.fixture(scope="session")
def folder(person: Person, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the person's avatar."""
    return write_avatar(person, tmp_path_factory.mktemp("live") / "avatar", "preview")


@pytest.fixture
def avatar(folder: Path) -> Iterator[Avatar]:
    """The person, who hears by the embedded network alone."""
    loaded = load_avatar(folder, settings={"hearing": "bands"})
    yield loaded
    loaded.close()
