//! Multicast DNS: mdns.

use std::collections::HashMap;

use libp2p::core::Endpoint;
use libp2p::mdns::tokio::Behaviour;
use libp2p::swarm::{ConnectionId, NetworkBehaviour};
use serde_json::{Value, json};

use super::{Peer, connect::texts};
use crate::Result;
use crate::lines::Request;

pub async fn run(peer: &Peer, request: &Request) -> Result<Option<Value>> {
    if request.command() != "mdns" {
        return Ok(None);
    }
    let found = peer.node.with(|swarm| swarm.behaviour_mut().discovery.mdns.as_mut().map(found)).await;
    Ok(Some(json!({ "found": found.ok_or("mDNS is not among the services")? })))
}

/// Where a dial of each would go.
fn found(mdns: &mut Behaviour) -> HashMap<String, Vec<String>> {
    let peers: Vec<_> = mdns.discovered_nodes().copied().collect();
    let id = ConnectionId::new_unchecked(0);
    peers
        .into_iter()
        .map(|peer| {
            let addrs = mdns.handle_pending_outbound_connection(id, Some(peer), &[], Endpoint::Dialer);
            (peer.to_string(), texts(&addrs.unwrap_or_default()))
        })
        .collect()
}
