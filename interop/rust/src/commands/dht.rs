//! The DHT: dht-table, dht-refresh, dht-find-peer, dht-closest, dht-provide, dht-providers, dht-put, dht-get. rust-libp2p
//! has no validators: what it stores and finds is whatever others said.

use std::collections::HashSet;
use std::convert::Infallible;

use libp2p::PeerId;
use libp2p::kad::store::MemoryStore;
use libp2p::kad::{self, GetProvidersOk, GetRecordOk, PutRecordError, QueryId, QueryResult, Quorum, Record, RecordKey};
use libp2p::swarm::SwarmEvent;
use serde_json::{Value, json};

use super::{Peer, connect::texts};
use crate::Result;
use crate::discovery::BehaviourEvent as Discovery;
use crate::lines::{Request, hex};
use crate::node::{BehaviourEvent, Event, Events, Node};

type Dht = kad::Behaviour<MemoryStore>;

pub async fn run(peer: &Peer, request: &Request) -> Result<Option<Value>> {
    let node = &peer.node;
    Ok(Some(match request.command() {
        "dht-table" => json!({ "size": with(node, |dht| dht.kbuckets().map(|b| b.num_entries()).sum::<usize>()).await? }),
        "dht-refresh" => refresh(node).await?,
        "dht-find-peer" => find_peer(node, request.text("peer")?.parse()?).await?,
        "dht-closest" => closest(node, request.bytes("key")?).await?,
        "dht-provide" => provide(node, request.bytes("multihash")?).await?,
        "dht-providers" => providers(node, request.bytes("multihash")?).await?,
        "dht-put" => put(node, request.bytes("key")?, request.bytes("value")?).await?,
        "dht-get" => get(node, request.bytes("key")?).await?,
        _ => return Ok(None),
    }))
}

async fn with<T: Send + 'static>(node: &Node, run: impl FnOnce(&mut Dht) -> T + Send + 'static) -> Result<T> {
    let result = node.with(|swarm| swarm.behaviour_mut().discovery.dht.as_mut().map(run)).await;
    result.ok_or_else(|| "the DHT is not among the services".into())
}

/// A query under way, and what is said of it.
struct Query {
    id: QueryId,
    events: Events,
}

impl Query {
    async fn begin<E>(node: &Node, begin: impl FnOnce(&mut Dht) -> std::result::Result<QueryId, E> + Send + 'static) -> Result<Self>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        let events = node.events();
        Ok(Self { id: with(node, begin).await??, events })
    }

    /// The next thing found, and whether it is the last.
    async fn next(&mut self) -> Result<(QueryResult, bool)> {
        let id = self.id;
        self.events.first(|event| progress(event, id)).await
    }

    async fn end(mut self) -> Result<QueryResult> {
        loop {
            if let (result, true) = self.next().await? {
                return Ok(result);
            }
        }
    }
}

fn progress(event: &Event, query: QueryId) -> Option<(QueryResult, bool)> {
    let SwarmEvent::Behaviour(BehaviourEvent::Discovery(Discovery::Dht(event))) = event else { return None };
    match event {
        kad::Event::OutboundQueryProgressed { id, result, step, .. } if *id == query => {
            Some((result.clone(), step.last))
        }
        _ => None,
    }
}

async fn refresh(node: &Node) -> Result<Value> {
    match Query::begin(node, |dht| dht.bootstrap()).await?.end().await? {
        QueryResult::Bootstrap(result) => result.map(|_| json!({})).map_err(Into::into),
        other => Err(unexpected(other)),
    }
}

async fn closest_peers(node: &Node, key: Vec<u8>) -> Result<Vec<kad::PeerInfo>> {
    let query = Query::begin(node, |dht| Ok::<_, Infallible>(dht.get_closest_peers(key))).await?;
    match query.end().await? {
        QueryResult::GetClosestPeers(result) => Ok(result?.peers),
        other => Err(unexpected(other)),
    }
}

async fn closest(node: &Node, key: Vec<u8>) -> Result<Value> {
    let peers = closest_peers(node, key).await?;
    Ok(json!({ "peers": peers.iter().map(|peer| peer.peer_id.to_string()).collect::<Vec<_>>() }))
}

/// Who looks for a peer looks for those nearest to it, and hopes that it is among them.
async fn find_peer(node: &Node, id: PeerId) -> Result<Value> {
    let peers = closest_peers(node, id.to_bytes()).await?;
    let found = peers.iter().find(|peer| peer.peer_id == id).ok_or("not found")?;
    Ok(json!({ "addrs": texts(&found.addrs) }))
}

async fn provide(node: &Node, multihash: Vec<u8>) -> Result<Value> {
    let query = Query::begin(node, move |dht| dht.start_providing(RecordKey::new(&multihash))).await?;
    match query.end().await? {
        QueryResult::StartProviding(result) => result.map(|_| json!({})).map_err(Into::into),
        other => Err(unexpected(other)),
    }
}

async fn providers(node: &Node, multihash: Vec<u8>) -> Result<Value> {
    let begin = move |dht: &mut Dht| Ok::<_, Infallible>(dht.get_providers(RecordKey::new(&multihash)));
    let mut query = Query::begin(node, begin).await?;
    let mut found = HashSet::new();
    loop {
        let (result, is_last) = query.next().await?;
        match result {
            QueryResult::GetProviders(Ok(GetProvidersOk::FoundProviders { providers, .. })) => found.extend(providers),
            QueryResult::GetProviders(result) => drop(result?),
            other => return Err(unexpected(other)),
        }
        if is_last {
            return Ok(json!({ "peers": found.iter().map(PeerId::to_string).collect::<Vec<_>>() }));
        }
    }
}

/// Answers when all the nearest have: more are wanted than there are, and one is enough.
async fn put(node: &Node, key: Vec<u8>, value: Vec<u8>) -> Result<Value> {
    let query = Query::begin(node, move |dht| dht.put_record(Record::new(key, value), Quorum::All)).await?;
    match query.end().await? {
        QueryResult::PutRecord(Err(PutRecordError::QuorumFailed { success, .. })) if !success.is_empty() => Ok(json!({})),
        QueryResult::PutRecord(result) => result.map(|_| json!({})).map_err(Into::into),
        other => Err(unexpected(other)),
    }
}

/// All the different values that were found.
async fn get(node: &Node, key: Vec<u8>) -> Result<Value> {
    let begin = move |dht: &mut Dht| Ok::<_, Infallible>(dht.get_record(RecordKey::new(&key)));
    let mut query = Query::begin(node, begin).await?;
    let mut values = HashSet::new();
    loop {
        let (result, is_last) = query.next().await?;
        match result {
            QueryResult::GetRecord(Ok(GetRecordOk::FoundRecord(found))) => drop(values.insert(hex(&found.record.value))),
            QueryResult::GetRecord(result) => drop(result?),
            other => return Err(unexpected(other)),
        }
        if is_last {
            return Ok(json!({ "values": values }));
        }
    }
}

fn unexpected(result: QueryResult) -> crate::Error {
    format!("the query ended with {result:?}").into()
}
