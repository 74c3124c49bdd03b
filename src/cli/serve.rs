//! `baton serve`: the MCP server over HTTP.

use std::net::SocketAddr;
use std::path::PathBuf;

use baton::error::Result;
use baton::http::{LOOPBACK, PORT, Serving, listen};
use baton::mcp::Server;
use baton::surroundings::Surroundings;
use clap::Args;

use super::{input, report, store::At};

const AFTER: &str = "\
Examples:
  baton serve                                                    for clients of this machine, at http://127.0.0.1:8931/mcp
  BATON_TOKEN=… baton serve --listen 0.0.0.0:8931 --host build-box    for others too, which have to show the token

The token is read from BATON_TOKEN or --token-file; anything but a loopback address needs one.";

/// Answer MCP clients over HTTP, at /mcp.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Serve {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value_t = SocketAddr::new(LOOPBACK, PORT))]
    pub listen: SocketAddr,
    /// File with the bearer token that clients have to show
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// A name by which clients reach this machine; may be given more than once
    #[arg(long = "host", value_name = "NAME")]
    pub hosts: Vec<String>,
    /// An origin whose pages may call it, with its port; may be given more than once
    #[arg(long = "origin", value_name = "URL")]
    pub origins: Vec<String>,
    #[command(flatten)]
    pub at: At,
}

pub fn run(request: &Serve, surroundings: &Surroundings) -> Result<()> {
    let service = request.at.open(surroundings)?;
    let listening = listen(Serving {
        address: request.listen,
        token: token(request, surroundings)?,
        hosts: request.hosts.clone(),
        origins: request.origins.clone(),
    })?;
    report::say(&format!("serving MCP at {}; press Ctrl-C to stop", listening.url()));
    let server = if listening.is_open() { Server::for_other_machines } else { Server::new };
    listening.answer(server(service, surroundings.clone()))
}

fn token(request: &Serve, surroundings: &Surroundings) -> Result<Option<String>> {
    let Some(file) = &request.token_file else {
        return Ok(surroundings.variable("BATON_TOKEN").map(str::to_owned));
    };
    Ok(Some(String::from_utf8_lossy(&input::read(file)?).trim().to_owned()))
}
