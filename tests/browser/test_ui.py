"""An analyst opens the UI, materialises everything, and sees it succeed."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from orchestration.simulation import SimulationSettings, simulate, write_extracts
from tests.refreshes import PROJECT, SIMULATED, Workplace, environment

PORT = 38517
ADDRESS = f"http://127.0.0.1:{PORT}"
MINUTE = 60_000  # milliseconds
SCREENSHOTS = Path(os.environ.get("FUNNELCAST_SCREENSHOTS", PROJECT / "tests" / "browser" / "screenshots"))
CHROMIUM = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    workplace = Workplace.of(tmp_path_factory.mktemp("ui"), SIMULATED)
    company = simulate(SimulationSettings(deals=400, seed=5, until=date(2026, 9, 30), years=2))
    write_extracts(company, workplace.data / "raw" / "sales", [date(2026, 9, 30)])
    return workplace


@pytest.fixture(scope="module")
def ui(workplace):
    server = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "ui", "--port", str(PORT)],
        cwd=PROJECT,
        env={
            **environment(),
            "FUNNELCAST_COMPANY": str(workplace.company_file),
            "FUNNELCAST_DATA": str(workplace.data),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_it_answers(server)
        yield ADDRESS
    finally:
        server.terminate()
        server.wait(30)


def wait_until_it_answers(server):
    for _ in range(120):
        assert server.poll() is None, "the UI ended by itself"
        try:
            urllib.request.urlopen(f"{ADDRESS}/server_info", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    pytest.fail("the UI did not answer within two minutes")


@pytest.fixture(scope="module")
def page(ui):
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(MINUTE)
        yield page
        browser.close()


def shoot(page: Page, name: str):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def materialise(page: Page, job: str):
    """Click on materialise in a job's page and follow the run that it starts."""
    page.goto(f"{ADDRESS}/locations/orchestration.definitions/jobs/{job}")
    page.get_by_role("button", name="Materialize").first.click()
    page.get_by_role("link", name="View").first.click()


def test_everything_is_materialised_with_one_click_and_succeeds(page, workplace):
    materialise(page, "refresh")
    expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=4 * MINUTE)
    shoot(page, "run")
    assert workplace.manifest["as_of"] == "2026-10-01"
