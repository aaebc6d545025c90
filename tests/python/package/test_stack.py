import numpy as np

import mrcz


def test_frames_are_what_the_file_holds(testdata):
    stack = mrcz.open(testdata / "projections.mrcs")
    pixels = np.fromfile(testdata / "projections.mrcs", stack.dtype, offset=1024).reshape(stack.shape)
    assert np.array_equal(stack.read(3, 5), pixels[3:8])
