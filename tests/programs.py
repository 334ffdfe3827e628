# SPDX-License-Identifier: BSD-2-Clause
"""Programs of this repository as modules, for tests that use a part of one.

Whoever imports this first says that Python is to leave no bytecode in the tree.
"""

import importlib.machinery
import importlib.util
import os

REPO = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def load(path):
    """The program at this path in the repository, which does not end in .py; it is not run."""
    loader = importlib.machinery.SourceFileLoader(os.path.basename(path), os.path.join(REPO, path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module
