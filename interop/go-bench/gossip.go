package main

import (
	"context"
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
)

const (
	gossipTopic = "bench"
	// neighbours are the nodes behind one that it dials.
	neighbours = 5
	// lostAfter is when messages that have not come are given up.
	lostAfter = time.Second
	// queued is what the public gossipsub harness gives go-libp2p's queues: with the default 32 it drops at this pace.
	queued = 600
)

// gossiper publishes at the pace of the others, as bench/src/peers/gossip.ts does: its nth message once it has those of the
// same number, less the window, from all of them.
type gossiper struct {
	host   host.Host
	topic  *pubsub.Topic
	number int

	mu sync.Mutex
	// received counts what came from each, by its number.
	received      []int
	sent          int
	lost          int
	window, bytes int
	isOn          bool
	lastAt        time.Time
	latencies     []float64
}

func newGossiper(ctx context.Context, r request, number int) (*gossiper, error) {
	h, err := libp2p.New(
		libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"),
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
	)
	if err != nil {
		return nil, err
	}
	options := []pubsub.Option{
		// As ours and js-libp2p's do by default.
		pubsub.WithFloodPublish(true),
		pubsub.WithPeerOutboundQueueSize(queued),
		pubsub.WithValidateQueueSize(queued),
	}
	if !r.Signed {
		options = append(options, pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign), pubsub.WithNoAuthor())
	}
	router, err := pubsub.NewGossipSub(ctx, h, options...)
	if err != nil {
		return nil, err
	}
	topic, err := router.Join(gossipTopic)
	if err != nil {
		return nil, err
	}
	subscription, err := topic.Subscribe(pubsub.WithBufferSize(queued))
	if err != nil {
		return nil, err
	}
	g := &gossiper{host: h, topic: topic, number: number, received: make([]int, r.Total)}
	go g.read(ctx, subscription)
	return g, nil
}

func (g *gossiper) addr() string {
	return g.host.Addrs()[0].String() + "/p2p/" + g.host.ID().String()
}

// dial connects to those behind this one.
func (g *gossiper) dial(ctx context.Context, addrs []string) error {
	for i := range min(neighbours, len(addrs)-1) {
		info, err := peer.AddrInfoFromString(addrs[(g.number+1+i)%len(addrs)])
		if err != nil {
			return err
		}
		if err := g.host.Connect(ctx, *info); err != nil {
			return err
		}
	}
	return nil
}

// ready returns once enough others are known to be in the topic.
func (g *gossiper) ready() {
	for len(g.topic.ListPeers()) < min(neighbours, len(g.received)-1) {
		time.Sleep(20 * time.Millisecond)
	}
}

func (g *gossiper) read(ctx context.Context, subscription *pubsub.Subscription) {
	for {
		message, err := subscription.Next(ctx)
		if err != nil {
			return
		}
		if message.ReceivedFrom != g.host.ID() {
			g.onMessage(message.Data)
		}
	}
}

func (g *gossiper) onMessage(data []byte) {
	sentAt := math.Float64frombits(binary.BigEndian.Uint64(data[8:]))
	g.mu.Lock()
	g.latencies = append(g.latencies, unixMilliseconds()-sentAt)
	g.received[binary.BigEndian.Uint32(data)]++
	g.lastAt = time.Now()
	g.mu.Unlock()
	g.publish()
}

func (g *gossiper) publish() {
	for {
		g.mu.Lock()
		if !g.isOn || g.sent-g.slowest() >= g.window {
			g.mu.Unlock()
			return
		}
		g.sent++
		data := make([]byte, g.bytes)
		binary.BigEndian.PutUint32(data, uint32(g.number))
		binary.BigEndian.PutUint32(data[4:], uint32(g.sent))
		binary.BigEndian.PutUint64(data[8:], math.Float64bits(unixMilliseconds()))
		g.mu.Unlock()
		g.topic.Publish(context.Background(), data)
	}
}

func (g *gossiper) slowest() int {
	slowest := math.MaxInt
	for number, count := range g.received {
		if number != g.number {
			slowest = min(slowest, count)
		}
	}
	return slowest
}

func (g *gossiper) begin(r request) {
	g.mu.Lock()
	clear(g.received)
	g.sent, g.lost, g.window, g.bytes, g.isOn, g.lastAt = 0, 0, r.Window, r.Bytes, true, time.Now()
	g.mu.Unlock()
	go g.watch()
	// The others may begin later.
	time.AfterFunc(200*time.Millisecond, g.publish)
}

// watch counts what is missing when nothing has come for long, so that everybody goes on.
func (g *gossiper) watch() {
	for range time.Tick(lostAfter / 4) {
		g.mu.Lock()
		isOn := g.isOn
		if isOn && time.Since(g.lastAt) >= lostAfter {
			for number, count := range g.received {
				if number != g.number && count < g.sent {
					g.lost += g.sent - count
					g.received[number] = g.sent
				}
			}
			g.lastAt = time.Now()
		}
		g.mu.Unlock()
		if !isOn {
			return
		}
		g.publish()
	}
}

func (g *gossiper) takeLatencies() []float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	taken := g.latencies
	g.latencies = nil
	return taken
}

func (g *gossiper) end() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.isOn = false
	return g.lost
}

func (a *agent) gossipNodes(ctx context.Context, r request) (reply, error) {
	addrs := []string{}
	for i := range r.Count {
		g, err := newGossiper(ctx, r, r.First+i)
		if err != nil {
			return nil, err
		}
		a.gossipers = append(a.gossipers, g)
		addrs = append(addrs, g.addr())
	}
	return reply{"addrs": addrs}, nil
}

func (a *agent) gossipDial(ctx context.Context, r request) (reply, error) {
	for _, g := range a.gossipers {
		if err := g.dial(ctx, r.Addrs); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (a *agent) gossipReady(context.Context, request) (reply, error) {
	for _, g := range a.gossipers {
		g.ready()
	}
	return nil, nil
}

func (a *agent) gossipRun(_ context.Context, r request) (reply, error) {
	for _, g := range a.gossipers {
		g.begin(r)
	}
	time.Sleep(milliseconds(r.WarmupMs))
	for _, g := range a.gossipers {
		g.takeLatencies()
	}
	startedAt, cpuBefore, allocatedBefore := time.Now(), cpuTime(), allocated()
	time.Sleep(milliseconds(r.DurationMs))
	elapsed, cpu, bytes := time.Since(startedAt), cpuTime()-cpuBefore, allocated()-allocatedBefore
	latencies, lost := []float64{}, 0
	for _, g := range a.gossipers {
		latencies = append(latencies, g.takeLatencies()...)
		lost += g.end()
	}
	// What is under way must not disturb the next measurement.
	time.Sleep(milliseconds(r.WarmupMs))
	slices.Sort(latencies)
	return reply{
		"deliveries": len(latencies), "ms": inMilliseconds(elapsed),
		"p50Ms": quantile(latencies, 0.5), "p99Ms": quantile(latencies, 0.99),
		"cpuMs": inMilliseconds(cpu), "allocatedBytes": bytes, "lost": lost,
	}, nil
}

func quantile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(float64(len(sorted))*share)]
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

func unixMilliseconds() float64 {
	return float64(time.Now().UnixNano()) / 1e6
}

func inMilliseconds(d time.Duration) float64 {
	return d.Seconds() * 1000
}
