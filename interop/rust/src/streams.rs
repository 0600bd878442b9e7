//! Protocols that are nothing but a stream. `libp2p-stream` would do, but drops inbound streams that come quicker than
//! they are taken.

use std::collections::{HashMap, VecDeque};
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::{convert::Infallible, fmt, io};

use libp2p::core::transport::PortUse;
use libp2p::core::{Endpoint, UpgradeInfo};
use libp2p::swarm::handler::{
    ConnectionEvent, ConnectionHandlerEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound,
};
use libp2p::swarm::{
    ConnectionDenied, ConnectionHandler, ConnectionId, FromSwarm, NetworkBehaviour, NotifyHandler, Stream,
    StreamProtocol, StreamUpgradeError, SubstreamProtocol, ToSwarm,
};
use libp2p::{InboundUpgrade, Multiaddr, OutboundUpgrade, PeerId};
use tokio::sync::oneshot;

/// What is done with the streams that others open, by protocol.
pub type Answers = Arc<HashMap<StreamProtocol, Box<dyn Fn(Stream) + Send + Sync>>>;

pub struct Behaviour {
    answers: Answers,
    wanted: VecDeque<(PeerId, Wanted)>,
    waker: Option<Waker>,
}

/// A stream that somebody waits for.
pub struct Wanted {
    protocol: StreamProtocol,
    opened: oneshot::Sender<io::Result<Stream>>,
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wanted({})", self.protocol)
    }
}

impl Behaviour {
    pub fn new(answers: Answers) -> Self {
        Self { answers, wanted: VecDeque::new(), waker: None }
    }

    /// A stream on a connection there is; without one the sender is dropped.
    pub fn open(&mut self, peer: PeerId, protocol: StreamProtocol) -> oneshot::Receiver<io::Result<Stream>> {
        let (opened, stream) = oneshot::channel();
        self.wanted.push_back((peer, Wanted { protocol, opened }));
        self.waker.take().inspect(Waker::wake_by_ref);
        stream
    }

    fn handler(&self) -> Handler {
        Handler { answers: self.answers.clone(), wanted: VecDeque::new() }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = Infallible;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<Handler, ConnectionDenied> {
        Ok(self.handler())
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<Handler, ConnectionDenied> {
        Ok(self.handler())
    }

    fn on_swarm_event(&mut self, _: FromSwarm) {}

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: Infallible) {
        match event {}
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Infallible, Wanted>> {
        if let Some((peer_id, event)) = self.wanted.pop_front() {
            return Poll::Ready(ToSwarm::NotifyHandler { peer_id, handler: NotifyHandler::Any, event });
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

pub struct Handler {
    answers: Answers,
    wanted: VecDeque<Wanted>,
}

impl ConnectionHandler for Handler {
    type FromBehaviour = Wanted;
    type ToBehaviour = Infallible;
    type InboundProtocol = OneOf;
    type OutboundProtocol = OneOf;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = oneshot::Sender<io::Result<Stream>>;

    fn listen_protocol(&self) -> SubstreamProtocol<OneOf> {
        SubstreamProtocol::new(OneOf(self.answers.keys().cloned().collect()), ())
    }

    fn on_behaviour_event(&mut self, wanted: Wanted) {
        self.wanted.push_back(wanted);
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ConnectionHandlerEvent<OneOf, Self::OutboundOpenInfo, Infallible>> {
        // The connection polls again after it has given an event.
        match self.wanted.pop_front() {
            Some(Wanted { protocol, opened }) => Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest {
                protocol: SubstreamProtocol::new(OneOf(vec![protocol]), opened),
            }),
            None => Poll::Pending,
        }
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<OneOf, OneOf, (), Self::OutboundOpenInfo>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol: (stream, id), .. }) => {
                self.answers[&id](stream)
            }
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol: (stream, _), info }) => {
                drop(info.send(Ok(stream)))
            }
            ConnectionEvent::DialUpgradeError(DialUpgradeError { info, error }) => drop(info.send(Err(reason(error)))),
            _ => {}
        }
    }
}

fn reason(error: StreamUpgradeError<Infallible>) -> io::Error {
    match error {
        StreamUpgradeError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

/// Negotiates one of some protocols, and does nothing more.
pub struct OneOf(Vec<StreamProtocol>);

impl UpgradeInfo for OneOf {
    type Info = StreamProtocol;
    type InfoIter = std::vec::IntoIter<StreamProtocol>;

    fn protocol_info(&self) -> Self::InfoIter {
        self.0.clone().into_iter()
    }
}

impl InboundUpgrade<Stream> for OneOf {
    type Output = (Stream, StreamProtocol);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_inbound(self, stream: Stream, id: StreamProtocol) -> Self::Future {
        ready(Ok((stream, id)))
    }
}

impl OutboundUpgrade<Stream> for OneOf {
    type Output = (Stream, StreamProtocol);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_outbound(self, stream: Stream, id: StreamProtocol) -> Self::Future {
        ready(Ok((stream, id)))
    }
}
