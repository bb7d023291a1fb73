"""The command `funnelcast`."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from orchestration.company_file import CompanyFileError
from orchestration.dagster_home import use_dagster_home
from orchestration.data_folder import DataFolder
from orchestration.publication import PublicationRefused, rollback
from orchestration.settings import PROJECT, RunSettings

_FORMS = ("canonical", "salesforce", "hubspot", "pipedrive")  # of orchestration.simulation.forms


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        status: int = parsed.command(parsed)
    except (CompanyFileError, PublicationRefused, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return status


def _run(arguments: argparse.Namespace) -> int:
    """Refresh everything, as the job in the UI does, and print the result."""
    settings = RunSettings.resolve(arguments.company, arguments.data, arguments.as_of, arguments.preview)
    settings.company  # noqa: B018  an error in it is shown before anything starts
    _prepare()
    from orchestration.refresh_run import refresh  # imports of a dozen seconds, only where they are needed

    return refresh(settings)


def _ui(arguments: argparse.Namespace) -> int:
    """Open the Dagster UI on loopback, with the daemon that runs the schedule."""
    settings = RunSettings.resolve()
    settings.company  # noqa: B018
    use_dagster_home(settings.folder)
    _prepare()
    os.chdir(PROJECT)
    program = Path(sys.executable).with_name("dagster")
    os.execv(
        program, [str(program), "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(arguments.port)]
    )


def _prepare(_: argparse.Namespace | None = None) -> int:
    """Parse the dbt project where it changed: Dagster reads its assets from that."""
    from orchestration.dbt_command import ensure_parsed

    ensure_parsed()
    return 0


def _simulate(arguments: argparse.Namespace) -> int:
    """Write the extracts of a simulated company, and the truth about it."""
    from orchestration.simulation.demo import write_company
    from orchestration.simulation.settings import Blockage, SimulationSettings

    settings = SimulationSettings(
        deals=arguments.deals,
        seed=arguments.seed,
        until=arguments.until,
        years=arguments.years,
        blockage=Blockage(*arguments.blockage) if arguments.blockage else None,
    )
    every = timedelta(days=arguments.every)
    extract_dates = [arguments.until - every * back for back in reversed(range(arguments.extracts))]
    truth = arguments.truth or arguments.path.with_name("truth")
    write_company(settings, arguments.path, extract_dates, truth, arguments.crm)
    print(
        f"Wrote {len(extract_dates)} extract(s) of a company of {arguments.deals:,} deals to"
        f" {arguments.path}, for crm: {arguments.crm}"
    )
    return 0


def _accept(arguments: argparse.Namespace) -> int:
    """Let a held extract land, or list what is held."""
    from orchestration.held_decisions import accept, listing

    folder = _kept_folder(arguments)
    if arguments.source is None:
        print(listing(folder))
        return 0
    if arguments.date is None:
        raise ValueError(f"accept {arguments.source}: the extract's date is needed too, such as 2026-03-31")
    print(accept(folder, arguments.source, arguments.date, date.today()))
    return 0


def _kept_folder(arguments: argparse.Namespace) -> DataFolder:
    """The data folder itself, though a preview may be asked for."""
    return DataFolder(RunSettings.resolve(arguments.company, arguments.data).folder.root)


def _reject(arguments: argparse.Namespace) -> int:
    """Leave a held extract out."""
    from orchestration.held_decisions import reject

    folder = _kept_folder(arguments)
    print(reject(folder, arguments.source, arguments.date, date.today()))
    return 0


def _rollback(arguments: argparse.Namespace) -> int:
    """Point readers at an earlier publication."""
    version = rollback(RunSettings.resolve().folder, arguments.version)
    print(f"Readers now see {version}")
    return 0


def _forget(arguments: argparse.Namespace) -> int:
    """Take a person's name and address out of everything that is kept."""
    from orchestration.forgetting import forget

    settings = RunSettings.resolve(data=arguments.data)
    done = forget(settings.folder, arguments.owner_id)
    print(
        f"Forgot the name and address of owner {arguments.owner_id}: {done.files} files and {done.versions}"
        f" published versions were written anew. Extracts under {settings.folder.raw} are yours to clean;"
        " landing them again blanks the person again. The next refresh builds the warehouse anew."
    )
    return 0


def _inspect(arguments: argparse.Namespace) -> int:
    """Say what a folder of exports holds; write a company file and mapping to start from where asked."""
    from orchestration.inspection.inspecting import inspect, write
    from orchestration.inspection.report import report

    found = inspect(arguments.path, arguments.crm)
    written = write(found, arguments.write) if arguments.write and found.company else []
    print(report(found, written), end="")
    return 0 if found.company and not (found.trial and found.trial.problem) else 1


