"""The desk: how each operation of the contract is carried out."""

from collections import Counter

import nexusrpc
from nexusrpc.handler import StartOperationContext, service_handler, sync_operation
from temporalio import nexus
from temporalio.client import WorkflowUpdateStage
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from contract import Answer, Job, JobDesk
from workflows import RelayWorkflow, SharedWorkflow, WorkWorkflow


@service_handler(service=JobDesk)
class Desk:
    def __init__(self) -> None:
        self.attempts: Counter[str] = Counter()

    @sync_operation
    async def echo(self, ctx: StartOperationContext, job: Job) -> Answer:
        return Answer(job.text)

    @nexus.workflow_run_operation
    async def work(
        self, ctx: nexus.WorkflowRunOperationContext, job: Job
    ) -> nexus.WorkflowHandle[Answer]:
        return await ctx.start_workflow(WorkWorkflow.run, job, id=job.id)

    @sync_operation
    async def refuse(self, ctx: StartOperationContext, job: Job) -> Answer:
        self.attempts[job.id] += 1
        if self.attempts[job.id] <= job.times:
            raise refusal(job.refusal)
        return Answer("accepted", attempt=self.attempts[job.id])

    @nexus.workflow_run_operation
    async def join(
        self, ctx: nexus.WorkflowRunOperationContext, job: Job
    ) -> nexus.WorkflowHandle[Answer]:
        return await ctx.start_workflow(
            SharedWorkflow.run,
            job,
            id=job.id,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

    @sync_operation
    async def release(self, ctx: StartOperationContext, job: Job) -> Answer:
        run = nexus.client().get_workflow_handle_for(SharedWorkflow.run, job.id)
        await run.signal(SharedWorkflow.release, job.text)
        return Answer("released")

    @sync_operation
    async def ask(self, ctx: StartOperationContext, job: Job) -> Answer:
        run = nexus.client().get_workflow_handle_for(SharedWorkflow.run, job.id)
        return Answer(await run.query(SharedWorkflow.text))

    @sync_operation
    async def adjust(self, ctx: StartOperationContext, job: Job) -> Answer:
        run = nexus.client().get_workflow_handle_for(SharedWorkflow.run, job.id)
        return await run.execute_update(SharedWorkflow.revise, job)

    @nexus.temporal_operation
    async def revise(
        self,
        ctx: nexus.TemporalStartOperationContext,
        client: nexus.TemporalNexusClient,
        job: Job,
    ) -> nexus.TemporalOperationResult[Answer]:
        return await client.start_workflow_update(
            job.id,
            SharedWorkflow.revise,
            job,
            wait_for_stage=WorkflowUpdateStage.ACCEPTED,
        )

    @nexus.workflow_run_operation
    async def relay(
        self, ctx: nexus.WorkflowRunOperationContext, job: Job
    ) -> nexus.WorkflowHandle[Answer]:
        return await ctx.start_workflow(
            RelayWorkflow.run, job, id=f"relay-{ctx.request_id}"
        )


def refusal(kind: str) -> Exception:
    if kind == "plain":
        return RuntimeError("refused")
    if kind == "application":
        return ApplicationError("refused", type="Refusal", non_retryable=True)
    if kind in ("failed", "canceled"):
        return nexusrpc.OperationError(
            "refused", state=nexusrpc.OperationErrorState(kind)
        )
    return nexusrpc.HandlerError("refused", type=nexusrpc.HandlerErrorType(kind))
