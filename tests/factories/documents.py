"""Plain rows of documents, without the events that services record."""

import factory

from core.models.revisions import digest_of
from documents.models import Document, DocumentRevision, Template
from tests.factories.roadmaps import FeatureFactory

SECTIONS = [
    {"heading": "Problem", "guidance": "Who has it, how often.", "is_required": True},
    {"heading": "Outcome", "guidance": "What will be different.", "is_required": True},
    {"heading": "Risk", "guidance": "What could go wrong.", "is_required": False},
]


class TemplateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Template

    name = factory.Sequence(lambda n: f"Requirements {n}")
    sections = factory.LazyFunction(lambda: [dict(section) for section in SECTIONS])


class DocumentFactory(factory.django.DjangoModelFactory):
    """A document with its first revision; `written=True` fills the required sections."""

    class Meta:
        model = Document
        skip_postgeneration_save = True

    class Params:
        written = factory.Trait(
            sections=factory.LazyFunction(
                lambda: [{"heading": s["heading"], "text": f"About the {s['heading'].lower()}."} for s in SECTIONS]
            )
        )

    template = factory.SubFactory(TemplateFactory)
    feature = factory.SubFactory(FeatureFactory)
    sections = factory.LazyFunction(lambda: [{"heading": section["heading"], "text": ""} for section in SECTIONS])

    @factory.post_generation
    def revision_kept(self, create, extracted, **kwargs):
        DocumentRevision.objects.create(document=self, number=1, content=self.sections, digest=digest_of(self.sections))