def _waterfall(arguments: argparse.Namespace) -> int:
    """Print how the open pipeline moved between two days."""
    from orchestration.waterfall import waterfall

    print(waterfall(RunSettings.resolve(data=arguments.data).folder, arguments.opening, arguments.closing))
    return 0


def _stage_or_day(text: str) -> str | date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="funnelcast", description="An open sales-pipeline warehouse.")
    commands = parser.add_subparsers(required=True, metavar="command")

    run = commands.add_parser("run", help="refresh everything, publish it, print forecast and blocked stages")
    _add_place(run)
    run.add_argument(
        "--as-of", default="", metavar="YYYY-MM-DD", help="use only what happened before this day"
    )
    run.add_argument("--preview", action="store_true", help="compute and print, publish and keep nothing")
    run.set_defaults(command=_run)

    ui = commands.add_parser("ui", help="open the Dagster UI")
    ui.add_argument("--port", type=int, default=3000)
    ui.set_defaults(command=_ui)

    simulate = commands.add_parser("simulate", help="write extracts of a simulated company with known rates")
    simulate.add_argument("path", type=Path, help="folder for the extracts; gets a folder per extract date")
    simulate.add_argument("--truth", type=Path, help="folder for the truth; else `truth` beside the extracts")
    simulate.add_argument(
        "--crm", choices=_FORMS, default="canonical", help="whose export the extracts look like"
    )
    simulate.add_argument("--deals", type=int, default=5000)
    simulate.add_argument("--seed", type=int, default=7)
    simulate.add_argument("--until", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
    simulate.add_argument("--years", type=float, default=3.0)
    simulate.add_argument(
        "--extracts", type=int, default=1, help="how many full extracts; the last is at --until"
    )
    simulate.add_argument("--every", type=int, default=1, metavar="DAYS", help="days between extracts")
    simulate.add_argument(
        "--blockage", nargs=2, type=_stage_or_day, metavar=("STAGE", "YYYY-MM-DD"),
        help="slow the exits of a stage to 0.4 of their rate for six weeks from a day",
    )  # fmt: skip
    simulate.set_defaults(command=_simulate)

    look = commands.add_parser("inspect", help="say what a folder of exports holds, and how to start with it")
    look.add_argument("path", type=Path, help="a file, a folder of files, or one of dated folders")
    look.add_argument("--write", type=Path, metavar="FOLDER", help="write a company file and mapping there")
    look.add_argument("--crm", metavar="NAME", help="read with this built-in mapping, whatever fits best")
    look.set_defaults(command=_inspect)

    accept = commands.add_parser(
        "accept", help="let a held extract land; without arguments: list what is held"
    )
    accept.add_argument("source", nargs="?", help="name of its source")
    accept.add_argument("date", nargs="?", type=date.fromisoformat, metavar="YYYY-MM-DD", help="its date")
    _add_place(accept)
    accept.set_defaults(command=_accept)

    reject = commands.add_parser("reject", help="leave a held extract out until its files change")
    reject.add_argument("source", help="name of its source")
    reject.add_argument("date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="its date")
    _add_place(reject)
    reject.set_defaults(command=_reject)

    back = commands.add_parser("rollback", help="point readers at an earlier publication")
    back.add_argument("version", nargs="?", help="its name under published/versions; else the one before")
    back.set_defaults(command=_rollback)

    movement = commands.add_parser("waterfall", help="tell how the open pipeline moved between two days")
    movement.add_argument(
        "opening", type=date.fromisoformat, metavar="YYYY-MM-DD", help="from the end of this day"
    )
    movement.add_argument(
        "closing", type=date.fromisoformat, metavar="YYYY-MM-DD", help="to the end of this one"
    )
    movement.add_argument("--data", default="", metavar="FOLDER", help="data folder")
    movement.set_defaults(command=_waterfall)

    forget = commands.add_parser("forget", help="blank a person's name and address in all that is kept")
    forget.add_argument("owner_id", help="as in core.dim_owners; the id itself stays")
    forget.add_argument("--data", default="", metavar="FOLDER", help="data folder")
    forget.set_defaults(command=_forget)

    prepare = commands.add_parser("prepare", help="parse the dbt project where it changed")
    prepare.set_defaults(command=_prepare)
    return parser


def _add_place(parser: argparse.ArgumentParser) -> None:
    """The options that say which company and which data folder."""
    parser.add_argument("--company", default="", metavar="FILE", help="company file")
    parser.add_argument("--data", default="", metavar="FOLDER", help="data folder")


if __name__ == "__main__":
    sys.exit(main())
