"""An analyst opens the UI, materialises everything, and sees it succeed."""

import json
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
import yaml
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
    assert chromium is not None, "this suite needs Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(MINUTE)
        yield page
        browser.close()


def shoot(page: Page, name: str):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def newest_run() -> str | None:
    """The id of the run that was started last."""
    question = json.dumps({"query": "{runsOrError(limit: 1) {... on Runs {results {runId}}}}"}).encode()
    request = urllib.request.Request(f"{ADDRESS}/graphql", question, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        runs = json.load(answer)["data"]["runsOrError"]["results"]
    return runs[0]["runId"] if runs else None


def materialise(page: Page, path: str, button: str):
    """Click on a page's button and go to the page of the run that it starts."""
    before = newest_run()
    page.goto(f"{ADDRESS}/{path}")
    page.get_by_role("button", name=button).first.click()
    for _ in range(60):
        if (run := newest_run()) != before:
            page.goto(f"{ADDRESS}/runs/{run}")
            return
        time.sleep(1)
    pytest.fail(f"the button {button} of {path} started no run")


def refresh_everything(page: Page):
    materialise(page, "locations/funnelcast/jobs/refresh", "Materialize all")


def test_everything_is_materialised_with_one_click_and_succeeds(page, workplace):
    refresh_everything(page)
    expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=10 * MINUTE)
    shoot(page, "run")
    assert workplace.manifest["as_of"] == "2026-10-01"


def test_materialising_only_the_publication_after_a_failed_gate_is_refused_with_the_reason(page, workplace):
    published = workplace.manifest
    workplace.company_file.write_text(
        yaml.safe_dump({**SIMULATED, "thresholds": {"deals_present": 1_000_000}})
    )
    refresh_everything(page)
    expect(page.get_by_text("Failure", exact=True).first).to_be_visible(timeout=10 * MINUTE)
    materialise(page, "assets/published/current", "Materialize")
    expect(page.get_by_text("Failure", exact=True).first).to_be_visible(timeout=5 * MINUTE)
    expect(page.get_by_text("Nothing was published and `current` has not moved").first).to_be_visible()
    shoot(page, "refused")
    assert workplace.manifest == published
