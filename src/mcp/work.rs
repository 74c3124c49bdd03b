//! A tool call at work: it tells how far it is, and stops where the client no longer wants it.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::model::{CallToolResult, ContentBlock, ProgressNotificationParam};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::error::{self, Error};

/// The work, for the thread that does it.
pub struct Work {
    is_cancelled: Arc<AtomicBool>,
    said: UnboundedSender<&'static str>,
}

/// The work, for the request that waits for it.
pub struct Watch {
    is_cancelled: Arc<AtomicBool>,
    heard: UnboundedReceiver<&'static str>,
}

/// Work that nobody has begun yet, from both sides.
pub fn begin() -> (Work, Watch) {
    let (said, heard) = unbounded_channel();
    let is_cancelled = Arc::<AtomicBool>::default();
    (Work { is_cancelled: Arc::clone(&is_cancelled), said }, Watch { is_cancelled, heard })
}

impl Work {
    /// Begins a step and says what it is.
    ///
    /// # Errors
    /// [`Error::Cancelled`] if the client no longer wants the answer.
    pub fn step(&self, message: &'static str) -> error::Result<()> {
        if self.is_cancelled.load(Ordering::Acquire) {
            return Err(Error::Cancelled);
        }
        // Where the connection is gone nobody listens, which is no reason to lose what is being saved.
        let _ = self.said.send(message);
        Ok(())
    }
}

impl Watch {
    /// Waits until the work is done or the client no longer wants it, and passes on how far it is if the client asked for that.
    pub async fn until(
        mut self,
        done: impl Future<Output = Result<CallToolResult, ErrorData>>,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResult, ErrorData> {
        let mut done = pin!(done);
        let mut steps = 0.0;
        loop {
            tokio::select! {
                biased;
                Some(message) = self.heard.recv() => {
                    steps += 1.0;
                    tell(context, steps, message).await;
                }
                result = &mut done => return result,
                () = context.ct.cancelled() => {
                    self.is_cancelled.store(true, Ordering::Release);
                    return Ok(CallToolResult::error(vec![ContentBlock::text(Error::Cancelled.to_string())]));
                }
            }
        }
    }
}

async fn tell(context: &RequestContext<RoleServer>, steps: f64, message: &str) {
    let Some(token) = context.meta.get_progress_token() else { return };
    let progress = ProgressNotificationParam::new(token, steps).with_message(message);
    // A client that is gone needs no news.
    let _ = context.peer.notify_progress(progress).await;
}
