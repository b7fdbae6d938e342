"""`python -m mouthpiece`: the `mouthpiece` command, for where its script is not on the path."""

import sys

from .cli.app import main

sys.exit(main())
