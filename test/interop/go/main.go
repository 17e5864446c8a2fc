package main

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
)

// Runs until its standard input ends.
func main() {
	address := flag.String("address", "localhost:7233", "where the server is")
	flag.Parse()

	caller := newWorker(*address, callers)
	caller.RegisterWorkflow(call)
	caller.RegisterWorkflow(rest)
	caller.RegisterWorkflow(persist)
	caller.RegisterWorkflow(standalone)
	caller.RegisterActivity(attempt)
	caller.RegisterActivity(alone)

	handler := newWorker(*address, desks)
	handler.RegisterWorkflow(work)
	handler.RegisterWorkflow(shared)
	handler.RegisterWorkflow(relay)
	handler.RegisterNexusService(newDesk())

	for _, each := range []worker.Worker{caller, handler} {
		must(each.Start())
		defer each.Stop()
	}
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	must(err)
}

func newWorker(address, namespace string) worker.Worker {
	errorsOnly := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})
	connection, err := client.Dial(client.Options{
		HostPort:  address,
		Namespace: namespace,
		Logger:    log.NewStructuredLogger(slog.New(errorsOnly)),
	})
	must(err)
	return worker.New(connection, language, worker.Options{})
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
