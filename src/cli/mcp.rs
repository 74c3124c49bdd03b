//! `baton mcp`: the MCP server on standard input and output.

use baton::error::Result;
use baton::mcp::Server;
use baton::surroundings::Surroundings;
use clap::Args;

use super::store::At;

const AFTER: &str = "\
Examples:
  claude mcp add baton -- baton mcp    for Claude Code; 'baton install' does this for each host
  baton mcp --store .handoffs          with handoffs that belong to the project";

/// Answer an MCP client on standard input and output.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Mcp {
    #[command(flatten)]
    pub at: At,
}

pub fn run(request: &Mcp, surroundings: &Surroundings) -> Result<()> {
    Server::new(request.at.open(surroundings)?, surroundings.clone()).serve_stdio()
}
