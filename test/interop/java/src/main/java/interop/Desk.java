package interop;

import interop.Contract.Answer;
import interop.Contract.Job;
import interop.Contract.JobDesk;
import interop.DeskWorkflows.RelayWorkflow;
import interop.DeskWorkflows.SharedWorkflow;
import interop.DeskWorkflows.WorkWorkflow;
import io.nexusrpc.OperationException;
import io.nexusrpc.handler.HandlerException;
import io.nexusrpc.handler.HandlerException.ErrorType;
import io.nexusrpc.handler.OperationHandler;
import io.nexusrpc.handler.OperationImpl;
import io.nexusrpc.handler.ServiceImpl;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.failure.ApplicationFailure;
import io.temporal.nexus.Nexus;
import io.temporal.nexus.TemporalOperationHandler;
import io.temporal.nexus.WorkflowRunOperation;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The desk: how each operation of the contract is carried out. */
@ServiceImpl(service = JobDesk.class)
public final class Desk {
  private final Map<String, Integer> attempts = new ConcurrentHashMap<>();

  @OperationImpl
  public OperationHandler<Job, Answer> echo() {
    return OperationHandler.sync((context, details, job) -> Answer.of(job.text()));
  }

  @OperationImpl
  public OperationHandler<Job, Answer> work() {
    return WorkflowRunOperation.fromWorkflowMethod(
        (context, details, job) -> {
          WorkflowOptions options = WorkflowOptions.newBuilder().setWorkflowId(job.id()).build();
          return client().newWorkflowStub(WorkWorkflow.class, options)::work;
        });
  }

  @OperationImpl
  public OperationHandler<Job, Answer> refuse() {
    return OperationHandler.sync(
        (context, details, job) -> {
          int attempt = attempts.merge(job.id(), 1, Integer::sum);
          if (attempt <= job.times()) {
            refuse(job.refusal());
          }
          return new Answer("accepted", Contract.LANGUAGE, attempt);
        });
  }

  private static void refuse(String refusal) throws OperationException {
    switch (refusal) {
      case "plain" -> throw new IllegalStateException("refused");
      case "application" ->
          throw ApplicationFailure.newNonRetryableFailure("refused", "Refusal");
      case "failed" -> throw OperationException.failed("refused");
      case "canceled" -> throw OperationException.canceled("refused");
      default -> {
        Throwable cause = null;
        throw new HandlerException(ErrorType.valueOf(refusal), "refused", cause);
      }
    }
  }

  @OperationImpl
  public OperationHandler<Job, Answer> join() {
    return WorkflowRunOperation.fromWorkflowMethod(
        (context, details, job) -> {
          WorkflowOptions options =
              WorkflowOptions.newBuilder()
                  .setWorkflowId(job.id())
                  .setWorkflowIdConflictPolicy(
                      WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                  .build();
          return client().newWorkflowStub(SharedWorkflow.class, options)::share;
        });
  }

  @OperationImpl
  public OperationHandler<Job, Answer> release() {
    return OperationHandler.sync(
        (context, details, job) -> {
          run(job).release(job.text());
          return Answer.of("released");
        });
  }

  @OperationImpl
  public OperationHandler<Job, Answer> ask() {
    return OperationHandler.sync((context, details, job) -> Answer.of(run(job).text()));
  }

  @OperationImpl
  public OperationHandler<Job, Answer> adjust() {
    return OperationHandler.sync((context, details, job) -> run(job).revise(job));
  }

  @OperationImpl
  public OperationHandler<Job, Answer> revise() {
    return TemporalOperationHandler.create(
        (context, client, job) ->
            client.startWorkflowUpdate(
                SharedWorkflow.class,
                job.id(),
                SharedWorkflow::revise,
                job,
                UpdateOptions.newBuilder(Answer.class)
                    .setUpdateName("revise")
                    .setWaitForStage(WorkflowUpdateStage.ACCEPTED)
                    .build()));
  }

  @OperationImpl
  public OperationHandler<Job, Answer> relay() {
    return WorkflowRunOperation.fromWorkflowMethod(
        (context, details, job) -> {
          WorkflowOptions options =
              WorkflowOptions.newBuilder()
                  .setWorkflowId("relay-" + details.getRequestId())
                  .build();
          return client().newWorkflowStub(RelayWorkflow.class, options)::relay;
        });
  }

  private static SharedWorkflow run(Job job) {
    return client().newWorkflowStub(SharedWorkflow.class, job.id());
  }

  private static WorkflowClient client() {
    return Nexus.getOperationContext().getWorkflowClient();
  }
}
