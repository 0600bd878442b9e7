//! Publish/subscribe, where the variable `PUBSUB` asks for it: subscribe, unsubscribe, publish, messages, topicPeers, and
//! what is in `parts`.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use libp2p::gossipsub::{IdentTopic, MessageAuthenticity, MessageId, ValidationMode};
use libp2p::identity::Keypair;
use libp2p::swarm::SwarmEvent;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::{PeerId, floodsub, gossipsub};
use serde_json::{Value, json};

use super::{Peer, parts};
use crate::Result;
use crate::lines::Request;
use crate::node::{BehaviourEvent, Event, Events};

pub struct Behaviours {
    pub gossipsub: Toggle<gossipsub::Behaviour>,
    pub floodsub: Toggle<floodsub::Behaviour>,
}

/// What the variable `PUBSUB` asks for: see `interop/README.md`.
pub fn behaviours(settings: Option<&Value>, key: &Keypair) -> Result<Behaviours> {
    let router = |name| settings.filter(|settings| settings["router"] == name);
    let gossipsub = router("gossipsub").map(|settings| gossipsub(settings, key)).transpose()?;
    let floodsub = router("floodsub").map(|_| floodsub::Behaviour::new(key.public().to_peer_id()));
    Ok(Behaviours { gossipsub: gossipsub.into(), floodsub: floodsub.into() })
}

fn gossipsub(settings: &Value, key: &Keypair) -> Result<gossipsub::Behaviour> {
    let number = |name: &str| settings[name].as_u64().unwrap_or_default();
    let history = number("historyHeartbeats") as usize;
    let is_signed = settings["signed"] == true;
    let mut config = gossipsub::ConfigBuilder::default();
    config
        .support_floodsub()
        .validation_mode(if is_signed { ValidationMode::Strict } else { ValidationMode::Anonymous })
        .flood_publish(settings["floodPublish"] == true)
        .heartbeat_interval(Duration::from_millis(number("heartbeatMs")))
        .heartbeat_initial_delay(Duration::from_millis(100))
        .history_length(history)
        .history_gossip(history)
        .unsubscribe_backoff(Duration::from_millis(number("unsubscribeBackoffMs")))
        .max_transmit_size(number("maxMessageBytes") as usize);
    if settings["doPX"] == true {
        config.do_px();
    }
    if settings["ids"] == "text" {
        config.message_id_fn(|message| MessageId::new(text_bytes(&message.data)));
    }
    let author = if is_signed { MessageAuthenticity::Signed(key.clone()) } else { MessageAuthenticity::Anonymous };
    Ok(gossipsub::Behaviour::new(author, config.build()?)?)
}

/// What came.
#[derive(Default)]
pub struct Inbox(Mutex<Contents>);

#[derive(Default)]
struct Contents {
    messages: HashMap<String, Vec<Value>>,
    /// Who is in a topic: floodsub does not tell.
    floodsubbers: HashMap<String, HashSet<PeerId>>,
    /// What peers said of messages in parts as they subscribed.
    partial: HashMap<String, HashMap<String, Value>>,
}

impl Contents {
    fn receive(&mut self, topic: &str, data: &[u8]) {
        let text = String::from_utf8_lossy(data);
        let message = json!({ "topic": topic, "text": text.trim_end_matches('.'), "bytes": data.len() });
        self.messages.entry(topic.to_owned()).or_default().push(message);
    }
}

/// Takes what comes, for as long as the node runs.
pub async fn follow(peer: Arc<Peer>, mut events: Events) {
    while let Some(event) = events.next().await {
        on_event(&peer, &event).await;
    }
}

async fn on_event(peer: &Peer, event: &Event) {
    match event {
        SwarmEvent::Behaviour(BehaviourEvent::Gossipsub(gossipsub::Event::Message { message, .. })) => {
            peer.inbox.0.lock().unwrap().receive(message.topic.as_str(), &message.data);
        }
        SwarmEvent::Behaviour(BehaviourEvent::Gossipsub(gossipsub::Event::Subscribed {
            peer_id,
            topic,
            requests_partial,
            supports_partial,
        })) => {
            let said = json!({ "requests": requests_partial, "supports": supports_partial });
            let mut contents = peer.inbox.0.lock().unwrap();
            contents.partial.entry(topic.to_string()).or_default().insert(peer_id.to_string(), said);
        }
        SwarmEvent::Behaviour(BehaviourEvent::Gossipsub(gossipsub::Event::Partial {
            topic_hash,
            group_id,
            message,
            metadata,
            ..
        })) => parts::receive(peer, topic_hash.as_str(), group_id, message.as_deref(), metadata.as_deref()).await,
        SwarmEvent::Behaviour(BehaviourEvent::Floodsub(event)) => on_floodsub_event(peer, event),
        SwarmEvent::ConnectionEstablished { peer_id, .. } => view(peer, *peer_id, true).await,
        SwarmEvent::ConnectionClosed { peer_id, num_established: 0, .. } => view(peer, *peer_id, false).await,
        _ => {}
    }
}

