"""The workflows of both sides: those of callers first, then those behind the operations of the desk."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, Optional

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    NexusOperationError,
    TerminatedError,
    TimeoutError,
)
from temporalio.workflow import NexusOperationCancellationType

with workflow.unsafe.imports_passed_through():
    from nexusrpc import HandlerError

    from contract import Answer, Call, CallFailure, Job, JobDesk, Outcome

CANCELLATION_TYPES = {
    "ABANDON": NexusOperationCancellationType.ABANDON,
    "TRY_CANCEL": NexusOperationCancellationType.TRY_CANCEL,
    "WAIT_CANCELLATION_REQUESTED": NexusOperationCancellationType.WAIT_REQUESTED,
    "WAIT_CANCELLATION_COMPLETED": NexusOperationCancellationType.WAIT_COMPLETED,
}

ACTIVITY_OPTIONS: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=1),
    "retry_policy": RetryPolicy(initial_interval=timedelta(hours=1)),
}


def span(ms: int) -> Optional[timedelta]:
    return timedelta(milliseconds=ms) if ms > 0 else None


@workflow.defn(name="call")
class CallWorkflow:
    """Calls one operation and tells what came of it."""

    @workflow.run
    async def run(self, call: Call) -> Outcome:
        began = workflow.now()
        outcome = await self.call_desk(call)
        waited = (workflow.now() - began) // timedelta(milliseconds=1)
        if call.linger > 0:
            await workflow.sleep(timedelta(milliseconds=call.linger))
        return replace(outcome, waited=waited)

    async def call_desk(self, call: Call) -> Outcome:
        client = workflow.create_nexus_client(service=JobDesk, endpoint=call.endpoint)
        try:
            handle = await client.start_operation(
                getattr(JobDesk, call.operation),
                call.job,
                schedule_to_close_timeout=span(call.scheduleToClose),
                schedule_to_start_timeout=span(call.scheduleToStart),
                start_to_close_timeout=span(call.startToClose),
                cancellation_type=CANCELLATION_TYPES[call.cancellationType],
            )
            if call.cancel:
                handle.cancel()
            return Outcome(answer=await handle, failure=None, waited=0)
        except NexusOperationError as error:
            return Outcome(answer=None, failure=describe(error), waited=0)


def describe(error: NexusOperationError) -> CallFailure:
    cause = error.__cause__
    kind, type = "other", cause.__class__.__name__
    if isinstance(cause, HandlerError):
        kind, type = "handler", cause.type.value
    elif isinstance(cause, ApplicationError):
        kind, type = "application", cause.type or ""
    elif isinstance(cause, CancelledError):
        kind, type = "canceled", ""
    elif isinstance(cause, TimeoutError):
        kind, type = "timeout", cause.type.name if cause.type else ""
    elif isinstance(cause, TerminatedError):
        kind, type = "terminated", ""
    return CallFailure(
        kind=kind,
        type=type,
        message=": ".join(messages(cause)),
        endpoint=error.endpoint,
        service=error.service,
        operation=error.operation,
    )


def messages(error: Optional[BaseException]) -> list[str]:
    return [] if error is None else [str(error), *messages(error.__cause__)]


@workflow.defn(name="rest")
class RestWorkflow:
    """Does nothing for a while."""

    @workflow.run
    async def run(self, ms: int) -> Answer:
        await workflow.sleep(timedelta(milliseconds=ms))
        return Answer("rested")


@activity.defn
async def attempt() -> int:
    number = activity.info().attempt
    if number == 1:
        raise RuntimeError("not yet")
    return number


@workflow.defn(name="persist")
class PersistWorkflow:
    """Tries again after an hour what fails at first."""

    @workflow.run
    async def run(self) -> Answer:
        number = await workflow.execute_activity(attempt, **ACTIVITY_OPTIONS)
        return Answer("done at last", attempt=number)


@activity.defn
async def alone(endpoint: str, job: Job) -> Answer:
    desk = activity.client().create_nexus_client(JobDesk, endpoint)
    return await desk.execute_operation(JobDesk.work, job, id=job.id)


@workflow.defn(name="standalone")
class StandaloneWorkflow:
    """Has `work` done by the SDK's client."""

    @workflow.run
    async def run(self, endpoint: str, job: Job) -> Answer:
        return await workflow.execute_activity(
            alone, args=[endpoint, job], **ACTIVITY_OPTIONS
        )


@workflow.defn(name="work")
class WorkWorkflow:
    """Behind the operation of the same name."""

    @workflow.run
    async def run(self, job: Job) -> Answer:
        try:
            await workflow.sleep(timedelta(milliseconds=job.ms))
        except asyncio.CancelledError:
            await workflow.sleep(timedelta(minutes=10))
            raise
        return Answer(f"worked on {job.text}")


@workflow.defn(name="shared")
class SharedWorkflow:
    """Behind `join`."""

    @workflow.init
    def __init__(self, job: Job) -> None:
        self.current = job.text
        self.released = False

    @workflow.run
    async def run(self, job: Job) -> Answer:
        await workflow.wait_condition(lambda: self.released)
        return Answer(self.current)

    @workflow.query
    def text(self) -> str:
        return self.current

    @workflow.update
    async def revise(self, job: Job) -> Answer:
        await workflow.sleep(timedelta(milliseconds=job.ms))
        self.current = job.text
        return Answer(f"revised to {self.current}")

    @workflow.signal
    def release(self, last: str) -> None:
        self.current = last
        self.released = True


@workflow.defn(name="relay")
class RelayWorkflow:
    """Behind the operation of the same name."""

    @workflow.run
    async def run(self, job: Job) -> Answer:
        if not job.path:
            if job.ms > 0:
                await workflow.sleep(timedelta(milliseconds=job.ms))
            return Answer(f"{job.text} python")
        endpoint, *path = job.path
        client = workflow.create_nexus_client(service=JobDesk, endpoint=endpoint)
        passed = await client.execute_operation(JobDesk.relay, replace(job, path=path))
        return Answer(f"{passed.text} python")
