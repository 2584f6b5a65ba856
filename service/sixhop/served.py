"""What is served of one realm. Composed by `serving.py`, handed to `rpc/server.py`."""

from __future__ import annotations

from dataclasses import dataclass

from sixhop.erasure.asked import MemberData
from sixhop.graph.recording.recorder import EventRecorder
from sixhop.pipeline.answers import Answers
from sixhop.pipeline.voices import Voices


@dataclass(frozen=True, slots=True)
class Served:
    """A realm's answers, its voices, what writes into it, and what is known of its members."""

    answers: Answers
    voices: Voices
    events: EventRecorder
    members: MemberData
