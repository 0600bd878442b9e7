//! What a line can ask for: a file for each group of commands.

mod connect;
mod dht;
mod mdns;
mod parts;
pub mod pubsub;
mod rendezvous;
mod streams;

use std::sync::Arc;

use serde_json::Value;

use crate::Result;
use crate::lines::Request;
use crate::node::Node;
use crate::protocols::Stats;
use crate::settings::Settings;

pub struct Peer {
    pub node: Node,
    pub settings: Settings,
    pub stats: Arc<Stats>,
    pub inbox: pubsub::Inbox,
    pub parted: parts::PartedMessages,
}

pub async fn run(peer: &Peer, request: &Request) -> Result<Value> {
    if let Some(answer) = connect::run(peer, request).await? {
        return Ok(answer);
    }
    if let Some(answer) = streams::run(peer, request).await? {
        return Ok(answer);
    }
    if let Some(answer) = pubsub::run(peer, request).await? {
        return Ok(answer);
    }
    if let Some(answer) = dht::run(peer, request).await? {
        return Ok(answer);
    }
    if let Some(answer) = mdns::run(peer, request).await? {
        return Ok(answer);
    }
    if let Some(answer) = rendezvous::run(peer, request).await? {
        return Ok(answer);
    }
    Err(format!("unknown command {}", request.command()).into())
}
