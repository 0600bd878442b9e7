package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

var pubsubCommands = map[string]command{
	"subscribe":   withPubsub((*pubsubNode).subscribe),
	"unsubscribe": withPubsub((*pubsubNode).unsubscribe),
	"publish":     withPubsub((*pubsubNode).publish),
	"messages":    withPubsub((*pubsubNode).messages),
	"topicPeers":  withPubsub((*pubsubNode).topicPeers),
	"trace":       withPubsub((*pubsubNode).trace),
	"readTrace":   withPubsub((*pubsubNode).readTrace),
	"addParts":    withPubsub((*pubsubNode).addParts),
	"sendParts":   withPubsub((*pubsubNode).sendParts),
	"parts":       withPubsub((*pubsubNode).partsOf),
}

// pubsubSettings is what the variable PUBSUB holds: see interop/README.md.
type pubsubSettings struct {
	Router               string `json:"router"`
	Signed               bool   `json:"signed"`
	IDs                  string `json:"ids"`
	FloodPublish         bool   `json:"floodPublish"`
	DoPX                 bool   `json:"doPX"`
	HeartbeatMs          int    `json:"heartbeatMs"`
	HistoryHeartbeats    int    `json:"historyHeartbeats"`
	UnsubscribeBackoffMs int    `json:"unsubscribeBackoffMs"`
	MaxMessageBytes      int    `json:"maxMessageBytes"`
	Partial              bool   `json:"partial"`
}

// pubsubNode is publish/subscribe and what came by it.
type pubsubNode struct {
	self   peer.ID
	pubsub *pubsub.PubSub
	tracer *eventTracer
	// parts is nil unless messages come in parts.
	parts *partedMessages

	lock     sync.Mutex
	topics   map[string]*joined
	received map[string][]receivedText
}

type joined struct {
	topic        *pubsub.Topic
	subscription *pubsub.Subscription
}

// receivedText is a message: a text, and dots up to so many bytes.
type receivedText struct {
	Topic string `json:"topic"`
	Text  string `json:"text"`
	Bytes int    `json:"bytes"`
}

func withPubsub(run func(*pubsubNode, context.Context, request) (reply, error)) command {
	return func(p *peerProgram, ctx context.Context, r request) (reply, error) {
		if p.pubsub == nil {
			return nil, errors.New("the variable PUBSUB is not set")
		}
		return run(p.pubsub, ctx, r)
	}
}

// newPubsub returns nil when nobody asks for it.
func newPubsub(h host.Host, settings string) (*pubsubNode, error) {
	if settings == "" {
		return nil, nil
	}
	var s pubsubSettings
	if err := json.Unmarshal([]byte(settings), &s); err != nil {
		return nil, err
	}
	n := &pubsubNode{
		self:     h.ID(),
		tracer:   &eventTracer{},
		topics:   map[string]*joined{},
		received: map[string][]receivedText{},
	}
	options := []pubsub.Option{pubsub.WithEventTracer(n.tracer)}
	if s.Partial {
		n.parts = newPartedMessages()
		options = append(options, pubsub.WithPartialMessagesExtension(n.parts.extension()))
	}
	var err error
	n.pubsub, err = newRouter(h, s, options)
	if err == nil && n.parts != nil {
		go n.answerParts()
	}
	return n, err
}

func newRouter(h host.Host, s pubsubSettings, options []pubsub.Option) (*pubsub.PubSub, error) {
	options = append(options, pubsub.WithMaxMessageSize(s.MaxMessageBytes))
	if !s.Signed {
		options = append(options, pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign), pubsub.WithNoAuthor())
	}
	if s.IDs == "text" {
		options = append(options, pubsub.WithMessageIdFn(func(message *pb.Message) string {
			text, _, _ := bytes.Cut(message.Data, []byte("."))
			return string(text)
		}))
	}
	if s.Router == "floodsub" {
		return pubsub.NewFloodSub(context.Background(), h, options...)
	}
	params := pubsub.DefaultGossipSubParams()
	params.HeartbeatInterval = time.Duration(s.HeartbeatMs) * time.Millisecond
	params.HistoryLength, params.HistoryGossip = s.HistoryHeartbeats, s.HistoryHeartbeats
	params.IDontWantMessageTTL = s.HistoryHeartbeats
	params.UnsubscribeBackoff = time.Duration(s.UnsubscribeBackoffMs) * time.Millisecond
	options = append(options,
		pubsub.WithGossipSubParams(params),
		pubsub.WithFloodPublish(s.FloodPublish),
		pubsub.WithPeerExchange(s.DoPX),
	)
	return pubsub.NewGossipSub(context.Background(), h, options...)
}

