//! `baton comment`: says something about a kept handoff.

use std::path::Path;

use baton::error::Result;
use baton::project;
use baton::surroundings::Surroundings;
use clap::Args;

use super::{input, output, store::At};

/// Say something about a kept handoff.
#[derive(Args)]
pub struct Comment {
    /// Id of the handoff
    pub id: String,
    /// What there is to say; '-' is standard input
    pub text: String,
    /// Who says it [default: the user's name in git, else that of the account]
    #[arg(long)]
    pub author: Option<String>,
    #[command(flatten)]
    pub at: At,
}

pub fn run(request: &Comment, surroundings: &Surroundings) -> Result<()> {
    let text = match request.text.as_str() {
        "-" => String::from_utf8_lossy(&input::read(Path::new("-"))?).into_owned(),
        text => text.to_owned(),
    };
    let author = request.author.clone().or_else(|| project::user_name(surroundings)).unwrap_or_default();
    let service = request.at.open(surroundings)?;
    let comments = service.comment(&request.id, &author, text.trim())?;
    let count = if comments == 1 { "1 comment".to_owned() } else { format!("{comments} comments") };
    output::write(&format!("{} has {count} now\n", request.id), None)
}
