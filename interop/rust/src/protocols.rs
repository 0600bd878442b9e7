use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use futures::io::{copy, sink};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use libp2p::StreamProtocol;
use libp2p::swarm::Stream;

use crate::streams::Answers;

pub const ECHO: StreamProtocol = StreamProtocol::new("/interop/echo/1.0.0");
pub const COUNT: StreamProtocol = StreamProtocol::new("/interop/count/1.0.0");
pub const GREET: StreamProtocol = StreamProtocol::new("/interop/greet/1.0.0");
pub const RESET: StreamProtocol = StreamProtocol::new("/interop/reset/1.0.0");
pub const PERF: StreamProtocol = StreamProtocol::new("/perf/1.0.0");

/// What the handlers have seen.
#[derive(Default)]
pub struct Stats {
    pub resets: AtomicU64,
    /// Bytes that came after a handler had closed its writing.
    pub received: AtomicU64,
}

pub fn answers(stats: &Arc<Stats>) -> Answers {
    let mut answers: HashMap<_, Box<dyn Fn(Stream) + Send + Sync>> = HashMap::new();
    answers.insert(ECHO, counting_resets(stats, |_, stream| echo(stream)));
    answers.insert(COUNT, counting_resets(stats, |_, stream| count(stream)));
    answers.insert(GREET, counting_resets(stats, greet));
    answers.insert(RESET, counting_resets(stats, |_, stream| reset(stream)));
    answers.insert(PERF, counting_resets(stats, |_, stream| perf(stream)));
    Arc::new(answers)
}

/// A stream that fails counts as a reset seen.
fn counting_resets<F, R>(stats: &Arc<Stats>, run: F) -> Box<dyn Fn(Stream) + Send + Sync>
where
    F: Fn(Arc<Stats>, Stream) -> R + Send + Sync + 'static,
    R: Future<Output = io::Result<()>> + Send + 'static,
{
    let stats = stats.clone();
    Box::new(move |stream| {
        let (stats, answered) = (stats.clone(), run(stats.clone(), stream));
        tokio::spawn(async move {
            if answered.await.is_err() {
                stats.resets.fetch_add(1, Relaxed);
            }
        });
    })
}

async fn echo(stream: Stream) -> io::Result<()> {
    let (reading, mut writing) = stream.split();
    copy(reading, &mut writing).await?;
    check_reset(&mut writing).await?;
    writing.close().await
}

/// rust-libp2p's yamux and mplex let a reader see a reset as an end: only a write tells them apart.
pub async fn check_reset(writing: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    writing.write(&[]).await.map(drop)
}

async fn count(mut stream: Stream) -> io::Result<()> {
    let count = copy(&mut stream, &mut sink()).await?;
    stream.write_all(count.to_string().as_bytes()).await?;
    stream.close().await
}

async fn greet(stats: Arc<Stats>, mut stream: Stream) -> io::Result<()> {
    stream.write_all(b"hello").await?;
    stream.close().await?;
    stats.received.fetch_add(copy(&mut stream, &mut sink()).await?, Relaxed);
    Ok(())
}

async fn reset(mut stream: Stream) -> io::Result<()> {
    stream.read_exact(&mut [0]).await?;
    drop(stream); // A stream that is dropped before it was closed is reset; rust-libp2p has no code for it.
    Ok(())
}

async fn perf(mut stream: Stream) -> io::Result<()> {
    let mut head = [0; 8];
    stream.read_exact(&mut head).await?;
    copy(&mut stream, &mut sink()).await?;
    write_zeros(&mut stream, u64::from_be_bytes(head)).await?;
    stream.close().await
}

pub async fn write_zeros(to: &mut (impl AsyncWrite + Unpin), bytes: u64) -> io::Result<()> {
    let zeros = futures::io::repeat(0).take(bytes);
    copy(zeros, to).await?;
    to.flush().await
}

pub async fn read_all(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).await?;
    Ok(bytes)
}
