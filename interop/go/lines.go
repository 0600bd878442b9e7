package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
)

const requestTimeout = time.Minute

// peerProgram does what the lines on standard input say.
type peerProgram struct {
	host      host.Host
	stats     testStats
	pubsub    *pubsubNode
	discovery discovery
	out       sync.Mutex
}

type request struct {
	ID      int    `json:"id"`
	Cmd     string `json:"cmd"`
	Addr    string `json:"addr"`
	Bytes   int64  `json:"bytes"`
	Up      int64  `json:"up"`
	Down    int64  `json:"down"`
	Streams int    `json:"streams"`
	Code    byte   `json:"code"`
	Topic   string `json:"topic"`
	Text    string `json:"text"`
	Group   uint64 `json:"group"`
	Parts   byte   `json:"parts"`
	Partial string `json:"partial"`
	discoveryRequest
}

type reply map[string]any

// serve returns when standard input ends.
func (p *peerProgram) serve() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err == nil {
			go p.answer(r)
		}
	}
}

func (p *peerProgram) answer(r request) {
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	result, err := p.run(ctx, r)
	if err != nil {
		result = reply{"error": err.Error()}
	}
	if result == nil {
		result = reply{}
	}
	result["id"], result["ok"] = r.ID, err == nil
	p.print(result)
	if r.Cmd == "stop" {
		os.Exit(0)
	}
}

func (p *peerProgram) print(r reply) {
	line, err := json.Marshal(r)
	exitOn(err)
	p.out.Lock()
	defer p.out.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

type command func(*peerProgram, context.Context, request) (reply, error)

// groups has what a line can ask for: a file for each group of commands.
var groups = []map[string]command{connectCommands, streamCommands, pubsubCommands, dhtCommands, mdnsCommands}

func (p *peerProgram) run(ctx context.Context, r request) (reply, error) {
	for _, commands := range groups {
		if run := commands[r.Cmd]; run != nil {
			return run(p, ctx, r)
		}
	}
	return nil, fmt.Errorf("unknown command %s", r.Cmd)
}
