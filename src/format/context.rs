//! Where a session runs: headers and turns repeat it, only changes are told.

use crate::event::Context;

/// Keeps what differs from what was said before, and remembers it.
pub(super) fn changes(known: &mut Context, new: Context) -> Context {
    let keep = |known: &mut Option<String>, new: Option<String>| {
        let new = new.filter(|new| known.as_ref() != Some(new));
        if new.is_some() {
            known.clone_from(&new);
        }
        new
    };
    Context {
        session: keep(&mut known.session, new.session),
        cwd: keep(&mut known.cwd, new.cwd),
        branch: keep(&mut known.branch, new.branch),
        commit: keep(&mut known.commit, new.commit),
        repository: keep(&mut known.repository, new.repository),
        model: keep(&mut known.model, new.model),
        agent: keep(&mut known.agent, new.agent),
        title: keep(&mut known.title, new.title),
        pull_request: keep(&mut known.pull_request, new.pull_request),
    }
}

/// Keeps what was not known at all.
pub(super) fn unknown_before(known: &Context, new: Context) -> Context {
    let keep = |known: &Option<String>, new: Option<String>| new.filter(|_| known.is_none());
    Context {
        session: None,
        cwd: keep(&known.cwd, new.cwd),
        branch: keep(&known.branch, new.branch),
        commit: keep(&known.commit, new.commit),
        repository: keep(&known.repository, new.repository),
        ..Context::default()
    }
}
