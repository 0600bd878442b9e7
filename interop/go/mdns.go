package main

import (
	"context"
	"errors"
)

var mdnsCommands = map[string]command{"mdns": (*peerProgram).mdnsFound}

func (p *peerProgram) mdnsFound(context.Context, request) (reply, error) {
	if p.discovery.mdns == nil {
		return nil, errors.New("mDNS is not among the services")
	}
	return reply{"found": p.discovery.mdns.get()}, nil
}
