"""What is served of one realm. Composed by `serving.py`, handed to `rpc/server.py`."""

from __future__ import annotations

from dataclasses import dataclass

from sixhop.erasure.asked import MemberData
from sixhop.graph.recording.recorder import EventRecorder
from sixhop.models.roles import RealmModels
from sixhop.pipeline.answers import Answers
from sixhop.pipeline.voices import Voices
from sixhop.retraining.retraining import Retraining


@dataclass(frozen=True, slots=True)
class Served:
    """A realm's answers, its voices, what writes into it, what is known of its members, and its models."""

    answers: Answers
    voices: Voices
    events: EventRecorder
    members: MemberData
    models: RealmModels
    retraining: Retraining
