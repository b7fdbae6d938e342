"""Locating the 468 points of the face mesh.

The network is MediaPipe's Face Mesh, run by LiteRT. Source: Kartynnik et al., "Real-time Facial
Surface Geometry from Monocular Video on Mobile GPUs", arXiv:1907.06724.
"""

import numpy as np

from .landmarks import MESH_POINTS
from .network import interpreter, sigmoid
from .region import Region


class FaceMesh:
    """Face Mesh: locates the 468 points of the face in a region.

    Args:
        threads: CPU threads of the network.

    Raises:
        InputError: If the network's file is missing.
        Fault: If it is not the published one.
    """

    SIDE_PX = 192

    def __init__(self, threads: int = 1) -> None:
        self._net = interpreter("face_landmark.tflite", threads)

    def locate(self, picture: np.ndarray, region: Region) -> tuple[np.ndarray, float]:
        """Locate the mesh of the face in a region.

        Args:
            picture: RGB, [H, W, 3] uint8.
            region: Where the face is.

        Returns:
            The points, [468, 3] float32, x and y in pixels, z in pixels towards the back of the
            head (relative); and the probability that there is a face, in [0, 1].
        """
        affine = region.to_picture(self.SIDE_PX)
        square = region.cut_out(picture, self.SIDE_PX)
        self._net.set_tensor(
            self._net.get_input_details()[0]["index"], square[None].astype(np.float32) / 255
        )
        self._net.invoke()
        outputs = [self._net.get_tensor(o["index"]).ravel() for o in self._net.get_output_details()]
        raw, flag = sorted(outputs, key=lambda o: -o.size)
        points = raw.reshape(MESH_POINTS, 3)
        scale = region.side_px / self.SIDE_PX
        placed = np.column_stack(
            [points[:, :2] @ affine[:, :2].T + affine[:, 2], points[:, 2] * scale]
        )
        return placed.astype(np.float32), float(sigmoid(flag)[0])
