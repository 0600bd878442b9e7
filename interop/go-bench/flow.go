package main

import (
	"context"
	"io"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/core/transport"
	"github.com/multiformats/go-multistream"
)

const (
	messageBytes = 32
	bufferBytes  = 64 * 1024
)

// selected negotiates with the first bytes, as the host does for a peer whose protocols it knows.
func selected(stream network.MuxedStream, id protocol.ID) io.ReadWriteCloser {
	return multistream.NewMSSelect(stream, id)
}

func echo(stream network.MuxedStream) {
	buffer := make([]byte, bufferBytes)
	for {
		n, err := stream.Read(buffer)
		if n > 0 {
			if _, err := stream.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// source writes chunks of the size that is asked for, until the stream is cut.
func source(stream network.MuxedStream) {
	buffer := make([]byte, 20)
	n, err := stream.Read(buffer)
	if err != nil {
		return
	}
	if chunkBytes, err := strconv.Atoi(string(buffer[:n])); err == nil {
		write(stream, chunkBytes)
	}
}

func write(to io.Writer, chunkBytes int) {
	chunk := make([]byte, chunkBytes)
	for {
		if _, err := to.Write(chunk); err != nil {
			return
		}
	}
}

// readings counts bytes, stream by stream.
type readings struct {
	mu      sync.Mutex
	streams map[*atomic.Int64]struct{}
}

func newReadings() *readings {
	return &readings{streams: map[*atomic.Int64]struct{}{}}
}

func (r *readings) read(from io.Reader) {
	counter := &atomic.Int64{}
	r.mu.Lock()
	r.streams[counter] = struct{}{}
	r.mu.Unlock()
	buffer := make([]byte, bufferBytes)
	for {
		n, err := from.Read(buffer)
		counter.Add(int64(n))
		if err != nil {
			break
		}
	}
	r.mu.Lock()
	delete(r.streams, counter)
	r.mu.Unlock()
}

func (r *readings) snapshot() map[*atomic.Int64]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	counts := make(map[*atomic.Int64]int64, len(r.streams))
	for counter := range r.streams {
		counts[counter] = counter.Load()
	}
	return counts
}

func (r *readings) measure(warmup, duration time.Duration) reply {
	time.Sleep(warmup)
	before, startedAt := r.snapshot(), time.Now()
	time.Sleep(duration)
	after, elapsed := r.snapshot(), time.Since(startedAt)
	total, deltas := int64(0), make([]int64, 0, len(after))
	for counter, count := range after {
		delta := count - before[counter]
		total += delta
		deltas = append(deltas, delta)
	}
	slices.Sort(deltas)
	slowest := 0.0
	if len(deltas) > 0 && deltas[len(deltas)/2] > 0 {
		slowest = float64(deltas[0]) / float64(deltas[len(deltas)/2])
	}
	return reply{"bytes": total, "ms": elapsed.Seconds() * 1000, "slowestToMedian": slowest, "allocatedBytes": 0}
}

// window counts what happens in a span of time after a warm-up.
type window struct {
	from, to time.Time
	count    atomic.Int64
}

func newWindow(r request) *window {
	from := time.Now().Add(milliseconds(r.WarmupMs))
	return &window{from: from, to: from.Add(milliseconds(r.DurationMs))}
}

// tick is false once the time is over.
func (w *window) tick() bool {
	now := time.Now()
	if now.After(w.from) && now.Before(w.to) {
		w.count.Add(1)
	}
	return now.Before(w.to)
}

func (w *window) result() reply {
	return reply{"count": w.count.Load(), "ms": w.to.Sub(w.from).Seconds() * 1000}
}

// repeat does something again and again, some of it at a time.
func repeat(r request, parallel int, once func() error) (reply, error) {
	w := newWindow(r)
	failures := make(chan error, parallel)
	for range parallel {
		go func() {
			err := once()
			for err == nil && w.tick() {
				err = once()
			}
			failures <- err
		}()
	}
	for range parallel {
		if err := <-failures; err != nil {
			return nil, err
		}
	}
	return w.result(), nil
}

func (a *agent) pingPong(ctx context.Context, r request) (reply, error) {
	conn, err := a.connect(ctx, r.Addr)
	if err != nil {
		return nil, err
	}
	stream, err := conn.OpenStream(ctx)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	negotiated, message := selected(stream, echoProtocol), make([]byte, messageBytes)
	return repeat(r, 1, func() error { return roundTrip(negotiated, message) })
}

func (a *agent) streams(ctx context.Context, r request) (reply, error) {
	conn, err := a.connect(ctx, r.Addr)
	if err != nil {
		return nil, err
	}
	return repeat(r, r.Parallel, func() error { return echoOnce(ctx, conn, messageBytes) })
}

func (a *agent) dialOnce(ctx context.Context, addr string, bytes int) error {
	conn, err := a.dial(ctx, addr)
	if err != nil {
		return err
	}
	if err := echoOnce(ctx, conn, bytes); err != nil {
		return err
	}
	return conn.Close()
}

func echoOnce(ctx context.Context, conn transport.CapableConn, bytes int) error {
	stream, err := conn.OpenStream(ctx)
	if err != nil {
		return err
	}
	if err := roundTrip(selected(stream, echoProtocol), make([]byte, bytes)); err != nil {
		return err
	}
	return stream.Close()
}

func roundTrip(stream io.ReadWriter, message []byte) error {
	if _, err := stream.Write(message); err != nil {
		return err
	}
	_, err := io.ReadFull(stream, message)
	return err
}
