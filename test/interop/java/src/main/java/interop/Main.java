package interop;

import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The application: a caller's worker and a desk's. Runs until its standard input ends. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws IOException {
    int at = List.of(arguments).indexOf("--address");
    WorkflowServiceStubs service =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder()
                .setTarget(at == -1 ? "localhost:7233" : arguments[at + 1])
                .build());
    WorkerFactory caller = factory(service, Contract.CALLERS);
    Worker callers = caller.newWorker(Contract.LANGUAGE);
    callers.registerWorkflowImplementationTypes(
        CallerWorkflows.CallWorkflowImpl.class,
        CallerWorkflows.RestWorkflowImpl.class,
        CallerWorkflows.PersistWorkflowImpl.class,
        CallerWorkflows.StandaloneWorkflowImpl.class);
    callers.registerActivitiesImplementations(new CallerWorkflows.ActivitiesImpl());

    WorkerFactory handler = factory(service, Contract.DESKS);
    Worker desks = handler.newWorker(Contract.LANGUAGE);
    desks.registerWorkflowImplementationTypes(
        DeskWorkflows.WorkWorkflowImpl.class,
        DeskWorkflows.SharedWorkflowImpl.class,
        DeskWorkflows.RelayWorkflowImpl.class);
    desks.registerNexusServiceImplementation(new Desk());

    List<WorkerFactory> factories = List.of(caller, handler);
    factories.forEach(WorkerFactory::start);
    System.out.println("ready");
    System.in.transferTo(OutputStream.nullOutputStream());
    factories.forEach(WorkerFactory::shutdown);
    factories.forEach(each -> each.awaitTermination(1, TimeUnit.MINUTES));
    service.shutdown();
  }

  private static WorkerFactory factory(WorkflowServiceStubs service, String namespace) {
    WorkflowClientOptions options =
        WorkflowClientOptions.newBuilder().setNamespace(namespace).build();
    return WorkerFactory.newInstance(WorkflowClient.newInstance(service, options));
  }
}
