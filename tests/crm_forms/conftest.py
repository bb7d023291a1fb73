"""The simulated company of the integration tests, for its forms in each CRM."""

from tests.integration.conftest import simulated

__all__ = ["simulated"]
