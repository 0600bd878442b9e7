//! An unmodified rust-libp2p node driven by JSON lines on standard input: see `interop/README.md`. `LISTEN` holds its
//! addresses, `SECURITY` is noise or tls, `MUXER` is yamux or mplex, `SERVICES` names protocols that it runs beside.

mod commands;
mod discovery;
mod lines;
mod node;
mod protocols;
mod settings;
mod streams;
mod transport;

use std::sync::Arc;

use commands::Peer;
use node::Node;
use settings::Settings;

pub type Error = Box<dyn std::error::Error + Send + Sync>;
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[tokio::main]
async fn main() -> Result<()> {
    let settings = Settings::from_env()?;
    let stats = Arc::default();
    let node = Node::start(&settings, protocols::answers(&stats)).await?;
    let peer = Arc::new(Peer { node, settings, stats, inbox: Default::default(), parted: Default::default() });
    tokio::spawn(commands::pubsub::follow(peer.clone(), peer.node.events()));
    lines::serve(peer).await;
    Ok(())
}
