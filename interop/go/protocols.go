package main

import (
	"encoding/binary"
	"io"
	"strconv"

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

// resetCode is what a stream is reset with, in both directions.
const resetCode = network.StreamErrorCode(42)

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
		if _, err := io.ReadFull(stream, make([]byte, 1)); err != nil {
			return err
		}
		return stream.ResetWithError(resetCode)
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

// handle counts a stream that fails as a reset seen.
func (p *peerProgram) handle(id protocol.ID, run func(network.Stream) error) {
	p.host.SetStreamHandler(id, func(stream network.Stream) {
		defer stream.Close()
		if run(stream) != nil {
			p.resets.Add(1)
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
	p.received.Add(received)
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
