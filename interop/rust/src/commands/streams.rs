//! The test protocols, asked: echo, parallel, count, greet, reset, sendReset, perf; and stats of those answered.

use std::io;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use futures::future::try_join_all;
use futures::io::{copy, sink};
use futures::{AsyncReadExt, AsyncWrite, AsyncWriteExt, try_join};
use libp2p::StreamProtocol;
use libp2p::swarm::Stream;
use serde_json::{Value, json};

use super::{Peer, connect::connect};
use crate::Result;
use crate::lines::Request;
use crate::node::Node;
use crate::protocols::{COUNT, ECHO, GREET, PERF, RESET, Stats, check_reset, read_all, write_zeros};

const MAX_PIECE: usize = 100_000;

pub async fn run(peer: &Peer, request: &Request) -> Result<Option<Value>> {
    let node = &peer.node;
    Ok(Some(match request.command() {
        "echo" => echo(node, request).await?,
        "parallel" => parallel(node, request).await?,
        "count" => count(node, request).await?,
        "greet" => greet(node, request).await?,
        "reset" => reset(node, request).await?,
        "sendReset" => send_reset(node, request).await?,
        "perf" => perf(node, request).await?,
        "stats" => stats(&peer.stats),
        _ => return Ok(None),
    }))
}

async fn open(node: &Node, request: &Request, protocol: StreamProtocol) -> Result<Stream> {
    let remote = connect(node, request.text("addr")?).await?;
    let opened = node.with(move |swarm| swarm.behaviour_mut().streams.open(remote, protocol));
    Ok(opened.await.await??)
}

/// Sends random bytes in random pieces while it reads them back.
async fn echo(node: &Node, request: &Request) -> Result<Value> {
    let (mut reading, mut writing) = open(node, request, ECHO).await?.split();
    let sent = random_bytes(request.number("bytes") as usize);
    let (back, ()) = try_join!(read_all(&mut reading), send_in_pieces(&mut writing, &sent))?;
    Ok(json!({ "bytes": back.len(), "equal": back == sent }))
}

async fn send_in_pieces(to: &mut (impl AsyncWrite + Unpin), mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let (piece, rest) = bytes.split_at(bytes.len().min(1 + fastrand::usize(..MAX_PIECE)));
        to.write_all(piece).await?;
        bytes = rest;
    }
    to.close().await
}

fn random_bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    fastrand::Rng::new().fill(&mut bytes);
    bytes
}

async fn parallel(node: &Node, request: &Request) -> Result<Value> {
    let results = try_join_all((0..request.number("streams")).map(|_| echo(node, request))).await?;
    Ok(json!({ "equal": results.iter().all(|result| result["equal"] == true), "streams": results.len() }))
}

async fn count(node: &Node, request: &Request) -> Result<Value> {
    let mut stream = open(node, request, COUNT).await?;
    write_zeros(&mut stream, request.number("bytes")).await?;
    stream.close().await?;
    let answer = String::from_utf8(read_all(&mut stream).await?)?;
    Ok(json!({ "count": answer.parse::<u64>()? }))
}

async fn greet(node: &Node, request: &Request) -> Result<Value> {
    let mut stream = open(node, request, GREET).await?;
    let greeting = String::from_utf8(read_all(&mut stream).await?)?;
    write_zeros(&mut stream, request.number("bytes")).await?;
    stream.close().await?;
    Ok(json!({ "greeting": greeting }))
}

/// Answers what a stream ends with that the other side resets: for a reader, and for a writer after that.
async fn reset(node: &Node, request: &Request) -> Result<Value> {
    let mut stream = open(node, request, RESET).await?;
    stream.write_all(&[1]).await?;
    stream.flush().await?;
    let read = seen(read_all(&mut stream).await.map(drop));
    Ok(json!({ "read": read, "write": seen(check_reset(&mut stream).await) }))
}

fn seen(result: io::Result<()>) -> String {
    result.map_or_else(|error| error.kind().to_string(), |()| "end".into())
}

async fn send_reset(node: &Node, request: &Request) -> Result<Value> {
    let mut stream = open(node, request, ECHO).await?;
    stream.write_all(&[1]).await?;
    stream.flush().await?;
    stream.read_exact(&mut [0]).await?;
    drop(stream);
    Ok(json!({}))
}

async fn perf(node: &Node, request: &Request) -> Result<Value> {
    let started_at = Instant::now();
    let mut stream = open(node, request, PERF).await?;
    stream.write_all(&request.number("down").to_be_bytes()).await?;
    write_zeros(&mut stream, request.number("up")).await?;
    stream.close().await?;
    let received = copy(&mut stream, &mut sink()).await?;
    Ok(json!({ "received": received, "seconds": started_at.elapsed().as_secs_f64() }))
}

fn stats(stats: &Stats) -> Value {
    json!({ "resets": stats.resets.load(Relaxed), "received": stats.received.load(Relaxed) })
}
