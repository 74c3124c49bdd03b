//! Standard input and output as JSON-RPC has them: a line is a message, and a line that is none is answered too.
//!
//! The transport that comes with `rmcp` passes over a line that is no JSON, and names no request where it refuses one:
//! whoever sent a torn line would wait for its answer for ever.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::ErrorCode;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Stdin, Stdout, stdin, stdout};
use tokio::sync::Mutex;

/// The most bytes of a message: a client that never ends a line must not fill the memory.
const LONGEST: usize = 16 << 20;

/// The transport.
pub struct Stdio {
    input: BufReader<Stdin>,
    /// What is there of a line that has not ended yet.
    line: Vec<u8>,
    /// Whether the beginning of that line was dropped, since it is too long.
    is_too_long: bool,
    output: Arc<Mutex<Stdout>>,
    /// What is being answered to a line that was no message.
    answer: Option<Pin<Box<dyn Future<Output = io::Result<()>> + Send>>>,
}

type Received = RxJsonRpcMessage<RoleServer>;
type Sent = TxJsonRpcMessage<RoleServer>;

impl Stdio {
    pub fn new() -> Self {
        let output = Arc::new(Mutex::new(stdout()));
        Stdio { input: BufReader::new(stdin()), line: Vec::new(), is_too_long: false, output, answer: None }
    }

    /// The next line, or why it is no message; none at the end of the input, whose last line may have no end.
    async fn line(&mut self) -> Option<Result<Vec<u8>, Refusal>> {
        loop {
            let room = LONGEST - self.line.len();
            let read = (&mut self.input).take(room as u64).read_until(b'\n', &mut self.line).await.ok()?;
            let is_whole = self.line.ends_with(b"\n");
            if is_whole || read == 0 && !self.line.is_empty() {
                let line = std::mem::take(&mut self.line);
                let fits = !std::mem::take(&mut self.is_too_long);
                return Some(if fits { Ok(line) } else { Err(Refusal::too_long()) });
            }
            if read == 0 {
                return None;
            }
            if self.line.len() == LONGEST {
                self.line.clear();
                self.is_too_long = true;
            }
        }
    }
}

impl Transport<RoleServer> for Stdio {
    type Error = io::Error;

    fn send(&mut self, message: Sent) -> impl Future<Output = io::Result<()>> + Send + 'static {
        write(&self.output, &message)
    }

    /// Whoever waits for this may give up at any moment and ask again, so all that lasts stands in `self`.
    async fn receive(&mut self) -> Option<Received> {
        loop {
            if let Some(answer) = &mut self.answer {
                let answered = answer.await;
                self.answer = None;
                answered.ok()?;
            }
            match self.line().await?.map_err(Some).and_then(|line| message(&line)) {
                Ok(message) => return Some(message),
                Err(refusal) => self.answer = refusal.map(|it| Box::pin(write(&self.output, &it)) as _),
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.lock().await.flush().await
    }
}

/// Writes a message as a line. It is made before anything is waited for.
fn write<M: Serialize>(
    output: &Arc<Mutex<Stdout>>,
    message: &M,
) -> impl Future<Output = io::Result<()>> + Send + use<M> {
    let output = Arc::clone(output);
    let line = serde_json::to_vec(message);
    async move {
        let mut line = line?;
        line.push(b'\n');
        let mut output = output.lock().await;
        output.write_all(&line).await?;
        output.flush().await
    }
}

/// The answer to a line that is no message.
#[derive(Debug, PartialEq, Serialize)]
#[serde(transparent)]
struct Refusal(Value);

impl Refusal {
    fn new(code: ErrorCode, message: &str, id: &Value) -> Self {
        Refusal(json!({"jsonrpc": "2.0", "id": id, "error": {"code": code.0, "message": message}}))
    }

    fn too_long() -> Self {
        let message = format!("a message has at most {LONGEST} bytes");
        Refusal::new(ErrorCode::INVALID_REQUEST, &message, &Value::Null)
    }
}

/// The message on a line, or what is answered where it is none; nothing is to an empty line, a notification or an answer.
fn message(line: &[u8]) -> Result<Received, Option<Refusal>> {
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii();
    serde_json::from_slice(line).map_err(|_| if line.is_empty() { None } else { refusal(line) })
}

fn refusal(line: &[u8]) -> Option<Refusal> {
    let Ok(value) = serde_json::from_slice::<Value>(line) else {
        return Some(Refusal::new(ErrorCode::PARSE_ERROR, "the line is no JSON", &Value::Null));
    };
    let has = |field: &str| value.get(field).is_some();
    let is_answer = has("result") || has("error");
    let is_notification = has("method") && !has("id");
    if is_answer || is_notification {
        return None;
    }
    let id = value.get("id").filter(|id| id.is_string() || id.is_number()).unwrap_or(&Value::Null);
    Some(Refusal::new(ErrorCode::INVALID_REQUEST, "the line is no request", id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_no_messages_are_answered() {
        let check = |line: &[u8], expected: Option<(i32, Value)>| {
            let answer = message(line).expect_err("it is no message");
            let answer = answer.map(|Refusal(it)| (it["error"]["code"].as_i64().unwrap(), it["id"].clone()));
            assert_eq!(answer, expected.map(|(code, id)| (code.into(), id)), "{}", line.escape_ascii());
        };
        check(b"", None);
        check(b"  \r\n", None);
        check(b"{\"jsonrpc\": \"2.", Some((-32700, Value::Null)));
        check(b"\xff\xfe{\0}\0", Some((-32700, Value::Null)));
        check("\u{feff}{}".as_bytes(), Some((-32600, Value::Null)));
        check(b"null", Some((-32600, Value::Null)));
        check(b"[]", Some((-32600, Value::Null)));
        check(b"{\"jsonrpc\": \"1.0\", \"id\": 2, \"method\": \"ping\"}", Some((-32600, json!(2))));
        check(b"{\"jsonrpc\": \"2.0\", \"id\": {}, \"method\": \"ping\"}", Some((-32600, Value::Null)));
        check(b"{\"jsonrpc\": \"1.0\", \"method\": \"notifications/initialized\"}", None);
        check(b"{\"jsonrpc\": \"2.0\", \"id\": null, \"error\": {\"code\": -32700}}", None);
    }
}
