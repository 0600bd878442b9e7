// An unmodified go-libp2p node driven by JSON lines on standard input: see interop/README.md. LISTEN holds its
// addresses, SECURITY is noise, tls or both, SERVICES names protocols that it runs beside.
package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/libp2p/go-libp2p/p2p/transport/websocket"
)

const defaultListen = "/ip4/127.0.0.1/tcp/0,/ip4/127.0.0.1/tcp/0/ws"

func main() {
	security, err := securityOptions(setting("SECURITY", "both"))
	exitOn(err)
	key, err := privateKey(setting("SEED", ""))
	exitOn(err)
	tlsConfig, err := listenerTLS(setting("CERTIFICATE", ""))
	exitOn(err)
	host, err := libp2p.New(
		libp2p.Identity(key),
		libp2p.ListenAddrStrings(strings.Split(setting("LISTEN", defaultListen), ",")...),
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.Transport(websocket.New, websocket.WithTLSConfig(tlsConfig)),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.ChainOptions(security...),
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.ProtocolVersion("ipfs/0.1.0"),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
	)
	exitOn(err)
	pubsub, err := newPubsub(host, setting("PUBSUB", ""))
	exitOn(err)
	p := &peerProgram{host: host, pubsub: pubsub}
	p.answerTestProtocols()
	exitOn(p.startDiscovery())
	p.serve()
}

func securityOptions(name string) ([]libp2p.Option, error) {
	options := map[string]libp2p.Option{
		"noise": libp2p.Security(noise.ID, noise.New),
		"tls":   libp2p.Security(libp2ptls.ID, libp2ptls.New),
	}
	if name == "both" {
		return []libp2p.Option{options["noise"], options["tls"]}, nil
	}
	if options[name] == nil {
		return nil, fmt.Errorf("SECURITY is %q, not noise, tls or both", name)
	}
	return []libp2p.Option{options[name]}, nil
}

// privateKey is the same one every time for a seed.
func privateKey(seed string) (crypto.PrivKey, error) {
	random := io.Reader(rand.Reader)
	if seed != "" {
		number, err := strconv.ParseUint(seed, 10, 8)
		if err != nil {
			return nil, err
		}
		random = bytes.NewReader(bytes.Repeat([]byte{byte(number)}, 32))
	}
	key, _, err := crypto.GenerateEd25519Key(random)
	return key, err
}

// hasService tells whether the node runs a protocol that only some tests want.
func hasService(name string) bool {
	return slices.Contains(strings.Split(setting("SERVICES", ""), ","), name)
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
