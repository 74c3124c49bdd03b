//! The HTTP door: the same MCP server at `/mcp`, for clients of this machine or, with a token, of others.
//!
//! A page in a browser must not reach it: the `Host` has to be ours, which stops a rebound name, and an `Origin` that is
//! not ours is refused, so no foreign page gets an answer and no request of its kind has an effect.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};

/// Where and for whom to serve.
#[derive(Debug, Clone)]
pub struct Serving {
    /// Where to listen.
    pub address: SocketAddr,
    /// What a client has to show as its bearer token.
    pub token: Option<String>,
    /// Names by which clients reach this machine, beside its own address.
    pub hosts: Vec<String>,
    /// Origins of pages that may call it, such as `https://example.com`.
    pub origins: Vec<String>,
}

/// The path of the server.
const PATH: &str = "/mcp";
/// The most bytes of a request: what fits on a line of the other transport fits here.
const BODY: usize = 16 << 20;
/// Fewest characters of a token.
const TOKEN: usize = 16;
/// How long requests may take to end once the server is to stop.
const GRACE: Duration = Duration::from_secs(3);
/// Most requests that are worked on at once; the others wait.
const THREADS: usize = 8;

/// A server that listens already.
pub struct Listening {
    listener: TcpListener,
    serving: Serving,
}

/// Begins to listen.
///
/// # Errors
/// [`Error::TokenNeeded`] if other machines could reach it without a token, [`Error::Serve`] if the address is taken.
pub fn listen(serving: Serving) -> Result<Listening> {
    let is_weak = serving.token.as_ref().is_none_or(|token| token.trim().len() < TOKEN);
    if is_weak && (serving.token.is_some() || !serving.address.ip().is_loopback()) {
        return Err(Error::TokenNeeded { shortest: TOKEN });
    }
    let failed = |source| Error::Serve { address: serving.address.to_string(), source };
    let listener = TcpListener::bind(serving.address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok(Listening { listener, serving: Serving { address, ..serving } })
}

impl Listening {
    /// Where the server can be reached.
    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.serving.address)
    }

    /// Whether other machines can reach the server.
    pub fn is_open(&self) -> bool {
        !self.serving.address.ip().is_loopback()
    }

    /// Answers until the process is told to stop, and then ends what is open.
    ///
    /// # Errors
    /// [`Error::Serve`] if the listener breaks down.
    pub fn answer(self, server: impl ServerHandler + Clone) -> Result<()> {
        let failed = |source| Error::Serve { address: self.serving.address.to_string(), source };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .worker_threads(2)
            .max_blocking_threads(THREADS)
            .build()
            .map_err(failed)?;
        let result = runtime.block_on(serve(self.listener, router(server, &self.serving)));
        // Open streams are at an end by now; what still works on a file ends its work, but nobody waits for it.
        runtime.shutdown_background();
        result.map_err(|source| Error::Serve { address: self.serving.address.to_string(), source })
    }
}

/// The router, and what ends its streams.
fn router(server: impl ServerHandler + Clone, serving: &Serving) -> (Router, CancellationToken) {
    let stop = CancellationToken::new();
    let config = StreamableHttpServerConfig::default()
        .with_allowed_hosts(hosts(serving))
        .with_allowed_origins(origins(serving))
        .with_max_request_body_bytes(BODY)
        .with_cancellation_token(stop.clone());
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions, config);
    let router = Router::new().nest_service(PATH, service);
    let router = match &serving.token {
        Some(token) => router.layer(from_fn_with_state(blake3::hash(token.trim().as_bytes()), with_token)),
        None => router,
    };
    (router, stop)
}

async fn serve(listener: TcpListener, (router, stop): (Router, CancellationToken)) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let told = stop.clone();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        told_to_stop().await;
        told.cancel();
    });
    let too_long = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serving => served,
        () = too_long => Ok(()),
    }
}

/// Waits for an interrupt, or for being terminated.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Where there are no signals to wait for, the process is ended from outside.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The names by which a request may call us.
fn hosts(serving: &Serving) -> Vec<String> {
    let own = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let address = serving.address.ip();
    let address = (!address.is_unspecified()).then(|| address.to_string());
    own.into_iter().chain(address).chain(serving.hosts.iter().cloned()).collect()
}

/// The origins of pages that may call us: our own, and those that were named.
fn origins(serving: &Serving) -> Vec<String> {
    let port = serving.address.port();
    let own = ["localhost", "127.0.0.1", "[::1]"].map(|host| format!("http://{host}:{port}"));
    own.into_iter().chain(serving.origins.iter().cloned()).collect()
}

/// Lets only requests through that show the token. Hashes are compared, in constant time.
async fn with_token(State(expected): State<blake3::Hash>, request: Request, next: Next) -> Response {
    let shown = shown(request.headers()).map(|token| blake3::hash(token.as_bytes()));
    if shown == Some(expected) {
        return next.run(request).await;
    }
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], "a bearer token is needed")
        .into_response()
}

fn shown(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Where the server listens if nobody says so: this machine alone.
pub const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
/// The port it listens on if nobody says so.
pub const PORT: u16 = 8931;
