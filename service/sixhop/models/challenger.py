"""The model that may come to serve, taken up and let go while requests run. Knows nothing of requests.

The pointers are looked at every two seconds, as for the champion. One that cannot be used is told of in the log, once,
and then there is none: it never keeps anything from being served.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from sixhop.models.artifact import read_artifact
from sixhop.models.champion import LOOK_EVERY_S, load_model
from sixhop.models.registry import REFERRAL, Registry
from sixhop.models.runtime import CalibratedModel
from sixhop.tasks import end

log = logging.getLogger(__name__)


class Challenger:
    """The referral model of a realm that is its challenger. Used from one event loop.

    Args:
        registry: of the realm.
        feature_names, features_digest: of the feature queries that are served.
    """

    def __init__(self, registry: Registry, *, feature_names: Sequence[str], features_digest: str) -> None:
        self._registry = registry
        self._feature_names = feature_names
        self._features_digest = features_digest
        self._keeping: asyncio.Task[None] | None = None
        self._model: CalibratedModel | None = None

    def model(self) -> CalibratedModel | None:
        """The one there is now; None when none has the role, or it cannot be used."""
        return self._model

    def keep_current(self) -> None:
        """Take up who has the role from now on, and let go of who has not; until `close`."""
        self._keeping = asyncio.create_task(self._keep())

    async def close(self) -> None:
        await end(self._keeping)

    def _named(self) -> CalibratedModel | None:
        digest = self._registry.pointers().get(REFERRAL, {}).get("challenger")
        if not digest:
            return None
        if self._model and self._model.digest == digest:
            return self._model
        artifact = read_artifact(self._registry.folder / digest)
        return load_model(artifact, feature_names=self._feature_names, features_digest=self._features_digest)

    async def _keep(self) -> None:
        said = ""
        while True:
            try:
                named, saying = await asyncio.to_thread(self._named), ""
            except Exception as error:  # of any kind: what serves must go on serving
                named, saying = None, str(error)
                if saying != said:
                    log.error("the challenger cannot be used, answers go on without: %s", saying)
            said = saying
            if named is not self._model:
                log.info("model %s is the challenger now", named.digest if named else "none")
                self._model = named
            await asyncio.sleep(LOOK_EVERY_S)
