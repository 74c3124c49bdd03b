//! `baton completions` and `baton man`: pages made from the definition of the command line.

use baton::error::{Error, Result};
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::{Arguments, output};

pub fn completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "baton", &mut script);
    output::write(&String::from_utf8_lossy(&script), None)
}

/// The page of baton and those of its commands, one after the other.
pub fn man() -> Result<()> {
    let mut baton = Arguments::command().disable_help_subcommand(true);
    baton.build();
    let mut pages = Vec::new();
    let commands = std::iter::once(&baton).chain(baton.get_subcommands());
    for command in commands {
        let name = command.get_bin_name().unwrap_or("baton").replace(' ', "-");
        let page = Man::new(command.clone().display_name(&name)).title(name).render(&mut pages);
        page.map_err(|source| Error::Write { path: "standard output".into(), source })?;
    }
    output::write(&String::from_utf8_lossy(&pages), None)
}
