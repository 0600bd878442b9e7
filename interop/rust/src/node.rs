use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::swarm::{self, NetworkBehaviour, Swarm, SwarmEvent};
use libp2p::{PeerId, floodsub, gossipsub, identify, ping};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::commands::pubsub;
use crate::discovery;
use crate::settings::Settings;
use crate::streams::{self, Answers};
use crate::{Result, transport};

/// Events that a waiting command may be behind.
const MAX_EVENTS: usize = 4096;
/// A test's connection lives until the test closes it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(3600);
/// The `ping` command waits for the next one.
const PING_INTERVAL: Duration = Duration::from_millis(200);
/// The suite opens 200 streams at once.
const MAX_NEGOTIATING_STREAMS: usize = 4096;

#[derive(NetworkBehaviour)]
pub struct Behaviour {
    pub identify: identify::Behaviour,
    pub ping: ping::Behaviour,
    pub streams: streams::Behaviour,
    pub gossipsub: Toggle<gossipsub::Behaviour>,
    pub floodsub: Toggle<floodsub::Behaviour>,
    pub discovery: discovery::Behaviour,
}

pub type Event = SwarmEvent<BehaviourEvent>;
type Task = Box<dyn FnOnce(&mut Swarm<Behaviour>) + Send>;

/// A running swarm: a task of its own does what `with` gives it, and tells everybody what happens.
pub struct Node {
    tasks: mpsc::UnboundedSender<Task>,
    events: broadcast::Sender<Arc<Event>>,
}

impl Node {
    /// Resolves when it listens.
    pub async fn start(settings: &Settings, answers: Answers) -> Result<Self> {
        let mut swarm = swarm(settings, answers)?;
        for addr in &settings.listen {
            swarm.listen_on(addr.parse()?)?;
        }
        let mut listening = 0;
        while listening < settings.listen.len() {
            match swarm.select_next_some().await {
                SwarmEvent::NewListenAddr { .. } => listening += 1,
                SwarmEvent::ListenerClosed { reason, .. } => return Err(format!("not listening: {reason:?}").into()),
                _ => {}
            }
        }
        let (tasks, todo) = mpsc::unbounded_channel();
        let (events, _) = broadcast::channel(MAX_EVENTS);
        tokio::spawn(run(swarm, todo, events.clone()));
        Ok(Self { tasks, events })
    }

    pub async fn with<T: Send + 'static>(&self, run: impl FnOnce(&mut Swarm<Behaviour>) -> T + Send + 'static) -> T {
        let (answer, answered) = oneshot::channel();
        let task = move |swarm: &mut Swarm<Behaviour>| drop(answer.send(run(swarm)));
        self.tasks.send(Box::new(task)).ok();
        answered.await.expect("the swarm runs as long as the process")
    }

    /// What happens from now on.
    pub fn events(&self) -> Events {
        Events(self.events.subscribe())
    }
}

pub struct Events(broadcast::Receiver<Arc<Event>>);

impl Events {
    /// `None` when the node runs no more. What came too quickly is left out.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        loop {
            match self.0.recv().await {
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// The first event that `pick` finds something in.
    pub async fn first<T>(&mut self, pick: impl Fn(&Event) -> Option<T>) -> Result<T> {
        loop {
            if let Some(found) = pick(&*self.0.recv().await?) {
                return Ok(found);
            }
        }
    }
}

fn swarm(settings: &Settings, answers: Answers) -> Result<Swarm<Behaviour>> {
    let key = &settings.key;
    let pubsub = pubsub::behaviours(settings.pubsub.as_ref(), key)?;
    let behaviour = Behaviour {
        identify: identify::Behaviour::new(identify::Config::new_with_signed_peer_record("ipfs/0.1.0".into(), key)),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(PING_INTERVAL)),
        streams: streams::Behaviour::new(answers),
        gossipsub: pubsub.gossipsub,
        floodsub: pubsub.floodsub,
        discovery: discovery::Behaviour::new(settings, key)?,
    };
    let config = swarm::Config::with_tokio_executor()
        .with_idle_connection_timeout(IDLE_TIMEOUT)
        .with_max_negotiating_inbound_streams(MAX_NEGOTIATING_STREAMS);
    let peer_id = PeerId::from(key.public());
    Ok(Swarm::new(transport::transport(key, settings)?, behaviour, peer_id, config))
}

async fn run(
    mut swarm: Swarm<Behaviour>,
    mut todo: mpsc::UnboundedReceiver<Task>,
    events: broadcast::Sender<Arc<Event>>,
) {
    loop {
        tokio::select! {
            event = swarm.select_next_some() => {
                discovery::observe(&mut swarm, &event);
                drop(events.send(Arc::new(event)));
            }
            Some(task) = todo.recv() => task(&mut swarm),
        }
    }
}
