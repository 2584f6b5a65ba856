"""The Python client: `from sixhop.client import Client`. Knows the protos, nothing of the graph or the pipeline.

```python
with Client("127.0.0.1:50051") as client:
    answer = client.recommend_targets(sender_id="m1", offering_id="o7", limit=10)
    for each in answer.recommendations:
        print(each.target_id, each.likelihood, each.reasons)
```
"""

from sixhop.client.client import AsyncClient, Client
from sixhop.client.credentials import Credentials
from sixhop.client.models import ModelResult, ModelsResult, OperationResult, ServesResult
from sixhop.client.results import (
    ChainsResult,
    DegreesResult,
    ErasedResult,
    Info,
    NextHopResult,
    RecordedResult,
    ReferrersResult,
    TargetsResult,
)

__all__ = [
    "AsyncClient",
    "ChainsResult",
    "Client",
    "Credentials",
    "DegreesResult",
    "ErasedResult",
    "Info",
    "ModelResult",
    "ModelsResult",
    "NextHopResult",
    "OperationResult",
    "RecordedResult",
    "ReferrersResult",
    "ServesResult",
    "TargetsResult",
]
