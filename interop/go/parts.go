package main

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"log/slog"
	"sync"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p-pubsub/partialmessages"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	partCount  = 8
	partBytes  = 1024
	groupBytes = 8
)

// share is what is known of a peer's parts of a message: bits of those that it has, and of ours that it was told of.
type share struct {
	theirs, told    byte
	isKnown, isTold bool
}

// partedMessages are messages of eight parts as test-plans' gossipsub-interop has them: a byte of bits says which parts there
// are, and what is sent is that byte, the parts, and the number of the group.
type partedMessages struct {
	lock sync.Mutex
	// messages by topic and group.
	messages map[string]map[uint64]*[partCount][]byte
	// told is what peers told of theirs, as they told it, in hex.
	told map[topicGroup][]string
	// heard has a topic and a group whenever parts came, or news of them.
	heard chan topicGroup
}

type topicGroup struct {
	topic string
	group uint64
}

type partedExtension = partialmessages.PartialMessagesExtension[share]

func newPartedMessages() *partedMessages {
	return &partedMessages{
		messages: map[string]map[uint64]*[partCount][]byte{},
		told:     map[topicGroup][]string{},
		heard:    make(chan topicGroup, 1024),
	}
}

func (m *partedMessages) extension() *partedExtension {
	return &partedExtension{
		Logger:        slog.New(slog.NewTextHandler(io.Discard, nil)),
		OnIncomingRPC: m.onRPC,
		OnEmitGossip:  func(string, []byte, []peer.ID, map[peer.ID]share) {},
	}
}

func (m *partedMessages) onRPC(from peer.ID, states map[peer.ID]share, rpc *pb.PartialMessagesExtension) error {
	if len(rpc.GroupID) != groupBytes {
		return errors.New("a group is a number of 8 bytes")
	}
	group := binary.BigEndian.Uint64(rpc.GroupID)
	state := states[from]
	if len(rpc.PartsMetadata) == 1 {
		state.theirs |= rpc.PartsMetadata[0]
		state.isKnown = true
	}
	states[from] = state
	in := topicGroup{rpc.GetTopicID(), group}
	m.note(in, rpc.PartsMetadata)
	if err := m.take(in.topic, group, rpc.PartialMessage); err != nil {
		return err
	}
	m.heard <- in
	return nil
}

func (m *partedMessages) note(in topicGroup, metadata []byte) {
	if metadata == nil {
		return
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	m.told[in] = append(m.told[in], hex.EncodeToString(metadata))
}

func (m *partedMessages) take(topic string, group uint64, message []byte) error {
	if len(message) == 0 {
		return nil
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	parts, at := m.of(topic, group), 1
	for i := range partCount {
		if message[0]&(1<<i) == 0 {
			continue
		}
		if at+partBytes > len(message) {
			return errors.New("parts are missing")
		}
		parts[i] = message[at : at+partBytes]
		at += partBytes
	}
	return nil
}

// of is called with the lock held.
func (m *partedMessages) of(topic string, group uint64) *[partCount][]byte {
	if m.messages[topic] == nil {
		m.messages[topic] = map[uint64]*[partCount][]byte{}
	}
	if m.messages[topic][group] == nil {
		m.messages[topic][group] = &[partCount][]byte{}
	}
	return m.messages[topic][group]
}

// bits says which parts are there that were made by fill, and are whole.
func (m *partedMessages) bits(topic string, group uint64) byte {
	m.lock.Lock()
	defer m.lock.Unlock()
	has := byte(0)
	for i, part := range m.of(topic, group) {
		if part != nil && string(part) == string(makePart(group, i)) {
			has |= 1 << i
		}
	}
	return has
}

func (m *partedMessages) fill(topic string, group uint64, bits byte) {
	m.lock.Lock()
	defer m.lock.Unlock()
	for i := range partCount {
		if bits&(1<<i) != 0 {
			m.of(topic, group)[i] = makePart(group, i)
		}
	}
}

// makePart counts up in numbers of 8 bytes.
func makePart(group uint64, index int) []byte {
	part := []byte{}
	for i := range partBytes / 8 {
		part = binary.BigEndian.AppendUint64(part, group+uint64(index*partBytes/8+i))
	}
	return part
}

// encode has the parts that somebody lacks who has these, or nothing.
func (m *partedMessages) encode(topic string, group uint64, theirs byte) []byte {
	bits := m.bits(topic, group) &^ theirs
	if bits == 0 {
		return nil
	}
	out := []byte{bits}
	for i := range partCount {
		if bits&(1<<i) != 0 {
			out = append(out, makePart(group, i)...)
		}
	}
	return binary.BigEndian.AppendUint64(out, group)
}

// actions are what to send to whom: parts that a peer lacks, and what we have when that is news.
func (m *partedMessages) actions(topic string, group uint64) partialmessages.PublishActionsFn[share] {
	return func(states map[peer.ID]share, requestsPartial func(peer.ID) bool) iter.Seq2[peer.ID, partialmessages.PublishAction] {
		return func(yield func(peer.ID, partialmessages.PublishAction) bool) {
			for id, state := range states {
				has, action := m.bits(topic, group), partialmessages.PublishAction{}
				if state.isKnown && requestsPartial(id) {
					action.EncodedPartialMessage = m.encode(topic, group, state.theirs)
					state.theirs |= has
				}
				if !state.isTold || state.told != has {
					action.EncodedPartsMetadata = []byte{has}
					state.told, state.isTold = has, true
				}
				states[id] = state
				if !yield(id, action) {
					return
				}
			}
		}
	}
}

// answer tells the peers again whenever something came, for as long as the node runs.
func (n *pubsubNode) answerParts() {
	for it := range n.parts.heard {
		n.publishParts(it.topic, it.group)
	}
}

func (n *pubsubNode) publishParts(topic string, group uint64) error {
	id := binary.BigEndian.AppendUint64(nil, group)
	return pubsub.PublishPartial(n.pubsub, topic, id, n.parts.actions(topic, group))
}

func (n *pubsubNode) addParts(_ context.Context, r request) (reply, error) {
	n.parts.fill(r.Topic, r.Group, r.Parts)
	return nil, nil
}

func (n *pubsubNode) sendParts(_ context.Context, r request) (reply, error) {
	return nil, n.publishParts(r.Topic, r.Group)
}

func (n *pubsubNode) partsOf(_ context.Context, r request) (reply, error) {
	bits := n.parts.bits(r.Topic, r.Group)
	n.parts.lock.Lock()
	defer n.parts.lock.Unlock()
	heard := append([]string{}, n.parts.told[topicGroup{r.Topic, r.Group}]...)
	return reply{"parts": bits, "heard": heard}, nil
}
