package main

import (
	"context"
	"errors"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	ma "github.com/multiformats/go-multiaddr"
)

var connectCommands = map[string]command{
	"info":        (*peerProgram).info,
	"dial":        (*peerProgram).dial,
	"ping":        (*peerProgram).ping,
	"identify":    (*peerProgram).identify,
	"connections": (*peerProgram).connections,
	"stop":        (*peerProgram).stop,
}

func (p *peerProgram) info(context.Context, request) (reply, error) {
	addrs := []string{}
	for _, addr := range p.host.Addrs() {
		addrs = append(addrs, addr.String()+"/p2p/"+p.host.ID().String())
	}
	return reply{"peerId": p.host.ID().String(), "addrs": addrs}, nil
}

func (p *peerProgram) connections(context.Context, request) (reply, error) {
	return reply{"count": len(p.host.Network().Conns())}, nil
}

func (p *peerProgram) stop(context.Context, request) (reply, error) {
	return nil, p.host.Close()
}

// connect dials this address and none of the others that are known of the peer, unless there is a connection.
func (p *peerProgram) connect(ctx context.Context, addr string) (peer.ID, error) {
	target, err := peer.AddrInfoFromString(addr)
	if err != nil {
		return "", err
	}
	if p.host.Network().Connectedness(target.ID) != network.Connected {
		p.host.Peerstore().ClearAddrs(target.ID)
	}
	return target.ID, p.host.Connect(ctx, *target)
}

func (p *peerProgram) open(ctx context.Context, r request, id protocol.ID) (network.Stream, error) {
	remote, err := p.connect(ctx, r.Addr)
	if err != nil {
		return nil, err
	}
	return p.host.NewStream(ctx, remote, id)
}

func (p *peerProgram) dial(ctx context.Context, r request) (reply, error) {
	remote, err := p.connect(ctx, r.Addr)
	if err != nil {
		return nil, err
	}
	conns := p.host.Network().ConnsToPeer(remote)
	if len(conns) == 0 {
		return nil, errors.New("the connection has closed at once")
	}
	state := conns[0].ConnState()
	return reply{
		"peerId":         conns[0].RemotePeer().String(),
		"security":       string(state.Security),
		"muxer":          string(state.StreamMultiplexer),
		"isMuxerInlined": state.UsedEarlyMuxerNegotiation,
	}, nil
}

func (p *peerProgram) ping(ctx context.Context, r request) (reply, error) {
	remote, err := p.connect(ctx, r.Addr)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	result := <-ping.Ping(ctx, p.host, remote)
	return reply{"rttMs": result.RTT.Seconds() * 1000}, result.Error
}

// identify connects anew: a connection is identified once.
func (p *peerProgram) identify(ctx context.Context, r request) (reply, error) {
	target, err := peer.AddrInfoFromString(r.Addr)
	if err != nil {
		return nil, err
	}
	if err := p.host.Network().ClosePeer(target.ID); err != nil {
		return nil, err
	}
	events, err := p.host.EventBus().Subscribe(new(event.EvtPeerIdentificationCompleted))
	if err != nil {
		return nil, err
	}
	defer events.Close()
	if _, err := p.connect(ctx, r.Addr); err != nil {
		return nil, err
	}
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case e := <-events.Out():
			if found := e.(event.EvtPeerIdentificationCompleted); found.Peer == target.ID {
				return identified(found)
			}
		}
	}
}

func identified(e event.EvtPeerIdentificationCompleted) (reply, error) {
	result := reply{
		"peerId":          e.Peer.String(),
		"agentVersion":    e.AgentVersion,
		"protocolVersion": e.ProtocolVersion,
		"protocols":       e.Protocols,
		"listenAddrs":     addrStrings(e.ListenAddrs),
	}
	if e.ObservedAddr != nil {
		result["observedAddr"] = e.ObservedAddr.String()
	}
	if e.SignedPeerRecord == nil {
		return result, nil
	}
	record, err := e.SignedPeerRecord.Record()
	if err != nil {
		return nil, err
	}
	result["signedAddrs"] = addrStrings(record.(*peer.PeerRecord).Addrs)
	return result, nil
}

func addrStrings(addrs []ma.Multiaddr) []string {
	out := []string{}
	for _, addr := range addrs {
		out = append(out, addr.String())
	}
	return out
}