fn on_floodsub_event(peer: &Peer, event: &floodsub::Event) {
    let mut contents = peer.inbox.0.lock().unwrap();
    match event {
        floodsub::Event::Message(message) => {
            for topic in &message.topics {
                contents.receive(topic.id(), &message.data);
            }
        }
        floodsub::Event::Subscribed { peer_id, topic } => {
            contents.floodsubbers.entry(topic.id().to_owned()).or_default().insert(*peer_id);
        }
        floodsub::Event::Unsubscribed { peer_id, topic } => {
            contents.floodsubbers.entry(topic.id().to_owned()).or_default().remove(peer_id);
        }
    }
}

/// Floodsub speaks only to those that it is told of.
async fn view(peer: &Peer, of: PeerId, is_connected: bool) {
    peer.node
        .with(move |swarm| match swarm.behaviour_mut().floodsub.as_mut() {
            Some(floodsub) if is_connected => floodsub.add_node_to_partial_view(of),
            Some(floodsub) => floodsub.remove_node_from_partial_view(&of),
            None => {}
        })
        .await;
    if !is_connected {
        peer.inbox.0.lock().unwrap().floodsubbers.values_mut().for_each(|peers| drop(peers.remove(&of)));
    }
}

pub async fn run(peer: &Peer, request: &Request) -> Result<Option<Value>> {
    if peer.settings.pubsub.is_none() {
        return Ok(None);
    }
    Ok(Some(match request.command() {
        "subscribe" => subscribe(peer, request).await?,
        "unsubscribe" => unsubscribe(peer, request.text("topic")?.to_owned()).await,
        "publish" => publish(peer, request).await?,
        "messages" => {
            let contents = peer.inbox.0.lock().unwrap();
            json!({ "messages": contents.messages.get(request.text("topic")?).cloned().unwrap_or_default() })
        }
        "topicPeers" => topic_peers(peer, request.text("topic")?.to_owned()).await,
        _ => return parts::run(peer, request).await,
    }))
}

async fn subscribe(peer: &Peer, request: &Request) -> Result<Value> {
    let topic = request.text("topic")?.to_owned();
    let requests_partial = request.text("partial").ok().map(|wish| wish == "requests");
    let subscribed = peer.node.with(move |swarm| {
        let behaviour = swarm.behaviour_mut();
        if let Some(floodsub) = behaviour.floodsub.as_mut() {
            return Ok(floodsub.subscribe(floodsub::Topic::new(topic)));
        }
        let topic = IdentTopic::new(topic);
        behaviour.gossipsub.as_mut().map_or(Ok(false), |gossipsub| {
            if let Some(requests) = requests_partial {
                gossipsub.enable_partials_for_topic(topic.hash(), requests);
            }
            gossipsub.subscribe(&topic)
        })
    });
    subscribed.await?;
    Ok(json!({}))
}

async fn unsubscribe(peer: &Peer, topic: String) -> Value {
    let unsubscribed = peer.node.with(move |swarm| {
        let behaviour = swarm.behaviour_mut();
        if let Some(floodsub) = behaviour.floodsub.as_mut() {
            return floodsub.unsubscribe(floodsub::Topic::new(topic));
        }
        behaviour.gossipsub.as_mut().is_some_and(|gossipsub| gossipsub.unsubscribe(&IdentTopic::new(topic)))
    });
    unsubscribed.await;
    json!({})
}

async fn publish(peer: &Peer, request: &Request) -> Result<Value> {
    let topic = request.text("topic")?.to_owned();
    let mut data = request.text("text")?.as_bytes().to_vec();
    data.resize(data.len().max(request.number("bytes") as usize), b'.');
    let published = peer.node.with(move |swarm| {
        let behaviour = swarm.behaviour_mut();
        if let Some(floodsub) = behaviour.floodsub.as_mut() {
            floodsub.publish(floodsub::Topic::new(topic), data);
            return Ok(());
        }
        behaviour
            .gossipsub
            .as_mut()
            .map_or(Ok(()), |gossipsub| gossipsub.publish(IdentTopic::new(topic), data).map(drop))
    });
    published.await?;
    Ok(json!({}))
}

async fn topic_peers(peer: &Peer, topic: String) -> Value {
    let (of_floodsub, partial) = {
        let contents = peer.inbox.0.lock().unwrap();
        let partial = contents.partial.get(&topic).cloned().unwrap_or_default();
        (contents.floodsubbers.get(&topic).cloned().unwrap_or_default(), partial)
    };
    peer.node
        .with(move |swarm| {
            let hash = IdentTopic::new(topic).hash();
            let Some(gossipsub) = swarm.behaviour_mut().gossipsub.as_mut() else {
                return json!({ "subscribers": texts(of_floodsub.iter()), "mesh": [] });
            };
            let subscribers = gossipsub.all_peers().filter(|(_, topics)| topics.contains(&&hash)).map(|(peer, _)| peer);
            json!({ "subscribers": texts(subscribers), "mesh": texts(gossipsub.mesh_peers(&hash)), "partial": partial })
        })
        .await
}

fn texts<'a>(peers: impl Iterator<Item = &'a PeerId>) -> Vec<String> {
    peers.map(ToString::to_string).collect()
}

/// A message is a text, and dots up to so many bytes.
fn text_bytes(data: &[u8]) -> &[u8] {
    data.split(|byte| *byte == b'.').next().unwrap_or_default()
}
