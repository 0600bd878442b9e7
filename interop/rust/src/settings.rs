use std::env;

use libp2p::identity::Keypair;
use serde_json::Value;

use crate::Result;
use crate::lines::from_hex;

const DEFAULT_LISTEN: &str = "/ip4/127.0.0.1/tcp/0,/ip4/127.0.0.1/tcp/0/ws";

#[derive(Clone, Copy)]
pub enum Security {
    Noise,
    Tls,
}

#[derive(Clone, Copy)]
pub enum Muxer {
    Yamux,
    Mplex,
}

/// What it takes to listen at /tls/ws: DER, the key as PKCS#8.
pub struct Certificate {
    pub key: Vec<u8>,
    pub certificate: Vec<u8>,
}

pub struct Settings {
    pub listen: Vec<String>,
    pub security: Security,
    pub muxer: Muxer,
    /// With `SEED` the same one every time.
    pub key: Keypair,
    /// What `PUBSUB` asks for.
    pub pubsub: Option<Value>,
    /// What `CERTIFICATE` holds.
    pub certificate: Option<Certificate>,
    services: Vec<String>,
}

impl Settings {
    pub fn from_env() -> Result<Self> {
        let listen = setting("LISTEN", DEFAULT_LISTEN);
        Ok(Self {
            listen: listen.split(',').map(str::to_owned).collect(),
            security: match setting("SECURITY", "noise").as_str() {
                "noise" => Security::Noise,
                "tls" => Security::Tls,
                other => return Err(format!("SECURITY is {other:?}, not noise or tls").into()),
            },
            muxer: match setting("MUXER", "yamux").as_str() {
                "yamux" => Muxer::Yamux,
                "mplex" => Muxer::Mplex,
                other => return Err(format!("MUXER is {other:?}, not yamux or mplex").into()),
            },
            key: match setting("SEED", "").as_str() {
                "" => Keypair::generate_ed25519(),
                seed => Keypair::ed25519_from_bytes([seed.parse()?; 32])?,
            },
            pubsub: match setting("PUBSUB", "").as_str() {
                "" => None,
                json => Some(serde_json::from_str(json)?),
            },
            certificate: match setting("CERTIFICATE", "").as_str() {
                "" => None,
                json => Some(Certificate::from_json(&serde_json::from_str(json)?)?),
            },
            services: setting("SERVICES", "").split(',').map(str::to_owned).collect(),
        })
    }

    /// Whether the node runs a protocol that only some tests want.
    pub fn has(&self, service: &str) -> bool {
        self.services.iter().any(|name| name == service)
    }
}

impl Certificate {
    fn from_json(json: &Value) -> Result<Self> {
        let bytes = |field: &str| from_hex(json[field].as_str().ok_or_else(|| format!("CERTIFICATE needs {field}"))?);
        Ok(Self { key: bytes("key")?, certificate: bytes("certificate")? })
    }
}

impl Security {
    pub fn protocol(self) -> &'static str {
        match self {
            Self::Noise => "/noise",
            Self::Tls => "/tls/1.0.0",
        }
    }
}

impl Muxer {
    pub fn protocol(self) -> &'static str {
        match self {
            Self::Yamux => "/yamux/1.0.0",
            Self::Mplex => "/mplex/6.7.0",
        }
    }
}

fn setting(name: &str, otherwise: &str) -> String {
    env::var(name).ok().filter(|value| !value.is_empty()).unwrap_or_else(|| otherwise.to_owned())
}
