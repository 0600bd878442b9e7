//! The node and its connections: info, dial, ping, identify, connections, stop.

use libp2p::core::PeerRecord;
use libp2p::multiaddr::{Multiaddr, Protocol};
use libp2p::swarm::SwarmEvent;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::{PeerId, identify, ping};
use serde_json::{Value, json};

use super::Peer;
use crate::Result;
use crate::lines::Request;
use crate::node::{BehaviourEvent, Node};

pub async fn run(peer: &Peer, request: &Request) -> Result<Option<Value>> {
    Ok(Some(match request.command() {
        "info" => info(&peer.node).await,
        "dial" => dial(peer, request.text("addr")?).await?,
        "ping" => ping(&peer.node, request.text("addr")?).await?,
        "identify" => identify(&peer.node, request.text("addr")?).await?,
        "connections" => {
            peer.node
                .with(|swarm| json!({ "count": swarm.network_info().connection_counters().num_established() }))
                .await
        }
        "stop" => stop(&peer.node).await,
        _ => return Ok(None),
    }))
}

async fn info(node: &Node) -> Value {
    node.with(|swarm| {
        let peer_id = *swarm.local_peer_id();
        let addrs = swarm.listeners().map(|addr| format!("{addr}/p2p/{peer_id}"));
        json!({ "peerId": peer_id.to_string(), "addrs": addrs.collect::<Vec<_>>() })
    })
    .await
}

/// Takes the connection there is, or dials this address and none of the others that are known of the peer.
pub async fn connect(node: &Node, addr: &str) -> Result<PeerId> {
    let addr: Multiaddr = addr.parse()?;
    let Some(Protocol::P2p(peer)) = addr.iter().last() else {
        return Err(format!("{addr} names no peer").into());
    };
    let mut events = node.events();
    let opts = DialOpts::peer_id(peer).addresses(vec![addr]).condition(PeerCondition::Always).build();
    let dialed = opts.connection_id();
    let is_connected = node.with(move |swarm| swarm.is_connected(&peer) || swarm.dial(opts).is_err());
    if is_connected.await {
        return Ok(peer);
    }
    events
        .first(|event| match event {
            SwarmEvent::ConnectionEstablished { connection_id, .. } if *connection_id == dialed => Some(Ok(peer)),
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } if *connection_id == dialed => {
                Some(Err(error.to_string().into()))
            }
            _ => None,
        })
        .await?
}

async fn dial(peer: &Peer, addr: &str) -> Result<Value> {
    let remote = connect(&peer.node, addr).await?;
    Ok(json!({
        "peerId": remote.to_string(),
        "security": peer.settings.security.protocol(),
        "muxer": peer.settings.muxer.protocol(),
    }))
}

/// The node pings by itself, again and again: the next one counts.
async fn ping(node: &Node, addr: &str) -> Result<Value> {
    let remote = connect(node, addr).await?;
    let rtt = node
        .events()
        .first(|event| match event {
            SwarmEvent::Behaviour(BehaviourEvent::Ping(ping::Event { peer, result, .. })) if *peer == remote => {
                Some(result.as_ref().map(|rtt| rtt.as_secs_f64() * 1000.0).map_err(|error| error.to_string()))
            }
            _ => None,
        })
        .await??;
    Ok(json!({ "rttMs": rtt }))
}

/// Connects anew: the node identifies a connection when it is opened.
async fn identify(node: &Node, addr: &str) -> Result<Value> {
    let target = connect(node, addr).await?;
    let mut events = node.events();
    node.with(move |swarm| swarm.disconnect_peer_id(target)).await.ok();
    events
        .first(|event| match event {
            SwarmEvent::ConnectionClosed { peer_id, num_established: 0, .. } if *peer_id == target => Some(()),
            _ => None,
        })
        .await?;
    connect(node, addr).await?;
    events
        .first(|event| match event {
            SwarmEvent::Behaviour(BehaviourEvent::Identify(identify::Event::Received { peer_id, info, .. }))
                if *peer_id == target =>
            {
                Some(identified(info))
            }
            _ => None,
        })
        .await
}

fn identified(info: &identify::Info) -> Value {
    let signed = info.signed_peer_record.clone().and_then(|record| PeerRecord::from_signed_envelope(record).ok());
    json!({
        "peerId": info.public_key.to_peer_id().to_string(),
        "protocolVersion": info.protocol_version,
        "agentVersion": info.agent_version,
        "protocols": info.protocols.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "listenAddrs": texts(&info.listen_addrs),
        "observedAddr": info.observed_addr.to_string(),
        "signedAddrs": signed.map(|record| texts(record.addresses())),
    })
}

pub fn texts(addrs: &[Multiaddr]) -> Vec<String> {
    addrs.iter().map(ToString::to_string).collect()
}

async fn stop(node: &Node) -> Value {
    node.with(|swarm| {
        for peer in swarm.connected_peers().copied().collect::<Vec<_>>() {
            swarm.disconnect_peer_id(peer).ok();
        }
    })
    .await;
    json!({})
}
