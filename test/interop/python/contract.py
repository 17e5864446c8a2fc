"""The contract that the applications of all languages have in common; ../typescript/contract.ts explains it.

Names of fields are those on the wire.
"""

from dataclasses import dataclass
from typing import Optional

import nexusrpc

CALLERS = "callers"
DESKS = "desks"
LANGUAGE = "python"


@dataclass
class Job:
    text: str
    id: str
    ms: int
    refusal: str
    times: int
    path: list[str]


@dataclass
class Answer:
    text: str
    language: str = LANGUAGE
    attempt: int = 0


@nexusrpc.service
class JobDesk:
    echo: nexusrpc.Operation[Job, Answer]
    work: nexusrpc.Operation[Job, Answer]
    refuse: nexusrpc.Operation[Job, Answer]
    join: nexusrpc.Operation[Job, Answer]
    release: nexusrpc.Operation[Job, Answer]
    ask: nexusrpc.Operation[Job, Answer]
    adjust: nexusrpc.Operation[Job, Answer]
    revise: nexusrpc.Operation[Job, Answer]
    relay: nexusrpc.Operation[Job, Answer]


@dataclass
class Call:
    endpoint: str
    operation: str
    job: Job
    cancellationType: str
    cancel: bool
    scheduleToClose: int
    scheduleToStart: int
    startToClose: int
    linger: int


@dataclass
class CallFailure:
    kind: str
    type: str
    message: str
    endpoint: str
    service: str
    operation: str


@dataclass
class Outcome:
    answer: Optional[Answer]
    failure: Optional[CallFailure]
    waited: int
