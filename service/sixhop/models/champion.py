"""The model that serves, exchanged for another while requests run. Knows nothing of requests.

The pointers are looked at every two seconds. A model that is promoted is read and asked once aside from the event loop,
and then takes the place of the one before; one that cannot be served is told of in the log, and the one before goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from sixhop.errors import ModelRefused
from sixhop.models.artifact import Artifact
from sixhop.models.registry import REFERRAL, Registry
from sixhop.models.runtime import CalibratedModel
from sixhop.tasks import end

LOOK_EVERY_S = 2.0

log = logging.getLogger(__name__)


def load_model(artifact: Artifact, *, feature_names: Sequence[str], features_digest: str) -> CalibratedModel:
    """A model ready to score, which has scored once: the first time takes longer than the others.

    Raises:
        ModelRefused: it is corrupt, or was trained on other feature queries than are served.
    """
    wanted = tuple(artifact.manifest["feature_names"])
    if artifact.manifest["features_digest"] != features_digest or not set(wanted) <= set(feature_names):
        raise ModelRefused(
            f"model {artifact.digest} was trained on other feature queries than cypher/features/ has now; "
            "train again with `sixhop retrain`",
            why="it was trained on other feature queries",
        )
    estimator, calibrator = artifact.load()
    model = CalibratedModel(estimator, calibrator, feature_names=wanted, digest=artifact.digest)
    model.score([dict.fromkeys(wanted, 0.0)])
    return model


class Champion:
    """The referral model that serves a realm. Used from one event loop.

    Args:
        registry: of the realm.
        feature_names, features_digest: of the feature queries that are served.

    Raises:
        ModelRefused: the one promoted last cannot be served.
    """

    def __init__(self, registry: Registry, *, feature_names: Sequence[str], features_digest: str) -> None:
        self._registry = registry
        self._feature_names = feature_names
        self._features_digest = features_digest
        self._keeping: asyncio.Task[None] | None = None
        self._model: CalibratedModel | None = None
        self._model = self._promoted()

    def model(self) -> CalibratedModel | None:
        """The one that serves now; None when none was ever promoted."""
        return self._model

    @property
    def digest(self) -> str:
        return self._model.digest if self._model else ""

    def keep_current(self) -> None:
        """Take up what is promoted from now on; until `close`."""
        self._keeping = asyncio.create_task(self._keep())

    async def close(self) -> None:
        await end(self._keeping)

    def _promoted(self) -> CalibratedModel | None:
        """What was promoted since; None where nothing was."""
        if self._registry.pointers().get(REFERRAL, {}).get("champion") in (None, self.digest):
            return None
        artifact = self._registry.champion(REFERRAL)
        if artifact is None:
            return None
        return load_model(artifact, feature_names=self._feature_names, features_digest=self._features_digest)

    async def _keep(self) -> None:
        said = ""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                promoted = await asyncio.to_thread(self._promoted)
            except Exception as error:  # of any kind: what serves must go on serving
                if (saying := str(error)) != said:
                    log.error("what was promoted cannot be served, %s goes on: %s", self.digest or "no model", saying)
                said = saying
                continue
            said = ""
            if promoted is not None:
                self._model = promoted
                log.info("model %s serves now", promoted.digest)
