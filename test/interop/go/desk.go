package main

import (
	"context"
	"errors"
	"sync"

	"github.com/nexus-rpc/sdk-go/nexus"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/temporalnexus"
)

// The desk: how each operation of the contract is carried out.

func newDesk() *nexus.Service {
	desk := nexus.NewService(service)
	attempts := counter{counts: map[string]int{}}
	desk.MustRegister(
		nexus.NewSyncOperation("echo", func(_ context.Context, job Job, _ nexus.StartOperationOptions) (Answer, error) {
			return answer(job.Text), nil
		}),
		temporalnexus.NewWorkflowRunOperation("work", work, func(_ context.Context, job Job, _ nexus.StartOperationOptions) (client.StartWorkflowOptions, error) {
			return client.StartWorkflowOptions{ID: job.ID}, nil
		}),
		nexus.NewSyncOperation("refuse", func(_ context.Context, job Job, _ nexus.StartOperationOptions) (Answer, error) {
			attempt := attempts.next(job.ID)
			if attempt <= job.Times {
				return Answer{}, refusal(job.Refusal)
			}
			return Answer{Text: "accepted", Language: language, Attempt: attempt}, nil
		}),
		temporalnexus.NewWorkflowRunOperation("join", shared, func(_ context.Context, job Job, _ nexus.StartOperationOptions) (client.StartWorkflowOptions, error) {
			return client.StartWorkflowOptions{
				ID:                       job.ID,
				WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
			}, nil
		}),
		nexus.NewSyncOperation("release", func(ctx context.Context, job Job, _ nexus.StartOperationOptions) (Answer, error) {
			return answer("released"), temporalnexus.GetClient(ctx).SignalWorkflow(ctx, job.ID, "", "release", job.Text)
		}),
		nexus.NewSyncOperation("ask", func(ctx context.Context, job Job, _ nexus.StartOperationOptions) (Answer, error) {
			value, err := temporalnexus.GetClient(ctx).QueryWorkflow(ctx, job.ID, "", "text")
			if err != nil {
				return Answer{}, err
			}
			result := answer("")
			return result, value.Get(&result.Text)
		}),
		nexus.NewSyncOperation("adjust", func(ctx context.Context, job Job, _ nexus.StartOperationOptions) (Answer, error) {
			options := revision(job)
			options.WaitForStage = client.WorkflowUpdateStageCompleted
			handle, err := temporalnexus.GetClient(ctx).UpdateWorkflow(ctx, options)
			if err != nil {
				return Answer{}, err
			}
			var result Answer
			return result, handle.Get(ctx, &result)
		}),
		temporalnexus.MustNewTemporalOperation(temporalnexus.TemporalOperationOptions[Job, Answer]{
			Name: "revise",
			Start: func(ctx context.Context, desk temporalnexus.NexusClient, job Job, _ temporalnexus.StartTemporalOperationOptions) (temporalnexus.TemporalOperationResult[Answer], error) {
				options := revision(job)
				options.WaitForStage = client.WorkflowUpdateStageAccepted
				return temporalnexus.StartUpdateWorkflow[Answer](ctx, desk, options)
			},
		}),
		temporalnexus.NewWorkflowRunOperation("relay", relay, func(_ context.Context, _ Job, options nexus.StartOperationOptions) (client.StartWorkflowOptions, error) {
			return client.StartWorkflowOptions{ID: "relay-" + options.RequestID}, nil
		}),
	)
	return desk
}

func revision(job Job) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{WorkflowID: job.ID, UpdateName: "revise", Args: []any{job}}
}

func refusal(kind string) error {
	switch kind {
	case "plain":
		return errors.New("refused")
	case "application":
		return temporal.NewNonRetryableApplicationError("refused", "Refusal", nil)
	case "failed":
		return nexus.NewOperationFailedError("refused")
	case "canceled":
		return nexus.NewOperationCanceledError("refused")
	default:
		return nexus.NewHandlerErrorf(nexus.HandlerErrorType(kind), "refused")
	}
}

type counter struct {
	lock   sync.Mutex
	counts map[string]int
}

func (c *counter) next(id string) int {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.counts[id]++
	return c.counts[id]
}
