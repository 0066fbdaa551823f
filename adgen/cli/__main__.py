"""Runs the command line as `python -m adgen.cli`."""

import sys

from adgen.cli.main import main

sys.exit(main())
