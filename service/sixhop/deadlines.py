"""How long a call may take, in seconds, where its caller does not say. The service and the client go by the same."""

from __future__ import annotations

RECOMMEND_WITHIN_S = 0.2
FIND_CHAINS_WITHIN_S = 0.5
NEXT_HOP_WITHIN_S = 0.5
GET_DEGREES_WITHIN_S = 1.0
RECORD_WITHIN_S = 2.0
LIST_VOICES_WITHIN_S = 1.0
ERASE_WITHIN_S = 2.0
READ_MODELS_WITHIN_S = 5.0
CHANGE_MODELS_WITHIN_S = 10.0
RETRAIN_WITHIN_S = 5.0
OPERATIONS_WITHIN_S = 2.0
WAIT_OPERATION_WITHIN_S = 60.0
"""Also the most that anybody is kept waiting at once, whatever they ask for."""
STREAM_WITHIN_S = 10.0
"""For what a stream of events writes at once: nobody waits for the single message."""
