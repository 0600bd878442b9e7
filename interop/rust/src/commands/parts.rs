//! Messages of eight parts, as test-plans' gossipsub-interop has them: addParts, sendParts, parts.

use std::collections::HashMap;
use std::sync::Mutex;

use libp2p::PeerId;
use libp2p::gossipsub::IdentTopic;
use libp2p::gossipsub::partial_messages::{Metadata, Partial, PartialAction, PartialError};
use serde_json::{Value, json};

use super::Peer;
use crate::Result;
use crate::lines::{Request, hex};

const PARTS: usize = 8;
const PART_BYTES: usize = 1024;

/// A bit for each part that somebody has. On the wire a byte.
#[derive(Debug)]
struct Bits([u8; 1]);

impl Bits {
    fn read(data: &[u8]) -> Result<Self, PartialError> {
        data.try_into().map(Self).map_err(|_| PartialError::InvalidFormat)
    }
}

impl Metadata for Bits {
    fn as_slice(&self) -> &[u8] {
        &self.0
    }

    fn update(&mut self, data: &[u8]) -> Result<bool, PartialError> {
        let before = self.0[0];
        self.0[0] |= Self::read(data)?.0[0];
        Ok(self.0[0] != before)
    }
}

/// A message of which some parts are there. `part` makes any of them, so their bits are all there is to keep.
#[derive(Clone, Copy)]
struct Parted {
    group: u64,
    has: u8,
}

impl Parted {
    /// It counts up in numbers of 8 bytes.
    fn part(&self, index: usize) -> Vec<u8> {
        let first = self.group + (index * PART_BYTES / 8) as u64;
        (first..first + PART_BYTES as u64 / 8).flat_map(u64::to_be_bytes).collect()
    }

    /// These bits, their parts, and the group.
    fn encode(&self, bits: u8) -> Vec<u8> {
        let parts = indices(bits).flat_map(|index| self.part(index));
        [bits].into_iter().chain(parts).chain(self.group.to_be_bytes()).collect()
    }

    /// Takes what `encode` made of parts that are right, and nothing else.
    fn take(&mut self, message: &[u8]) {
        if message.first().is_some_and(|bits| self.encode(*bits) == message) {
            self.has |= message[0];
        }
    }
}

impl Partial for Parted {
    fn group_id(&self) -> Vec<u8> {
        self.group.to_be_bytes().to_vec()
    }

    fn metadata(&self) -> Box<dyn Metadata> {
        Box::new(Bits([self.has]))
    }

    fn partial_action_from_metadata(&self, _: PeerId, metadata: Option<&[u8]>) -> Result<PartialAction, PartialError> {
        let Some(metadata) = metadata else {
            return Ok(PartialAction { need: true, send: None });
        };
        let theirs = Bits::read(metadata)?.0[0];
        let lacking = self.has & !theirs;
        let after: Box<dyn Metadata> = Box::new(Bits([theirs | self.has]));
        let send = (lacking != 0).then(|| (self.encode(lacking), after));
        Ok(PartialAction { need: theirs & !self.has != 0, send })
    }
}

fn indices(bits: u8) -> impl Iterator<Item = usize> {
    (0..PARTS).filter(move |index| bits & (1 << index) != 0)
}

/// The messages of each topic and group.
#[derive(Default)]
pub struct PartedMessages(Mutex<HashMap<(String, u64), Kept>>);

#[derive(Default)]
struct Kept {
    has: u8,
    /// What peers told of theirs, as they told it.
    heard: Vec<String>,
}

impl PartedMessages {
    fn with<T>(&self, topic: &str, group: u64, run: impl FnOnce(&mut Kept) -> T) -> T {
        run(self.0.lock().unwrap().entry((topic.to_owned(), group)).or_default())
    }
}

/// Parts came, or news of them, which were not asked for by what is published already. Others hear of what there is now.
pub async fn receive(peer: &Peer, topic: &str, group: &[u8], message: Option<&[u8]>, metadata: Option<&[u8]>) {
    let Ok(group) = group.try_into().map(u64::from_be_bytes) else {
        return;
    };
    peer.parted.with(topic, group, |kept| {
        let mut parted = Parted { group, has: kept.has };
        parted.take(message.unwrap_or_default());
        kept.has = parted.has;
        kept.heard.extend(metadata.map(hex));
    });
    // Nobody else may be there.
    send(peer, topic, group).await.ok();
}

pub async fn run(peer: &Peer, request: &Request) -> Result<Option<Value>> {
    if !matches!(request.command(), "addParts" | "sendParts" | "parts") {
        return Ok(None);
    }
    let (topic, group) = (request.text("topic")?, request.number("group"));
    match request.command() {
        "addParts" => peer.parted.with(topic, group, |kept| kept.has |= request.number("parts") as u8),
        "sendParts" => send(peer, topic, group).await?,
        _ => {
            let answer = |kept: &mut Kept| json!({ "parts": kept.has, "heard": kept.heard });
            return Ok(Some(peer.parted.with(topic, group, answer)));
        }
    }
    Ok(Some(json!({})))
}

async fn send(peer: &Peer, topic: &str, group: u64) -> Result<()> {
    let parted = Parted { group, has: peer.parted.with(topic, group, |kept| kept.has) };
    let topic = IdentTopic::new(topic);
    let published = peer.node.with(move |swarm| {
        let gossipsub = swarm.behaviour_mut().gossipsub.as_mut();
        gossipsub.map_or(Ok(()), |gossipsub| gossipsub.publish_partial(topic, parted))
    });
    Ok(published.await?)
}
