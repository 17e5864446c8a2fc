// The application: a caller's worker and a desk's.
package main

// The contract that the applications of all languages have in common; ../typescript/contract.ts explains it.

const (
	callers  = "callers"
	desks    = "desks"
	language = "go"
	service  = "JobDesk"
)

type Job struct {
	Text    string   `json:"text"`
	ID      string   `json:"id"`
	Ms      int64    `json:"ms"`
	Refusal string   `json:"refusal"`
	Times   int      `json:"times"`
	Path    []string `json:"path"`
}

type Answer struct {
	Text     string `json:"text"`
	Language string `json:"language"`
	Attempt  int    `json:"attempt"`
}

type Call struct {
	Endpoint         string `json:"endpoint"`
	Operation        string `json:"operation"`
	Job              Job    `json:"job"`
	CancellationType string `json:"cancellationType"`
	Cancel           bool   `json:"cancel"`
	ScheduleToClose  int64  `json:"scheduleToClose"`
	ScheduleToStart  int64  `json:"scheduleToStart"`
	StartToClose     int64  `json:"startToClose"`
	Linger           int64  `json:"linger"`
}

type Outcome struct {
	Answer  *Answer      `json:"answer"`
	Failure *CallFailure `json:"failure"`
	Waited  int64        `json:"waited"`
}

type CallFailure struct {
	Kind      string `json:"kind"`
	Type      string `json:"type"`
	Message   string `json:"message"`
	Endpoint  string `json:"endpoint"`
	Service   string `json:"service"`
	Operation string `json:"operation"`
}

func answer(text string) Answer {
	return Answer{Text: text, Language: language}
}
