//! What finds peers and records, each where the settings name it: `dht`, `mdns`, `rendezvous` (a client), `point` (a
//! rendezvous server).

use libp2p::identity::Keypair;
use libp2p::kad::store::MemoryStore;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::swarm::{NetworkBehaviour, Swarm, SwarmEvent};
use libp2p::{PeerId, StreamProtocol, identify, kad, mdns, rendezvous};

use crate::Result;
use crate::node::{self, Event};
use crate::settings::Settings;

const KAD: StreamProtocol = StreamProtocol::new("/ipfs/kad/1.0.0");

#[derive(NetworkBehaviour)]
pub struct Behaviour {
    pub dht: Toggle<kad::Behaviour<MemoryStore>>,
    pub mdns: Toggle<mdns::tokio::Behaviour>,
    pub rendezvous: Toggle<rendezvous::client::Behaviour>,
    pub point: Toggle<rendezvous::server::Behaviour>,
}

impl Behaviour {
    pub fn new(settings: &Settings, key: &Keypair) -> Result<Self> {
        let peer_id = PeerId::from(key.public());
        let mdns = settings.has("mdns").then(|| mdns::tokio::Behaviour::new(mdns::Config::default(), peer_id));
        Ok(Self {
            dht: settings.has("dht").then(|| dht(peer_id)).into(),
            mdns: mdns.transpose()?.into(),
            rendezvous: settings.has("rendezvous").then(|| rendezvous::client::Behaviour::new(key.clone())).into(),
            point: settings.has("point").then(|| rendezvous::server::Behaviour::new(Default::default())).into(),
        })
    }
}

fn dht(peer_id: PeerId) -> kad::Behaviour<MemoryStore> {
    let mut dht = kad::Behaviour::with_config(peer_id, MemoryStore::new(peer_id), kad::Config::new(KAD));
    dht.set_mode(Some(kad::Mode::Server));
    dht
}

/// rust-libp2p's DHT learns of nobody by itself: those that identify as its servers are told to it, as its documentation
/// has it.
pub fn observe(swarm: &mut Swarm<node::Behaviour>, event: &Event) {
    let SwarmEvent::Behaviour(node::BehaviourEvent::Identify(identify::Event::Received { peer_id, info, .. })) = event else {
        return;
    };
    let Some(dht) = swarm.behaviour_mut().discovery.dht.as_mut() else {
        return;
    };
    if info.protocols.contains(&KAD) {
        for addr in &info.listen_addrs {
            dht.add_address(peer_id, addr.clone());
        }
    }
}
