package interop;

import interop.Contract.Answer;
import interop.Contract.Job;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.NexusOperationOptions;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;

/** The workflows behind the operations of the desk. */
final class DeskWorkflows {
  private DeskWorkflows() {}

  /** Behind the operation of the same name. */
  @WorkflowInterface
  public interface WorkWorkflow {
    @WorkflowMethod(name = "work")
    Answer work(Job job);
  }

  public static class WorkWorkflowImpl implements WorkWorkflow {
    @Override
    public Answer work(Job job) {
      try {
        Workflow.sleep(Duration.ofMillis(job.ms()));
      } catch (CanceledFailure canceled) {
        Workflow.newDetachedCancellationScope(() -> Workflow.sleep(Duration.ofMinutes(10))).run();
        throw canceled;
      }
      return Answer.of("worked on " + job.text());
    }
  }

  /** Behind {@code join}. */
  @WorkflowInterface
  public interface SharedWorkflow {
    @WorkflowMethod(name = "shared")
    Answer share(Job job);

    @QueryMethod
    String text();

    @UpdateMethod
    Answer revise(Job job);

    @SignalMethod
    void release(String last);
  }

  public static class SharedWorkflowImpl implements SharedWorkflow {
    private String text = "";
    private boolean released = false;

    @Override
    public Answer share(Job job) {
      text = job.text();
      Workflow.await(() -> released);
      return Answer.of(text);
    }

    @Override
    public String text() {
      return text;
    }

    @Override
    public Answer revise(Job job) {
      if (job.ms() > 0) {
        Workflow.sleep(Duration.ofMillis(job.ms()));
      }
      text = job.text();
      return Answer.of("revised to " + text);
    }

    @Override
    public void release(String last) {
      text = last;
      released = true;
    }
  }

  /** Behind the operation of the same name. */
  @WorkflowInterface
  public interface RelayWorkflow {
    @WorkflowMethod(name = "relay")
    Answer relay(Job job);
  }

  public static class RelayWorkflowImpl implements RelayWorkflow {
    @Override
    public Answer relay(Job job) {
      if (job.path().isEmpty()) {
        if (job.ms() > 0) {
          Workflow.sleep(Duration.ofMillis(job.ms()));
        }
        return Answer.of(job.text() + " java");
      }
      List<String> rest = job.path().subList(1, job.path().size());
      Job next = new Job(job.text(), job.id(), job.ms(), job.refusal(), job.times(), rest);
      NexusOperationOptions options = NexusOperationOptions.getDefaultInstance();
      Answer passed = CallerWorkflows.deskAt(job.path().get(0), options).relay(next);
      return Answer.of(passed.text() + " java");
    }
  }
}
