from pathlib import Path

import pytest

from tests.refreshes import SHARED_DATA


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED_DATA.exists():
        pytest.skip("the real extracts are not part of the project and not here")
    return SHARED_DATA
