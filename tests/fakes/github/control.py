"""For a stand-in in a process of its own: read its log and plan its faults over HTTP, under `/_stand-in`.

`GET /_stand-in` → `{"log": [...], "violations": [...]}`; `POST /_stand-in/faults` takes `GitHubServer.fault`'s
arguments.
"""

import json
from dataclasses import asdict

from tests.fakes.github.faults import Fault, FaultPlan, Planned
from tests.fakes.github.log import Log
from tests.fakes.github.messages import Request, Response

PREFIX = "/_stand-in"


def control(request: Request, log: Log, violations: list[str], plan: FaultPlan) -> Response:
    if request.method == "POST" and request.path == f"{PREFIX}/faults":
        given = json.loads(request.body)
        plan.planned.append(Planned(**given | {"kind": Fault(given["kind"])}))
        return Response(201, {})
    rows = [asdict(found) | {"name": found.name} for found in log]
    return Response(200, {"log": rows, "violations": violations})
