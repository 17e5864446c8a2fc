package interop;

import io.nexusrpc.handler.HandlerException;
import interop.Contract.Answer;
import interop.Contract.Call;
import interop.Contract.CallFailure;
import interop.Contract.Job;
import interop.Contract.JobDesk;
import interop.Contract.Outcome;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.NexusClient;
import io.temporal.client.NexusClientOptions;
import io.temporal.client.StartNexusOperationOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.NexusOperationFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Functions.Func1;
import io.temporal.workflow.NexusOperationCancellationType;
import io.temporal.workflow.NexusOperationHandle;
import io.temporal.workflow.NexusOperationOptions;
import io.temporal.workflow.NexusServiceOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The workflows of callers. */
final class CallerWorkflows {
  private static final Map<String, NexusOperationCancellationType> CANCELLATION_TYPES =
      Map.of(
          "ABANDON", NexusOperationCancellationType.ABANDON,
          "TRY_CANCEL", NexusOperationCancellationType.TRY_CANCEL,
          "WAIT_CANCELLATION_REQUESTED", NexusOperationCancellationType.WAIT_REQUESTED,
          "WAIT_CANCELLATION_COMPLETED", NexusOperationCancellationType.WAIT_COMPLETED);

  private CallerWorkflows() {}

  /** Calls one operation and tells what came of it. */
  @WorkflowInterface
  public interface CallWorkflow {
    @WorkflowMethod(name = "call")
    Outcome call(Call call);
  }

  public static class CallWorkflowImpl implements CallWorkflow {
    @Override
    public Outcome call(Call call) {
      long began = Workflow.currentTimeMillis();
      Outcome outcome = callDesk(call);
      long waited = Workflow.currentTimeMillis() - began;
      if (call.linger() > 0) {
        Workflow.sleep(Duration.ofMillis(call.linger()));
      }
      return new Outcome(outcome.answer(), outcome.failure(), waited);
    }

    private Outcome callDesk(Call call) {
      Func1<Job, Answer> operation = operationOf(call);
      List<NexusOperationHandle<Answer>> started = new ArrayList<>();
      CancellationScope scope =
          Workflow.newCancellationScope(
              () -> started.add(Workflow.startNexusOperation(operation, call.job())));
      scope.run();
      NexusOperationHandle<Answer> handle = started.get(0);
      try {
        if (call.cancel()) {
          handle.getExecution().get();
          scope.cancel();
        }
        return new Outcome(handle.getResult().get(), null, 0);
      } catch (NexusOperationFailure failure) {
        return new Outcome(null, describe(failure), 0);
      }
    }
  }

  private static Func1<Job, Answer> operationOf(Call call) {
    NexusOperationOptions options =
        NexusOperationOptions.newBuilder()
            .setScheduleToCloseTimeout(duration(call.scheduleToClose()))
            .setScheduleToStartTimeout(duration(call.scheduleToStart()))
            .setStartToCloseTimeout(duration(call.startToClose()))
            .setCancellationType(CANCELLATION_TYPES.get(call.cancellationType()))
            .build();
    JobDesk desk = deskAt(call.endpoint(), options);
    Map<String, Func1<Job, Answer>> operations =
        Map.of(
            "echo", desk::echo,
            "work", desk::work,
            "refuse", desk::refuse,
            "join", desk::join,
            "release", desk::release,
            "ask", desk::ask,
            "adjust", desk::adjust,
            "revise", desk::revise,
            "relay", desk::relay);
    return operations.get(call.operation());
  }

  static JobDesk deskAt(String endpoint, NexusOperationOptions options) {
    return Workflow.newNexusServiceStub(
        JobDesk.class,
        NexusServiceOptions.newBuilder()
            .setEndpoint(endpoint)
            .setOperationOptions(options)
            .build());
  }

  private static Duration duration(long ms) {
    return ms > 0 ? Duration.ofMillis(ms) : null;
  }

  private static CallFailure describe(NexusOperationFailure failure) {
    Throwable cause = failure.getCause();
    String kind = "other";
    String type = cause.getClass().getSimpleName();
    if (cause instanceof HandlerException error) {
      kind = "handler";
      type = error.getRawErrorType();
    } else if (cause instanceof ApplicationFailure error) {
      kind = "application";
      type = error.getType();
    } else if (cause instanceof CanceledFailure) {
      kind = "canceled";
      type = "";
    } else if (cause instanceof TimeoutFailure error) {
      kind = "timeout";
      type = error.getTimeoutType().name().replace("TIMEOUT_TYPE_", "");
    } else if (cause instanceof TerminatedFailure) {
      kind = "terminated";
      type = "";
    }
    return new CallFailure(
        kind,
        type,
        String.join(": ", messages(cause)),
        failure.getEndpoint(),
        failure.getService(),
        failure.getOperation());
  }

  private static List<String> messages(Throwable error) {
    List<String> all = new ArrayList<>();
    for (Throwable each = error; each != null; each = each.getCause()) {
      all.add(String.valueOf(each.getMessage()));
    }
    return all;
  }

  /** Does nothing for a while. */
  @WorkflowInterface
  public interface RestWorkflow {
    @WorkflowMethod(name = "rest")
    Answer rest(long ms);
  }

  public static class RestWorkflowImpl implements RestWorkflow {
    @Override
    public Answer rest(long ms) {
      Workflow.sleep(Duration.ofMillis(ms));
      return Answer.of("rested");
    }
  }

  @ActivityInterface
  public interface Activities {
    int attempt();

    Answer alone(String endpoint, Job job);
  }

  public static class ActivitiesImpl implements Activities {
    @Override
    public int attempt() {
      int number = Activity.getExecutionContext().getInfo().getAttempt();
      if (number == 1) {
        throw new IllegalStateException("not yet");
      }
      return number;
    }

    @Override
    public Answer alone(String endpoint, Job job) {
      WorkflowClient client = Activity.getExecutionContext().getWorkflowClient();
      NexusClientOptions options =
          NexusClientOptions.newBuilder()
              .setNamespace(client.getOptions().getNamespace())
              .build();
      return NexusClient.newInstance(client.getWorkflowServiceStubs(), options)
          .newNexusServiceClient(JobDesk.class, endpoint)
          .execute(
              JobDesk::work, StartNexusOperationOptions.newBuilder().setId(job.id()).build(), job);
    }
  }

  private static Activities newActivities() {
    return Workflow.newActivityStub(
        Activities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofMinutes(1))
            .setRetryOptions(
                RetryOptions.newBuilder().setInitialInterval(Duration.ofHours(1)).build())
            .build());
  }

  /** Tries again after an hour what fails at first. */
  @WorkflowInterface
  public interface PersistWorkflow {
    @WorkflowMethod(name = "persist")
    Answer persist();
  }

  public static class PersistWorkflowImpl implements PersistWorkflow {
    @Override
    public Answer persist() {
      return new Answer("done at last", Contract.LANGUAGE, newActivities().attempt());
    }
  }

  /** Has {@code work} done by the SDK's client. */
  @WorkflowInterface
  public interface StandaloneWorkflow {
    @WorkflowMethod(name = "standalone")
    Answer standalone(String endpoint, Job job);
  }

  public static class StandaloneWorkflowImpl implements StandaloneWorkflow {
    @Override
    public Answer standalone(String endpoint, Job job) {
      return newActivities().alone(endpoint, job);
    }
  }
}
