"""Compiled code that is kept from run to run, and serves every machine with the same GPU."""

import logging
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ...core.errors import Fault
from ...core.files import atomic, digest
from ...core.paths import cache_folder

log = logging.getLogger(__name__)


class Compiled:
    """A function through torch.compile, whose code is kept in the user's cache folder.

    A file holds the code of one function for one kind of GPU, version of PyTorch and way of
    compiling. It is pickled Python, so no other folder is read.
    """

    def __init__(self, function: Callable[..., Tensor], way: str, version: str) -> None:
        """Compile nothing yet.

        Args:
            function: Of tensors [N, ...] to one.
            way: "default" or "max-autotune".
            version: What tells the function from others, and this version of it from others.
        """
        options: dict[str, Any] = {"force_layout_optimization": True}  # else not for varying sizes
        if way == "max-autotune":
            options |= {"max_autotune": True, "coordinate_descent_tuning": True}
        self._compiled = torch.compile(function, options=options)
        gpu = torch.cuda.get_device_name(), torch.cuda.get_device_capability()
        made_by = torch.__version__, torch.version.cuda, torch.backends.cudnn.version()
        key = digest([way, version, *(str(item) for item in (*gpu, *made_by))])[:16]
        self.path = cache_folder() / "compiled" / f"{key}.bin"
        self._is_kept = False

    def __call__(self, *items: Tensor) -> Tensor:
        """Run the function; at the first call it is compiled, once for batches of any size.

        Args:
            items: [N, ...] each.

        Returns:
            What the function returns.
        """
        if self._is_kept:
            return self._compiled(*items)
        if self.path.is_file():
            torch.compiler.load_cache_artifacts(self.path.read_bytes())
        for item in items:
            torch._dynamo.maybe_mark_dynamic(item, 0)
        result = self._compiled(*items)
        self._keep()
        self._is_kept = True
        return result

    def _keep(self) -> None:
        made = torch.compiler.save_cache_artifacts()
        if made is None:
            return
        try:
            with atomic(self.path) as temporary:
                temporary.write_bytes(made[0])
        except (Fault, OSError) as error:  # the next run compiles again, which costs only time
            log.warning("compiled code is not kept: %s", error)
