"""`survey-app questionnaires convert`: from a file of any kind to a file of any other; no database is reached."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.questionnaires.commands.files import candidate_in, file_argument, say_counts, write_report
from survey_app.questionnaires.interchange.detection import KINDS
from survey_app.questionnaires.interchange.formats import FORMATS

report_path = click.Path(dir_okay=False, path_type=Path)


@click.command("convert")
@file_argument
@click.option("--from", "kind", type=click.Choice(list(KINDS)), help="What wrote FILE; its content tells if left out.")
@click.option("--to", "form", type=click.Choice(list(FORMATS)), default="yaml", show_default=True)
@click.option("--output", type=report_path, help="Write to a file instead.")
@click.option("--report", type=report_path, help="Write what became of each thing of FILE.")
@click.option("--losses", type=report_path, help="Write what the other format cannot say.")
def convert_file(file: Path, kind: str | None, form: str, **paths: Path | None) -> None:
    """Write FILE in another format. Nothing is stored: this needs no installation and no settings."""
    candidate = candidate_in(file, kind)
    say_counts(candidate)
    exported = FORMATS[form].write(candidate.questionnaire)
    for report, path in ((candidate.report, paths["report"]), (exported.report.as_data(), paths["losses"])):
        if path:
            write_report(report, path)
    if paths["output"]:
        paths["output"].write_bytes(exported.content)
    else:
        click.echo(exported.content, nl=False)
