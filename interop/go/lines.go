package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
)

const requestTimeout = time.Minute

// peerProgram does what the lines on standard input say.
type peerProgram struct {
	host     host.Host
	resets   atomic.Int64
	received atomic.Int64
	out      sync.Mutex
}

type request struct {
	ID      int    `json:"id"`
	Cmd     string `json:"cmd"`
	Addr    string `json:"addr"`
	Bytes   int64  `json:"bytes"`
	Up      int64  `json:"up"`
	Down    int64  `json:"down"`
	Streams int    `json:"streams"`
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

func (p *peerProgram) run(ctx context.Context, r request) (reply, error) {
	switch r.Cmd {
	case "info":
		return p.info(), nil
	case "dial":
		return p.dial(ctx, r)
	case "ping":
		return p.ping(ctx, r)
	case "identify":
		return p.identify(ctx, r)
	case "echo":
		return p.echo(ctx, r)
	case "parallel":
		return p.parallel(ctx, r)
	case "count":
		return p.count(ctx, r)
	case "greet":
		return p.askGreeting(ctx, r)
	case "reset":
		return p.askReset(ctx, r)
	case "sendReset":
		return nil, p.sendReset(ctx, r)
	case "perf":
		return p.perf(ctx, r)
	case "stats":
		return reply{"resets": p.resets.Load(), "received": p.received.Load()}, nil
	case "connections":
		return reply{"count": len(p.host.Network().Conns())}, nil
	case "stop":
		return nil, p.host.Close()
	}
	return nil, fmt.Errorf("unknown command %s", r.Cmd)
}
