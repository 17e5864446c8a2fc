package main

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// The workflows behind the operations of the desk.

// work is behind the operation of the same name.
func work(ctx workflow.Context, job Job) (Answer, error) {
	err := workflow.Sleep(ctx, ms(job.Ms))
	if temporal.IsCanceledError(err) {
		rest, cancel := workflow.NewDisconnectedContext(ctx)
		defer cancel()
		err = errors.Join(workflow.Sleep(rest, 10*time.Minute), err)
	}
	return answer("worked on " + job.Text), err
}

// shared is behind join.
func shared(ctx workflow.Context, job Job) (Answer, error) {
	text := job.Text
	if err := workflow.SetQueryHandler(ctx, "text", func() (string, error) { return text, nil }); err != nil {
		return Answer{}, err
	}
	err := workflow.SetUpdateHandler(ctx, "revise", func(ctx workflow.Context, job Job) (Answer, error) {
		if err := workflow.Sleep(ctx, ms(job.Ms)); err != nil {
			return Answer{}, err
		}
		text = job.Text
		return answer("revised to " + text), nil
	})
	if err != nil {
		return Answer{}, err
	}
	workflow.GetSignalChannel(ctx, "release").Receive(ctx, &text)
	return answer(text), nil
}

// relay is behind the operation of the same name.
func relay(ctx workflow.Context, job Job) (Answer, error) {
	if len(job.Path) == 0 {
		return answer(job.Text + " " + language), workflow.Sleep(ctx, ms(job.Ms))
	}
	next := workflow.NewNexusClient(job.Path[0], service)
	job.Path = job.Path[1:]
	var passed Answer
	err := next.ExecuteOperation(ctx, "relay", job, workflow.NexusOperationOptions{}).Get(ctx, &passed)
	return answer(passed.Text + " " + language), err
}
