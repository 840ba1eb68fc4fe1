"""Commands that tell what there is: check, list, schema, diff, info, --version."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import BAD_INPUT
from sim.cli.options import RESULTS, Json

if TYPE_CHECKING:
    from sim.core.registry import Registry


def version(wanted: bool) -> None:
    """Print the version and end, when `--version` is given."""
    if wanted:
        import sim

        typer.echo(f"sim {sim.__version__}")
        raise typer.Exit


def check(
    files: Annotated[list[str], typer.Argument(help="Scenario files, or names.")],
    as_json: Json = False,
) -> None:
    """Validate scenarios; every problem is told with file and line."""
    checks = [_checked(file) for file in files]
    if as_json:
        _print_json(files=checks)
    else:
        for found in checks:
            _say(found)
    if not all(found["ok"] for found in checks):
        raise typer.Exit(BAD_INPUT)


def _checked(file: str) -> dict[str, Any]:
    from sim.core.errors import InputError
    from sim.scenario.load import load_scenario

    try:
        warnings = load_scenario(file).warnings()
    except InputError as error:
        problems = [str(problem) for problem in error.problems]
        return {"file": file, "ok": False, "problems": problems, "warnings": []}
    return {"file": file, "ok": True, "problems": [], "warnings": warnings}


def _say(found: dict[str, Any]) -> None:
    for problem in found["problems"]:
        typer.echo(problem, err=True)
    if found["ok"]:
        typer.echo(f"{found['file']}: ok")
    for warning in found["warnings"]:
        typer.echo(f"{found['file']}: warning: {warning}")


def list_(as_json: Json = False) -> None:
    """List scenarios, strategies and metrics."""
    scenarios, strategies, known_metrics = _scenarios(), _strategies(), _metrics()
    if as_json:
        _print_json(scenarios=scenarios, strategies=strategies, metrics=known_metrics)
        return
    from sim.cli.tables import console, plain_table

    out = console()
    for title, found in (
        ("Scenarios", scenarios),
        ("Strategies", strategies),
        ("Metrics", known_metrics),
    ):
        out.print(plain_table(title, list(found[0]), [list(row.values()) for row in found]))


def _scenarios() -> list[dict[str, str]]:
    from sim.scenario.load import load_scenario
    from sim.scenario.shipped import scenario_names

    about = {name: load_scenario(name).about for name in scenario_names()}
    return [
        {"name": name, "title": text.title, "description": text.description}
        for name, text in about.items()
    ]


def _strategies() -> list[dict[str, str]]:
    from sim.strategies import carrier_strategies, partner_strategies, reseller_strategies

    registries: dict[str, Registry[Any]] = {
        "carrier": carrier_strategies,
        "reseller": reseller_strategies,
        "partner": partner_strategies,
    }
    return [
        {"name": name, "kind": kind, "description": _first_line(rule)}
        for kind, registry in registries.items()
        for name, rule in registry.items()
    ]


def _first_line(documented: object) -> str:
    return (documented.__doc__ or "").strip().partition("\n")[0]


def _metrics() -> list[dict[str, str]]:
    from sim.metrics import metrics

    return [
        {"name": name, "unit": metric.unit, "kind": metric.kind, "description": metric.description}
        for name, metric in metrics.items()
    ]


def schema() -> None:
    """Print the JSON schema of scenario files, for editors."""
    from sim.scenario.json_schema import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def diff(
    a: Annotated[str, typer.Argument(help="A scenario's name or file.")],
    b: Annotated[str, typer.Argument(help="Another one.")],
    as_json: Json = False,
) -> None:
    """Show every parameter in which two scenarios differ."""
    from dataclasses import asdict

    from sim.scenario.compare import differences
    from sim.scenario.load import load_scenario

    found = [asdict(each) for each in differences(load_scenario(a), load_scenario(b))]
    if as_json:
        _print_json(a=a, b=b, differences=found)
        return
    from sim.cli.tables import console, plain_table

    cells = [["–" if value is None else str(value) for value in row.values()] for row in found]
    if not cells:
        typer.echo(f"{a} and {b} are the same but for their names.")
        return
    console().print(plain_table(f"{a} and {b} differ in {len(cells)}", ["path", a, b], cells))


def info(as_json: Json = False) -> None:
    """Show versions, machine and folders, for a bug report."""
    import sim
    from sim.core.kernels import cache_folder, code_digest
    from sim.scenario.shipped import configs_folder
    from sim.store.provenance import machine, packages

    content = {
        "version": sim.__version__,
        "code": code_digest(),
        "machine": machine(),
        "packages": packages(),
        "folders": {
            "package": str(Path(sim.__file__).parent),
            "configs": str(configs_folder()),
            "results": str(RESULTS.resolve()),
            "compiled kernels": str(cache_folder()),
        },
    }
    if as_json:
        _print_json(**content)
        return
    for name, value in _flat(content):
        typer.echo(f"{name}: {value}")


def _flat(content: dict[str, Any]) -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = []
    for name, value in content.items():
        lines += value.items() if isinstance(value, dict) else [(name, value)]
    return lines


def _print_json(**content: Any) -> None:
    from sim.store import SCHEMA

    whole = {"schema": SCHEMA, **content}
    typer.echo(json.dumps(whole, ensure_ascii=False, allow_nan=False))
