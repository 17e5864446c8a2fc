package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nexus-rpc/sdk-go/nexus"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// The workflows of callers.

var cancellationTypes = map[string]workflow.NexusOperationCancellationType{
	"ABANDON":                     workflow.NexusOperationCancellationTypeAbandon,
	"TRY_CANCEL":                  workflow.NexusOperationCancellationTypeTryCancel,
	"WAIT_CANCELLATION_REQUESTED": workflow.NexusOperationCancellationTypeWaitRequested,
	"WAIT_CANCELLATION_COMPLETED": workflow.NexusOperationCancellationTypeWaitCompleted,
}

var timeoutTypes = map[enums.TimeoutType]string{
	enums.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE: "SCHEDULE_TO_CLOSE",
	enums.TIMEOUT_TYPE_SCHEDULE_TO_START: "SCHEDULE_TO_START",
	enums.TIMEOUT_TYPE_START_TO_CLOSE:    "START_TO_CLOSE",
}

func ms(count int64) time.Duration {
	return time.Duration(count) * time.Millisecond
}

// call calls one operation and tells what came of it.
func call(ctx workflow.Context, input Call) (Outcome, error) {
	began := workflow.Now(ctx)
	outcome, err := callDesk(ctx, input)
	if err != nil {
		return Outcome{}, err
	}
	outcome.Waited = workflow.Now(ctx).Sub(began).Milliseconds()
	return outcome, workflow.Sleep(ctx, ms(input.Linger))
}

func callDesk(ctx workflow.Context, input Call) (Outcome, error) {
	scope, cancel := workflow.WithCancel(ctx)
	defer cancel()
	desk := workflow.NewNexusClient(input.Endpoint, service)
	future := desk.ExecuteOperation(scope, input.Operation, input.Job, workflow.NexusOperationOptions{
		ScheduleToCloseTimeout: ms(input.ScheduleToClose),
		ScheduleToStartTimeout: ms(input.ScheduleToStart),
		StartToCloseTimeout:    ms(input.StartToClose),
		CancellationType:       cancellationTypes[input.CancellationType],
	})
	if input.Cancel {
		if err := future.GetNexusOperationExecution().Get(ctx, nil); err != nil {
			return Outcome{}, err
		}
		cancel()
	}
	var result Answer
	err := future.Get(ctx, &result)
	var failure *temporal.NexusOperationError
	switch {
	case errors.As(err, &failure):
		return Outcome{Failure: describe(failure)}, nil
	case temporal.IsCanceledError(err):
		// Whoever does not wait for the desk's word gets the bare error.
		return Outcome{Failure: describe(&temporal.NexusOperationError{
			Endpoint:  input.Endpoint,
			Service:   service,
			Operation: input.Operation,
			Cause:     err,
		})}, nil
	default:
		return Outcome{Answer: &result}, err
	}
}

func describe(failure *temporal.NexusOperationError) *CallFailure {
	kind, typ := causeOf(failure.Cause)
	return &CallFailure{
		Kind:      kind,
		Type:      typ,
		Message:   strings.Join(messages(failure.Cause), ": "),
		Endpoint:  failure.Endpoint,
		Service:   failure.Service,
		Operation: failure.Operation,
	}
}

func causeOf(cause error) (kind, typ string) {
	switch cause := cause.(type) {
	case *nexus.HandlerError:
		return "handler", string(cause.Type)
	case *temporal.ApplicationError:
		return "application", cause.Type()
	case *temporal.CanceledError:
		return "canceled", ""
	case *temporal.TimeoutError:
		return "timeout", timeoutTypes[cause.TimeoutType()]
	case *temporal.TerminatedError:
		return "terminated", ""
	default:
		return "other", fmt.Sprintf("%T", cause)
	}
}

func messages(err error) []string {
	if err == nil {
		return nil
	}
	return append([]string{err.Error()}, messages(errors.Unwrap(err))...)
}

// rest does nothing for a while.
func rest(ctx workflow.Context, duration int64) (Answer, error) {
	return answer("rested"), workflow.Sleep(ctx, ms(duration))
}

// persist tries again after an hour what fails at first.
func persist(ctx workflow.Context) (Answer, error) {
	result := answer("done at last")
	err := workflow.ExecuteActivity(withActivityOptions(ctx), attempt).Get(ctx, &result.Attempt)
	return result, err
}

// standalone has work done by the SDK's client.
func standalone(ctx workflow.Context, endpoint string, job Job) (Answer, error) {
	var result Answer
	err := workflow.ExecuteActivity(withActivityOptions(ctx), alone, endpoint, job).Get(ctx, &result)
	return result, err
}

func withActivityOptions(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Hour},
	})
}

func attempt(ctx context.Context) (int32, error) {
	number := activity.GetInfo(ctx).Attempt
	if number == 1 {
		return 0, errors.New("not yet")
	}
	return number, nil
}

func alone(ctx context.Context, endpoint string, job Job) (Answer, error) {
	desk, err := activity.GetClient(ctx).NewNexusClient(client.NexusClientOptions{Endpoint: endpoint, Service: service})
	if err != nil {
		return Answer{}, err
	}
	operation, err := desk.ExecuteOperation(ctx, "work", job, client.StartNexusOperationOptions{ID: job.ID})
	if err != nil {
		return Answer{}, err
	}
	var result Answer
	err = operation.Get(ctx, &result)
	return result, err
}