// topic joins it where nobody has yet. Whoever wishes for parts of messages "requests" them, or only "supports" others who do.
func (n *pubsubNode) topic(name string, wish string) (*joined, error) {
	n.lock.Lock()
	defer n.lock.Unlock()
	if known := n.topics[name]; known != nil {
		return known, nil
	}
	options := []pubsub.TopicOpt{}
	switch wish {
	case "requests":
		options = append(options, pubsub.RequestPartialMessages())
	case "supports":
		options = append(options, pubsub.SupportsPartialMessages())
	}
	topic, err := n.pubsub.Join(name, options...)
	if err != nil {
		return nil, err
	}
	n.topics[name] = &joined{topic: topic}
	return n.topics[name], nil
}

func (n *pubsubNode) subscribe(_ context.Context, r request) (reply, error) {
	in, err := n.topic(r.Topic, r.Partial)
	if err != nil {
		return nil, err
	}
	in.subscription, err = in.topic.Subscribe(pubsub.WithBufferSize(1024))
	if err != nil {
		return nil, err
	}
	go n.read(in.subscription)
	return nil, nil
}

// read returns when the subscription is cancelled.
func (n *pubsubNode) read(subscription *pubsub.Subscription) {
	for {
		message, err := subscription.Next(context.Background())
		if err != nil {
			return
		}
		if message.ReceivedFrom == n.self {
			continue
		}
		text := strings.TrimRight(string(message.Data), ".")
		n.lock.Lock()
		topic := message.GetTopic()
		n.received[topic] = append(n.received[topic], receivedText{topic, text, len(message.Data)})
		n.lock.Unlock()
	}
}

func (n *pubsubNode) unsubscribe(_ context.Context, r request) (reply, error) {
	in, err := n.topic(r.Topic, "")
	if err == nil && in.subscription != nil {
		in.subscription.Cancel()
	}
	return nil, err
}

func (n *pubsubNode) publish(ctx context.Context, r request) (reply, error) {
	in, err := n.topic(r.Topic, "")
	if err != nil {
		return nil, err
	}
	dots := max(0, int(r.Bytes)-len(r.Text))
	return nil, in.topic.Publish(ctx, []byte(r.Text+strings.Repeat(".", dots)))
}

func (n *pubsubNode) messages(_ context.Context, r request) (reply, error) {
	n.lock.Lock()
	defer n.lock.Unlock()
	return reply{"messages": append([]receivedText{}, n.received[r.Topic]...)}, nil
}

func (n *pubsubNode) topicPeers(_ context.Context, r request) (reply, error) {
	subscribers := []string{}
	for _, id := range n.pubsub.ListPeers(r.Topic) {
		subscribers = append(subscribers, id.String())
	}
	return reply{"subscribers": subscribers, "mesh": n.tracer.mesh(r.Topic)}, nil
}

// trace answers what has happened, as JSON of the tracer's protobuf.
func (n *pubsubNode) trace(context.Context, request) (reply, error) {
	return eventsReply(n.tracer.all())
}

// readTrace reads what a tracer has written that is like PBTracer: messages, each with its length before it.
func (n *pubsubNode) readTrace(_ context.Context, r request) (reply, error) {
	written, err := base64.StdEncoding.DecodeString(r.Text)
	if err != nil {
		return nil, err
	}
	events := []*pb.TraceEvent{}
	for len(written) > 0 {
		length, prefix := binary.Uvarint(written)
		end := prefix + int(length)
		if prefix <= 0 || end > len(written) {
			return nil, errors.New("the trace is cut short")
		}
		event := &pb.TraceEvent{}
		if err := proto.Unmarshal(written[prefix:end], event); err != nil {
			return nil, err
		}
		events, written = append(events, event), written[end:]
	}
	return eventsReply(events)
}

func eventsReply(events []*pb.TraceEvent) (reply, error) {
	out := []json.RawMessage{}
	for _, event := range events {
		text, err := protojson.Marshal(event)
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return reply{"events": out}, nil
}

// eventTracer keeps everything: a test is short.
type eventTracer struct {
	lock   sync.Mutex
	events []*pb.TraceEvent
}

func (t *eventTracer) Trace(event *pb.TraceEvent) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.events = append(t.events, event)
}

func (t *eventTracer) all() []*pb.TraceEvent {
	t.lock.Lock()
	defer t.lock.Unlock()
	return slices.Clone(t.events)
}

// mesh is who came to the mesh of a topic and has not left it: the router does not tell.
func (t *eventTracer) mesh(topic string) []string {
	peers := map[peer.ID]bool{}
	for _, event := range t.all() {
		switch event.GetType() {
		case pb.TraceEvent_GRAFT:
			if event.Graft.GetTopic() == topic {
				peers[peer.ID(event.Graft.PeerID)] = true
			}
		case pb.TraceEvent_PRUNE:
			if event.Prune.GetTopic() == topic {
				delete(peers, peer.ID(event.Prune.PeerID))
			}
		case pb.TraceEvent_ON_CLOSED_OUTBOUND_STREAM:
			delete(peers, peer.ID(event.OnClosedOutboundStream.PeerID))
		}
	}
	out := []string{}
	for id := range peers {
		out = append(out, id.String())
	}
	return out
}
