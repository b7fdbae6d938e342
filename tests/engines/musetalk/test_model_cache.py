"""Networks stay loaded as long as their files have the same content."""

import os
from pathlib import Path

import pytest
import torch

from mouthpiece.engines.musetalk import weight_files
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.networks.acceleration import kernels_run
from mouthpiece.weights.find import versions_found


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    for names in weight_files.all_files("1.5"):
        path = tmp_path / names[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"one")
    settings = MusetalkSettings(models=str(tmp_path), device="cpu")
    before, status = (
        versions_found(weight_files.all_files(settings.version), settings.weights_folder),
        path.stat(),
    )
    assert len(before) == len(weight_files.all_files("1.5"))
    path.write_bytes(b"two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (
        versions_found(weight_files.all_files(settings.version), settings.weights_folder) != before
    )
    path.write_bytes(b"one")
    assert (
        versions_found(weight_files.all_files(settings.version), settings.weights_folder) == before
    ), "a new time alone loads nothing again"


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
def test_where_no_kernel_can_be_built_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    kernels_run.cache_clear()
    assert not kernels_run()
    assert "Triton builds no kernels here" in caplog.text
