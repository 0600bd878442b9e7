package main

import (
	"context"
	"errors"
	"time"

	"github.com/ipfs/boxo/ipns"
	"github.com/ipfs/boxo/path"
	"github.com/ipfs/go-cid"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multihash"
)

// ipnsLifetime is what the IPNS specification recommends for records that nobody publishes again.
const ipnsLifetime = 48 * time.Hour

var dhtCommands = map[string]command{
	"dht-table":     onDHT(dhtTable),
	"dht-refresh":   onDHT(dhtRefresh),
	"dht-find-peer": onDHT(dhtFindPeer),
	"dht-closest":   onDHT(dhtClosest),
	"dht-provide":   onDHT(dhtProvide),
	"dht-providers": onDHT(dhtProviders),
	"dht-put":       onDHT(dhtPut),
	"dht-get":       onDHT(dhtGet),
	"ipns":          (*peerProgram).ipnsRecord,
}

func onDHT(run func(context.Context, *dht.IpfsDHT, request) (reply, error)) command {
	return func(p *peerProgram, ctx context.Context, r request) (reply, error) {
		if p.discovery.dht == nil {
			return nil, errors.New("the DHT is not among the services")
		}
		return run(ctx, p.discovery.dht, r)
	}
}

func dhtTable(_ context.Context, d *dht.IpfsDHT, _ request) (reply, error) {
	return reply{"size": d.RoutingTable().Size()}, nil
}

func dhtRefresh(_ context.Context, d *dht.IpfsDHT, _ request) (reply, error) {
	return nil, <-d.ForceRefresh()
}

func dhtFindPeer(ctx context.Context, d *dht.IpfsDHT, r request) (reply, error) {
	id, err := peer.Decode(r.Peer)
	if err != nil {
		return nil, err
	}
	found, err := d.FindPeer(ctx, id)
	return reply{"addrs": addrStrings(found.Addrs)}, err
}

func dhtClosest(ctx context.Context, d *dht.IpfsDHT, r request) (reply, error) {
	peers, err := d.GetClosestPeers(ctx, string(r.Key))
	return reply{"peers": idStrings(peers)}, err
}

func dhtProvide(ctx context.Context, d *dht.IpfsDHT, r request) (reply, error) {
	key, err := cidOf(r)
	if err != nil {
		return nil, err
	}
	return nil, d.Provide(ctx, key, true)
}

func dhtProviders(ctx context.Context, d *dht.IpfsDHT, r request) (reply, error) {
	key, err := cidOf(r)
	if err != nil {
		return nil, err
	}
	found, err := d.FindProviders(ctx, key)
	peers := []peer.ID{}
	for _, provider := range found {
		peers = append(peers, provider.ID)
	}
	return reply{"peers": idStrings(peers)}, err
}

func dhtPut(ctx context.Context, d *dht.IpfsDHT, r request) (reply, error) {
	return nil, d.PutValue(ctx, string(r.Key), r.Value)
}

// dhtGet answers with the value that go-libp2p has found valid, and the best.
func dhtGet(ctx context.Context, d *dht.IpfsDHT, r request) (reply, error) {
	value, err := d.GetValue(ctx, string(r.Key))
	return reply{"values": []hexBytes{value}}, err
}

// ipnsRecord makes one of the node's own name.
func (p *peerProgram) ipnsRecord(_ context.Context, r request) (reply, error) {
	target, err := path.NewPath(r.Text)
	if err != nil {
		return nil, err
	}
	key := p.host.Peerstore().PrivKey(p.host.ID())
	record, err := ipns.NewRecord(key, target, r.Sequence, time.Now().Add(ipnsLifetime), 5*time.Minute)
	if err != nil {
		return nil, err
	}
	value, err := ipns.MarshalRecord(record)
	name := ipns.NameFromPeer(p.host.ID())
	return reply{"key": hexBytes(name.RoutingKey()), "value": hexBytes(value)}, err
}

// cidOf is for the multihash: the DHT looks at nothing else of it.
func cidOf(r request) (cid.Cid, error) {
	hash, err := multihash.Cast(r.Multihash)
	return cid.NewCidV1(cid.Raw, hash), err
}

func idStrings(peers []peer.ID) []string {
	out := []string{}
	for _, id := range peers {
		out = append(out, id.String())
	}
	return out
}
