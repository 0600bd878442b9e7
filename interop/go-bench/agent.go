package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/transport"
)

// agent does what the lines on standard input say.
type agent struct {
	dialer   transport.Transport
	readings *readings

	mu    sync.Mutex
	conns []transport.CapableConn
	// gossipers are the nodes of publish/subscribe.
	gossipers []*gossiper
	out       sync.Mutex
}

type request struct {
	ID         int     `json:"id"`
	Cmd        string  `json:"cmd"`
	Addr       string  `json:"addr"`
	Streams    int     `json:"streams"`
	ChunkBytes int     `json:"chunkBytes"`
	WarmupMs   float64 `json:"warmupMs"`
	DurationMs float64 `json:"durationMs"`
	Parallel   int     `json:"parallel"`
	// Of publish/subscribe: First is the number of the first node here, of Total in all processes.
	Count  int      `json:"count"`
	First  int      `json:"first"`
	Total  int      `json:"total"`
	Signed bool     `json:"signed"`
	Addrs  []string `json:"addrs"`
	Window int      `json:"window"`
	Bytes  int      `json:"bytes"`
}

type reply map[string]any

func (a *agent) serve(addr, version string) {
	a.print(reply{"ready": true, "addr": addr, "version": version})
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err == nil {
			go a.answer(r)
		}
	}
}

func (a *agent) answer(r request) {
	result, err := a.run(context.Background(), r)
	if err != nil {
		a.print(reply{"id": r.ID, "ok": false, "error": err.Error()})
		return
	}
	if result == nil {
		result = reply{}
	}
	result["id"], result["ok"] = r.ID, true
	a.print(result)
}

func (a *agent) print(r reply) {
	line, err := json.Marshal(r)
	if err != nil {
		return
	}
	a.out.Lock()
	defer a.out.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

func (a *agent) run(ctx context.Context, r request) (reply, error) {
	switch r.Cmd {
	case "upload":
		return nil, a.upload(ctx, r)
	case "download":
		return nil, a.download(ctx, r)
	case "measure":
		return a.readings.measure(milliseconds(r.WarmupMs), milliseconds(r.DurationMs)), nil
	case "echo":
		return a.pingPong(ctx, r)
	case "streams":
		return a.streams(ctx, r)
	case "dial":
		return repeat(r, 1, func() error { return a.dialOnce(ctx, r.Addr, messageBytes) })
	case "firstByte":
		startedAt := time.Now()
		err := a.dialOnce(ctx, r.Addr, 1)
		return reply{"ms": time.Since(startedAt).Seconds() * 1000}, err
	case "gossipNodes":
		return a.gossipNodes(ctx, r)
	case "gossipDial":
		return a.gossipDial(ctx, r)
	case "gossipReady":
		return a.gossipReady(ctx, r)
	case "gossipRun":
		return a.gossipRun(ctx, r)
	case "stop":
		a.stop()
		return nil, nil
	}
	return nil, fmt.Errorf("unknown command %s", r.Cmd)
}

// connect dials and keeps the connection until stop.
func (a *agent) connect(ctx context.Context, addr string) (transport.CapableConn, error) {
	conn, err := a.dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.conns = append(a.conns, conn)
	return conn, nil
}

func (a *agent) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, conn := range a.conns {
		conn.Close()
	}
	a.conns = nil
}

func (a *agent) upload(ctx context.Context, r request) error {
	conn, err := a.connect(ctx, r.Addr)
	if err != nil {
		return err
	}
	streams := make([]network.MuxedStream, r.Streams)
	for i := range streams {
		if streams[i], err = conn.OpenStream(ctx); err != nil {
			return err
		}
	}
	for _, stream := range streams {
		go write(selected(stream, sinkProtocol), r.ChunkBytes)
	}
	return nil
}

func (a *agent) download(ctx context.Context, r request) error {
	conn, err := a.connect(ctx, r.Addr)
	if err != nil {
		return err
	}
	stream, err := conn.OpenStream(ctx)
	if err != nil {
		return err
	}
	negotiated := selected(stream, sourceProtocol)
	if _, err := fmt.Fprintf(negotiated, "%d", r.ChunkBytes); err != nil {
		return err
	}
	go a.readings.read(negotiated)
	return nil
}

func milliseconds(ms float64) time.Duration {
	return time.Duration(ms * float64(time.Millisecond))
}
