//! Rendezvous, as a client: rendezvous-register, rendezvous-discover, rendezvous-unregister.

use libp2p::PeerId;
use libp2p::rendezvous::client::{Behaviour, Event as Rendezvous};
use libp2p::rendezvous::{Cookie, Namespace, Registration};
use libp2p::swarm::SwarmEvent;
use serde_json::{Value, json};

use super::{
    Peer,
    connect::{connect, texts},
};
use crate::Result;
use crate::discovery::BehaviourEvent as Discovery;
use crate::lines::{Request, hex};
use crate::node::{BehaviourEvent, Events, Node};

pub async fn run(peer: &Peer, request: &Request) -> Result<Option<Value>> {
    let node = &peer.node;
    Ok(Some(match request.command() {
        "rendezvous-register" => register(node, request).await?,
        "rendezvous-discover" => discover(node, request).await?,
        "rendezvous-unregister" => {
            let (point, namespace) = meeting(node, request).await?;
            with(node, move |client| client.unregister(namespace, point)).await?;
            json!({})
        }
        _ => return Ok(None),
    }))
}

async fn with<T: Send + 'static>(node: &Node, run: impl FnOnce(&mut Behaviour) -> T + Send + 'static) -> Result<T> {
    let result = node.with(|swarm| swarm.behaviour_mut().discovery.rendezvous.as_mut().map(run)).await;
    result.ok_or_else(|| "rendezvous is not among the services".into())
}

/// The point, connected, and the namespace.
async fn meeting(node: &Node, request: &Request) -> Result<(PeerId, Namespace)> {
    let namespace = Namespace::new(request.text("namespace")?.to_owned())?;
    Ok((connect(node, request.text("addr")?).await?, namespace))
}

async fn register(node: &Node, request: &Request) -> Result<Value> {
    let (point, namespace) = meeting(node, request).await?;
    let mut events = node.events();
    // Only what is proven to be reachable is registered; on loopback nobody proves it.
    node.with(|swarm| {
        for addr in swarm.listeners().cloned().collect::<Vec<_>>() {
            swarm.add_external_address(addr);
        }
    })
    .await;
    let ttl = Some(request.number("ttl")).filter(|ttl| *ttl > 0);
    with(node, move |client| client.register(namespace, point, ttl)).await??;
    happening(&mut events, |event| match event {
        Rendezvous::Registered { rendezvous_node, ttl, .. } if *rendezvous_node == point => {
            Some(Ok(json!({ "ttl": ttl })))
        }
        Rendezvous::RegisterFailed { rendezvous_node, error, .. } if *rendezvous_node == point => {
            Some(Err(format!("{error:?}").into()))
        }
        _ => None,
    })
    .await
}

async fn discover(node: &Node, request: &Request) -> Result<Value> {
    let (point, namespace) = meeting(node, request).await?;
    let cookie = request.bytes("cookie").ok().map(Cookie::from_wire_encoding).transpose()?;
    let mut events = node.events();
    with(node, move |client| client.discover(Some(namespace), cookie, None, point)).await?;
    happening(&mut events, |event| match event {
        Rendezvous::Discovered { rendezvous_node, registrations, cookie } if *rendezvous_node == point => {
            let peers = registrations.iter().map(found).collect::<Vec<_>>();
            Some(Ok(json!({ "peers": peers, "cookie": hex(&cookie.clone().into_wire_encoding()) })))
        }
        Rendezvous::DiscoverFailed { rendezvous_node, error, .. } if *rendezvous_node == point => {
            Some(Err(format!("{error:?}").into()))
        }
        _ => None,
    })
    .await
}

fn found(registration: &Registration) -> Value {
    json!({
        "peerId": registration.record.peer_id().to_string(),
        "addrs": texts(registration.record.addresses()),
        "namespace": registration.namespace.to_string(),
        "ttl": registration.ttl,
    })
}

async fn happening(events: &mut Events, pick: impl Fn(&Rendezvous) -> Option<Result<Value>>) -> Result<Value> {
    events
        .first(|event| match event {
            SwarmEvent::Behaviour(BehaviourEvent::Discovery(Discovery::Rendezvous(event))) => pick(event),
            _ => None,
        })
        .await?
}
