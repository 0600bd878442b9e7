use std::time::Duration;

use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::Boxed;
use libp2p::core::transport::timeout::TransportTimeout;
use libp2p::core::upgrade::Version;
use libp2p::core::{StreamMuxer, Transport};
use libp2p::identity::Keypair;
use libp2p::{PeerId, noise, tcp, tls, websocket, yamux};
use libp2p_mplex as mplex;

use crate::Result;
use crate::settings::{Certificate, Muxer, Security, Settings};

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);
/// The suite opens 200 streams at once.
const MAX_MPLEX_STREAMS: usize = 4096;

/// TCP and WebSocket with one security and one muxer: rust-libp2p does not tell which ones a connection chose.
pub fn transport(key: &Keypair, settings: &Settings) -> Result<Boxed<(PeerId, StreamMuxerBox)>> {
    let raw = websocket_transport(settings)?.or_transport(tcp_transport()).upgrade(Version::V1);
    Ok(match (settings.security, settings.muxer) {
        (Security::Noise, Muxer::Yamux) => boxed(raw.authenticate(noise::Config::new(key)?).multiplex(yamux())),
        (Security::Noise, Muxer::Mplex) => boxed(raw.authenticate(noise::Config::new(key)?).multiplex(mplex())),
        (Security::Tls, Muxer::Yamux) => boxed(raw.authenticate(tls::Config::new(key)?).multiplex(yamux())),
        (Security::Tls, Muxer::Mplex) => boxed(raw.authenticate(tls::Config::new(key)?).multiplex(mplex())),
    })
}

fn websocket_transport(settings: &Settings) -> Result<websocket::Config<tcp::tokio::Transport>> {
    let mut transport = websocket::Config::new(tcp_transport());
    if let Some(Certificate { key, certificate }) = &settings.certificate {
        let chain = [websocket::tls::Certificate::new(certificate.clone())];
        transport.set_tls_config(websocket::tls::Config::new(websocket::tls::PrivateKey::new(key.clone()), chain)?);
    }
    Ok(transport)
}

fn tcp_transport() -> tcp::tokio::Transport {
    tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
}

fn yamux() -> yamux::Config {
    yamux::Config::default()
}

fn mplex() -> mplex::Config {
    let mut config = mplex::Config::new();
    config.set_max_num_streams(MAX_MPLEX_STREAMS);
    config
}

fn boxed<T, M>(transport: T) -> Boxed<(PeerId, StreamMuxerBox)>
where
    T: Transport<Output = (PeerId, M)> + Send + Unpin + 'static,
    T::Error: Send + Sync,
    T::Dial: Send,
    T::ListenerUpgrade: Send,
    M: StreamMuxer + Send + 'static,
    M::Substream: Send + 'static,
    M::Error: Send + Sync + 'static,
{
    let transport = TransportTimeout::new(transport, HANDSHAKE_TIMEOUT);
    transport.map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer))).boxed()
}
