// The go-libp2p side of the benchmarks: TCP, noise and yamux with no swarm and no host above them; for publish/subscribe
// whole hosts with go-libp2p-pubsub. It speaks the JSON lines that bench/src/peers/protocol.ts describes.
package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/core/transport"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/upgrader"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/multiformats/go-multistream"
)

const (
	echoProtocol   = protocol.ID("/bench/echo/1.0.0")
	sinkProtocol   = protocol.ID("/bench/sink/1.0.0")
	sourceProtocol = protocol.ID("/bench/source/1.0.0")
)

func main() {
	role := flag.String("role", "server", "server or client")
	flag.String("transport", "tcp", "only tcp")
	flag.String("services", "none", "only none")
	flag.Parse()

	id, dialer, err := newTransport()
	exitOn(err)
	agent := &agent{dialer: dialer, readings: newReadings()}
	addr := ""
	if *role == "server" {
		addr, err = agent.listen(id)
		exitOn(err)
	}
	agent.serve(addr, version())
}

func newTransport() (peer.ID, transport.Transport, error) {
	key, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		return "", nil, err
	}
	id, err := peer.IDFromPrivateKey(key)
	if err != nil {
		return "", nil, err
	}
	muxers := []upgrader.StreamMuxer{{ID: yamux.ID, Muxer: yamux.DefaultTransport}}
	security, err := noise.New(noise.ID, key, muxers)
	if err != nil {
		return "", nil, err
	}
	limits := &network.NullResourceManager{}
	up, err := upgrader.New([]sec.SecureTransport{security}, muxers, nil, limits, nil)
	if err != nil {
		return "", nil, err
	}
	t, err := tcp.NewTCPTransport(up, limits, nil)
	return id, t, err
}

// listen accepts connections and answers their streams.
func (a *agent) listen(id peer.ID) (string, error) {
	listener, err := a.dialer.Listen(ma.StringCast("/ip4/127.0.0.1/tcp/0"))
	if err != nil {
		return "", err
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go a.answerStreams(conn)
		}
	}()
	return fmt.Sprintf("%s/p2p/%s", listener.Multiaddr(), id), nil
}

func (a *agent) answerStreams(conn transport.CapableConn) {
	defer conn.Close()
	protocols := multistream.NewMultistreamMuxer[protocol.ID]()
	for _, id := range []protocol.ID{echoProtocol, sinkProtocol, sourceProtocol} {
		protocols.AddHandler(id, nil)
	}
	for {
		stream, err := conn.AcceptStream()
		if err != nil {
			return
		}
		go a.answerStream(stream, protocols)
	}
}

func (a *agent) answerStream(stream network.MuxedStream, protocols *multistream.MultistreamMuxer[protocol.ID]) {
	defer stream.Close()
	id, _, err := protocols.Negotiate(stream)
	if err != nil {
		stream.Reset()
		return
	}
	switch id {
	case echoProtocol:
		echo(stream)
	case sinkProtocol:
		a.readings.read(stream)
	case sourceProtocol:
		source(stream)
	}
}

func (a *agent) dial(ctx context.Context, addr string) (transport.CapableConn, error) {
	info, err := peer.AddrInfoFromString(addr)
	if err != nil {
		return nil, err
	}
	return a.dialer.Dial(ctx, info.Addrs[0], info.ID)
}

func version() string {
	libp2p := "unknown"
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range build.Deps {
			if dep.Path == "github.com/libp2p/go-libp2p" {
				libp2p = dep.Version
			}
		}
	}
	return fmt.Sprintf("%s (%s)", libp2p, runtime.Version())
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
