package main

import (
	"context"
	"encoding/hex"
	"sync"

	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/discovery/mdns"
)

// discovery is what finds peers and records, each where SERVICES names it: dht, mdns.
type discovery struct {
	dht  *dht.IpfsDHT
	mdns *foundPeers
}

// discoveryRequest has what its commands are given.
type discoveryRequest struct {
	Peer      string   `json:"peer"`
	Key       hexBytes `json:"key"`
	Value     hexBytes `json:"value"`
	Multihash hexBytes `json:"multihash"`
	Sequence  uint64   `json:"sequence"`
}

// startDiscovery takes the DHT as it is for the public network: its protocol, its validators, its parameters.
func (p *peerProgram) startDiscovery() (err error) {
	if hasService("dht") {
		p.discovery.dht, err = dht.New(context.Background(), p.host, dht.Mode(dht.ModeServer))
	}
	if err == nil && hasService("mdns") {
		p.discovery.mdns = &foundPeers{addrs: map[string][]string{}}
		err = mdns.NewMdnsService(p.host, "", p.discovery.mdns).Start()
	}
	return err
}

// foundPeers remembers whom mDNS told of.
type foundPeers struct {
	lock  sync.Mutex
	addrs map[string][]string
}

func (f *foundPeers) HandlePeerFound(found peer.AddrInfo) {
	f.lock.Lock()
	defer f.lock.Unlock()
	f.addrs[found.ID.String()] = addrStrings(found.Addrs)
}

func (f *foundPeers) get() map[string][]string {
	f.lock.Lock()
	defer f.lock.Unlock()
	copied := map[string][]string{}
	for id, addrs := range f.addrs {
		copied[id] = addrs
	}
	return copied
}

// hexBytes are bytes that are written as hex.
type hexBytes []byte

func (b *hexBytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

func (b hexBytes) MarshalText() ([]byte, error) {
	return []byte(hex.EncodeToString(b)), nil
}
