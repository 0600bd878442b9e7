package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"strconv"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
)

var streamCommands = map[string]command{
	"echo":      (*peerProgram).echo,
	"parallel":  (*peerProgram).parallel,
	"count":     (*peerProgram).count,
	"greet":     (*peerProgram).askGreeting,
	"reset":     (*peerProgram).askReset,
	"sendReset": (*peerProgram).sendReset,
	"perf":      (*peerProgram).perf,
	"stats":     (*peerProgram).seen,
}

// echo sends random bytes in random pieces while it reads them back.
func (p *peerProgram) echo(ctx context.Context, r request) (reply, error) {
	stream, err := p.open(ctx, r, echoProtocol)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	data := make([]byte, r.Bytes)
	rand.Read(data)
	sent := make(chan error, 1)
	go func() { sent <- sendInPieces(stream, data) }()
	back, err := io.ReadAll(stream)
	if err := errors.Join(err, <-sent); err != nil {
		return nil, err
	}
	return reply{"bytes": len(back), "equal": bytes.Equal(data, back)}, nil
}

func sendInPieces(stream network.Stream, data []byte) error {
	for len(data) > 0 {
		n := min(len(data), 1+mathrand.IntN(100_000))
		if _, err := stream.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return stream.CloseWrite()
}

func (p *peerProgram) parallel(ctx context.Context, r request) (reply, error) {
	type result struct {
		equal bool
		err   error
	}
	results := make(chan result, r.Streams)
	for range r.Streams {
		go func() {
			answer, err := p.echo(ctx, r)
			results <- result{equal: err == nil && answer["equal"] == true, err: err}
		}()
	}
	equal := true
	for range r.Streams {
		one := <-results
		if one.err != nil {
			return nil, one.err
		}
		equal = equal && one.equal
	}
	return reply{"equal": equal, "streams": r.Streams}, nil
}

func (p *peerProgram) count(ctx context.Context, r request) (reply, error) {
	stream, err := p.open(ctx, r, countProtocol)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	if err := errors.Join(writeZeros(stream, r.Bytes), stream.CloseWrite()); err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(stream)
	if err != nil {
		return nil, err
	}
	count, err := strconv.Atoi(string(answer))
	return reply{"count": count}, err
}

func (p *peerProgram) askGreeting(ctx context.Context, r request) (reply, error) {
	stream, err := p.open(ctx, r, greetProtocol)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	greeting, err := io.ReadAll(stream)
	if err != nil {
		return nil, err
	}
	return reply{"greeting": string(greeting)}, writeZeros(stream, r.Bytes)
}

// askReset answers what reading on a stream ends with that the other side resets.
func (p *peerProgram) askReset(ctx context.Context, r request) (reply, error) {
	stream, err := p.open(ctx, r, resetProtocol)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	if _, err := stream.Write([]byte{r.Code}); err != nil {
		return nil, err
	}
	_, err = io.ReadAll(stream)
	var reset *network.StreamError
	if !errors.As(err, &reset) {
		return reply{"error": "no reset"}, err
	}
	return reply{"error": "StreamError", "remote": reset.Remote, "code": reset.ErrorCode}, nil
}

func (p *peerProgram) sendReset(ctx context.Context, r request) (reply, error) {
	stream, err := p.open(ctx, r, echoProtocol)
	if err != nil {
		return nil, err
	}
	if _, err := stream.Write([]byte{1}); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(stream, make([]byte, 1)); err != nil {
		return nil, err
	}
	return nil, reset(stream, r.Code)
}

func (p *peerProgram) perf(ctx context.Context, r request) (reply, error) {
	startedAt := time.Now()
	stream, err := p.open(ctx, r, perfProtocol)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	head := binary.BigEndian.AppendUint64(nil, uint64(r.Down))
	_, err = stream.Write(head)
	if err := errors.Join(err, writeZeros(stream, r.Up), stream.CloseWrite()); err != nil {
		return nil, err
	}
	received, err := io.Copy(io.Discard, stream)
	return reply{"received": received, "seconds": time.Since(startedAt).Seconds()}, err
}

func (p *peerProgram) seen(context.Context, request) (reply, error) {
	codes, received := p.stats.get()
	return reply{"resets": len(codes), "codes": codes, "received": received}, nil
}
