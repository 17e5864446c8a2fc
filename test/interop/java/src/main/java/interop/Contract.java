package interop;

import io.nexusrpc.Operation;
import io.nexusrpc.Service;
import java.util.List;

/** What the applications of all languages have in common; contract.ts of the one in TypeScript explains it. */
public final class Contract {
  static final String CALLERS = "callers";
  static final String DESKS = "desks";
  static final String LANGUAGE = "java";

  private Contract() {}

  public record Job(String text, String id, long ms, String refusal, int times, List<String> path) {}

  public record Answer(String text, String language, int attempt) {
    static Answer of(String text) {
      return new Answer(text, LANGUAGE, 0);
    }
  }

  @Service(name = "JobDesk")
  public interface JobDesk {
    @Operation
    Answer echo(Job job);

    @Operation
    Answer work(Job job);

    @Operation
    Answer refuse(Job job);

    @Operation
    Answer join(Job job);

    @Operation
    Answer release(Job job);

    @Operation
    Answer ask(Job job);

    @Operation
    Answer adjust(Job job);

    @Operation
    Answer revise(Job job);

    @Operation
    Answer relay(Job job);
  }

  public record Call(
      String endpoint,
      String operation,
      Job job,
      String cancellationType,
      boolean cancel,
      long scheduleToClose,
      long scheduleToStart,
      long startToClose,
      long linger) {}

  public record Outcome(Answer answer, CallFailure failure, long waited) {}

  public record CallFailure(
      String kind, String type, String message, String endpoint, String service, String operation) {}
}
