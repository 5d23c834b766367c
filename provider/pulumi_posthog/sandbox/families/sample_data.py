"""A few persons and what they do: the same ones in every sandbox, one event every five minutes until now.

Events are made when somebody reads them, not by a clock: a start costs nothing, and a sandbox that slept has them.
"""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from pulumi_posthog.sandbox.families.definitions.models import PERSON, ingested, ingested_properties
from pulumi_posthog.sandbox.families.event_store import Event, Ingestion, Person, PersonDistinctId
from pulumi_posthog.sandbox.rules.models import Project
from pulumi_posthog.sandbox.rules.writing import writing

EVERY = timedelta(minutes=5)
BEGINS = timedelta(days=3)
"""How long before the start of the sandbox the first event was."""

# The addresses are of the domain that is kept for examples.
PERSONS: tuple[tuple[str, str, str], ...] = (
    ("kim", "free", "Berlin"),
    ("lou", "free", "Paris"),
    ("max", "paid", "Berlin"),
    ("noa", "paid", "Lisbon"),
    ("oli", "free", "Rome"),
    ("pia", "paid", "Paris"),
    ("ray", "free", "Berlin"),
    ("sam", "paid", "Oslo"),
)
EVENTS = ("$pageview", "$pageview", "$pageview", "$autocapture", "order placed", "$ai_generation")
BROWSERS = ("Chrome", "Firefox", "Safari")
NAMES = uuid.UUID("6f1c2a52-6a4f-4b0e-9d63-0d5f2b6c1a11")


def begin(project: Project, *, persons: bool = True) -> None:
    """Persons, and events from three days ago on. A project that has them keeps its own."""
    began = timezone.now() - BEGINS
    _, is_new = Ingestion.objects.get_or_create(project=project, defaults={"arrived_until": began})
    if not is_new or not persons:
        return
    for number, (name, plan, city) in enumerate(PERSONS):
        make_person(
            project,
            [name, str(uuid.uuid5(NAMES, f"{project.pk} {name} device"))],
            {"email": f"{name}@example.org", "name": name.title(), "plan": plan, "$geoip_city_name": city},
            person_uuid=uuid.uuid5(NAMES, f"{project.pk} {name}"),
            created_at=began + timedelta(hours=number),
        )
    project.ingested_event = True
    project.save(update_fields=["ingested_event"])


def make_person(
    project: Project,
    distinct_ids: list[str],
    properties: dict[str, Any],
    *,
    person_uuid: uuid.UUID | None = None,
    created_at: datetime | None = None,
) -> Person:
    """With the names that its events come under; an `IntegrityError` where one is taken."""
    person = Person.objects.create(
        project=project,
        uuid=person_uuid or uuid.uuid4(),
        properties=properties,
        created_at=created_at or timezone.now(),
    )
    PersonDistinctId.objects.bulk_create(
        PersonDistinctId(project=project, person=person, distinct_id=each) for each in distinct_ids
    )
    ingested_properties(project, PERSON, properties)
    return person


def stop(project: Project) -> None:
    """No more events arrive; those until now have."""
    arrive(project)
    Ingestion.objects.filter(project=project).delete()


def resume(project: Project) -> None:
    """Events arrive from now on."""
    Ingestion.objects.get_or_create(project=project, defaults={"arrived_until": timezone.now()})


def arrive(project: Project) -> None:
    """Make the events that have happened since somebody last looked."""
    now = timezone.now()
    ingestion = Ingestion.objects.filter(project=project).first()
    if ingestion is None or now < ingestion.arrived_until + EVERY:
        return
    with writing():
        # Another thread may have been faster.
        ingestion.refresh_from_db()
        first = int(ingestion.arrived_until.timestamp() // EVERY.total_seconds()) + 1
        last = int(now.timestamp() // EVERY.total_seconds())
        if last < first:
            return
        distinct_ids: dict[str, uuid.UUID] = dict(
            PersonDistinctId.objects.filter(project=project)
            .order_by("person_id", "pk")
            .values_list("distinct_id", "person__uuid")[:100]
        )
        ingested(
            project,
            Event.objects.bulk_create(
                sample_event(project, number, distinct_ids) for number in range(first, last + 1)
            ),
        )
        ingestion.arrived_until = datetime.fromtimestamp(last * EVERY.total_seconds(), UTC)
        ingestion.save()


def sample_event(project: Project, number: int, distinct_ids: dict[str, uuid.UUID]) -> Event:
    """The event of one slot of five minutes: always the same for the same persons."""
    chance = random.Random(f"{project.pk} {number}")  # noqa: S311 - a sample, not a secret
    distinct_id = chance.choice(list(distinct_ids)) if distinct_ids else "nobody"
    name = chance.choice(EVENTS)
    properties: dict[str, Any] = {
        "$browser": chance.choice(BROWSERS),
        "$current_url": f"https://example.org/{chance.choice(('', 'pricing', 'docs', 'blog'))}",
        "$lib": "web",
    }
    if name == "order placed":
        properties["amount"] = chance.randrange(5, 200)
    elif name == "$ai_generation":
        properties |= {"$ai_model": "small", "$ai_latency": round(chance.uniform(0.2, 4.0), 2)}
    return Event(
        uuid=uuid.UUID(int=chance.getrandbits(128), version=4),
        project=project,
        event=name,
        distinct_id=distinct_id,
        person_uuid=distinct_ids.get(distinct_id),
        properties=properties,
        timestamp=datetime.fromtimestamp(number * EVERY.total_seconds(), UTC),
    )
