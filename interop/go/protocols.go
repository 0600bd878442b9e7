package main

import (
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"sync"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
)

const (
	echoProtocol  = protocol.ID("/interop/echo/1.0.0")
	countProtocol = protocol.ID("/interop/count/1.0.0")
	greetProtocol = protocol.ID("/interop/greet/1.0.0")
	resetProtocol = protocol.ID("/interop/reset/1.0.0")
	perfProtocol  = protocol.ID("/perf/1.0.0")
)

// testStats is what the handlers have seen.
type testStats struct {
	lock sync.Mutex
	// codes of the streams that the other side reset.
	codes []network.StreamErrorCode
	// received after the handler had closed its writing.
	received int64
}

func (s *testStats) failed(err error) {
	var reset *network.StreamError
	errors.As(err, &reset)
	s.lock.Lock()
	defer s.lock.Unlock()
	if reset != nil {
		s.codes = append(s.codes, reset.ErrorCode)
	}
}

func (s *testStats) get() ([]network.StreamErrorCode, int64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return append([]network.StreamErrorCode{}, s.codes...), s.received
}

func (s *testStats) receive(bytes int64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.received += bytes
}

func (p *peerProgram) answerTestProtocols() {
	p.handle(echoProtocol, func(stream network.Stream) error {
		_, err := io.Copy(stream, stream)
		return err
	})
	p.handle(countProtocol, func(stream network.Stream) error {
		count, err := io.Copy(io.Discard, stream)
		if err != nil {
			return err
		}
		_, err = io.WriteString(stream, strconv.FormatInt(count, 10))
		return err
	})
	p.handle(greetProtocol, p.greet)
	p.handle(resetProtocol, func(stream network.Stream) error {
		code := make([]byte, 1)
		if _, err := io.ReadFull(stream, code); err != nil {
			return err
		}
		return reset(stream, code[0])
	})
	p.handle(perfProtocol, func(stream network.Stream) error {
		head := make([]byte, 8)
		if _, err := io.ReadFull(stream, head); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, stream); err != nil {
			return err
		}
		return writeZeros(stream, int64(binary.BigEndian.Uint64(head)))
	})
}

// reset gives no code when it is 0.
func reset(stream network.Stream, code byte) error {
	if code == 0 {
		return stream.Reset()
	}
	return stream.ResetWithError(network.StreamErrorCode(code))
}

// handle remembers with which code a stream was reset.
func (p *peerProgram) handle(id protocol.ID, run func(network.Stream) error) {
	p.host.SetStreamHandler(id, func(stream network.Stream) {
		defer stream.Close()
		if err := run(stream); err != nil {
			p.stats.failed(err)
		}
	})
}

func (p *peerProgram) greet(stream network.Stream) error {
	if _, err := io.WriteString(stream, "hello"); err != nil {
		return err
	}
	if err := stream.CloseWrite(); err != nil {
		return err
	}
	received, err := io.Copy(io.Discard, stream)
	p.stats.receive(received)
	return err
}

type zeros struct{}

func (zeros) Read(into []byte) (int, error) {
	clear(into)
	return len(into), nil
}

func writeZeros(to io.Writer, bytes int64) error {
	_, err := io.CopyN(to, zeros{}, bytes)
	return err
}
