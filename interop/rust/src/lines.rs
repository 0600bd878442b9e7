use std::sync::Arc;
use std::time::Duration;
use std::{io, process, thread};

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::commands::{self, Peer};
use crate::{Error, Result};

const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// A line of standard input: a command and what it is given.
pub struct Request(Value);

impl Request {
    pub fn command(&self) -> &str {
        self.0["cmd"].as_str().unwrap_or_default()
    }

    pub fn text(&self, field: &str) -> Result<&str> {
        self.0[field].as_str().ok_or_else(|| format!("{} needs {field}", self.command()).into())
    }

    /// Bytes that are written as hex.
    pub fn bytes(&self, field: &str) -> Result<Vec<u8>> {
        from_hex(self.text(field)?)
    }

    pub fn number(&self, field: &str) -> u64 {
        self.0[field].as_u64().unwrap_or_default()
    }
}

pub fn from_hex(text: &str) -> Result<Vec<u8>> {
    let byte = |at| Ok(u8::from_str_radix(text.get(at..at + 2).ok_or("an odd number of hex digits")?, 16)?);
    (0..text.len()).step_by(2).map(byte).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns when standard input ends.
pub async fn serve(peer: Arc<Peer>) {
    let (lines, mut requests) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(io::Result::ok) {
            lines.send(line).ok();
        }
    });
    while let Some(line) = requests.recv().await {
        if let Ok(request) = serde_json::from_str(&line) {
            tokio::spawn(answer(peer.clone(), Request(request)));
        }
    }
}

async fn answer(peer: Arc<Peer>, request: Request) {
    let result = timeout(REQUEST_TIMEOUT, commands::run(&peer, &request)).await;
    let mut reply = match result.map_err(Error::from).and_then(|answer| answer) {
        Ok(answer) => with(answer, "ok", json!(true)),
        Err(error) => json!({ "ok": false, "error": error.to_string() }),
    };
    reply = with(reply, "id", request.0["id"].clone());
    println!("{reply}");
    if request.command() == "stop" {
        process::exit(0);
    }
}

fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}
