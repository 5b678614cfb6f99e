"""default/analyticstories.conf: what Enterprise Security's content library shows of detections and stories."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from generator.content.model import ConfStyle
from generator.render.confwrite import Stanza, stanza_name, write_conf
from generator.render.context import day
from generator.render.derived import normal_url, providing_technologies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.content.model import Detection, Investigation, Story
    from generator.render.context import RenderContext

_NO_COMPANY = "no"


def render(context: RenderContext) -> bytes:
    """Return the file. Raises GeneratorError as `write_conf`."""
    searches = _searches(context)
    return write_conf(
        "default/analyticstories.conf",
        context.app,
        (_detection(context, detection) for detection in context.detections),
        (_story(context, story, searches) for story in context.stories),
        (_response_task(context, task) for task in context.investigations),
        template="analyticstories.conf.j2",
        by_name=context.style is ConfStyle.V6,
    )


def _searches(context: RenderContext) -> Mapping[str, Sequence[str]]:
    """Return story name to the stanzas that belong to it: detections, then investigations, each in path order."""
    found: dict[str, list[str]] = defaultdict(list)
    items: list[Detection | Investigation] = [*context.detections, *context.investigations]
    for item in items:
        names = item.analytic_story
        for story in names if context.style is ConfStyle.V4 else dict.fromkeys(names):
            found[story].append(context.stanza(item))
    if context.style is ConfStyle.V6:
        return {story: sorted(names) for story, names in found.items()}
    return found


def _detection(context: RenderContext, detection: Detection) -> Stanza:
    technologies = providing_technologies(detection.search)
    explanation = detection.description if context.style is ConfStyle.V4 else context.described(detection)
    settings = [
        ("type", "detection"),
        ("asset_type", detection.asset_type),
        ("confidence", "medium"),
        ("explanation", explanation),
        ("how_to_implement", detection.how_to_implement),
        ("annotations", context.json(context.mappings(detection))),
        ("known_false_positives", detection.known_false_positives),
        ("providing_technologies", context.json(technologies) if technologies else "null"),
    ]
    return Stanza(f"savedsearch://{context.stanza(detection)}", settings)


def _story(context: RenderContext, story: Story, searches: Mapping[str, Sequence[str]]) -> Stanza:
    references = [normal_url(reference) for reference in story.references]
    if context.style is ConfStyle.V6:
        references = sorted(set(references))
    settings = [
        ("category", story.category[0] if story.category else ""),
        ("last_updated", day(story.modification_date)),
        ("version", str(story.version)),
        ("references", context.json(references)),
        ("maintainers", context.json([_maintainer(context, story)])),
        ("spec_version", "3"),
        ("searches", context.json(list(searches.get(story.name, ())))),
        ("description", context.described(story)),
        ("narrative", story.narrative),
    ]
    return Stanza(f"analytic_story://{stanza_name(story.name)}", settings)


def _maintainer(context: RenderContext, story: Story) -> dict[str, str]:
    """Return the story's author, split from the company at the first comma; contentctl-ng names the app's author."""
    app = context.app
    if context.style is ConfStyle.V6:
        company = app.author_company or ("Splunk" if context.is_escu else app.author_name)
        return {"company": company, "email": app.author_email, "name": app.author_name}
    name, comma, company = story.author.partition(",")
    return {"company": company.strip() if comma else _NO_COMPANY, "email": "-", "name": name.strip()}


def _response_task(context: RenderContext, task: Investigation) -> Stanza:
    settings = [
        ("type", "investigation"),
        ("explanation", "none"),
        ("how_to_implement", task.how_to_implement or "none"),
        ("known_false_positives", "not defined"),
        ("earliest_time_offset", "14400"),
        ("latest_time_offset", "0"),
    ]
    return Stanza(f"savedsearch://{context.stanza(task)}", settings)
