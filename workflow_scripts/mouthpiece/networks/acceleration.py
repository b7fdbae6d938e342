"""Whether a GPU runs the kernels of `kernels`: Triton is not everywhere."""

import logging
from functools import cache

import torch

log = logging.getLogger(__name__)


@cache
def kernels_run() -> bool:
    """Tell whether Triton builds kernels for this GPU. Else networks run without them.

    Returns:
        False where Triton, a C compiler or Python's headers are missing, which is logged.
    """
    try:
        from .kernels import added

        some = torch.zeros(1, 16, 4, 4, device="cuda")
        added(some, some, some.flatten()[:16])
    except Exception as error:  # whatever the compiler's is
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        log.warning("Triton builds no kernels here (%s); networks run at half speed", reason)
        return False
    return True
