//! The address of a remote: the same for every way of writing it, and without credentials.

use std::path::Path;

/// Longest address that is taken for one.
const LONGEST: usize = 1000;

/// Hosts that do not tell capital letters in a path from small ones.
const CASELESS: &[&str] = &["bitbucket.org", "codeberg.org", "github.com", "gitlab.com"];

/// The remotes that stand for a repository, the first before the second.
const PREFERRED: &[&str] = &["origin", "upstream"];

/// The address of the remote that stands for the repository: a preferred one, else the first that has an address.
pub(super) fn address_in(remotes: &[(String, String)], folder: &Path) -> Option<String> {
    let preferred =
        PREFERRED.iter().flat_map(|wanted| remotes.iter().filter(move |(name, _)| name == wanted));
    preferred.chain(remotes).find_map(|(_, url)| address(url).or_else(|| on_this_machine(url, folder)))
}

/// The host and the path of a remote's URL, such as `github.com/owner/name`, however it is written; none for what
/// names no host.
///
/// ```
/// let address = baton::project::address("https://ann:secret@GitHub.com/Owner/Name.git");
/// assert_eq!(address.as_deref(), Some("github.com/owner/name"));
/// assert_eq!(address, baton::project::address("git@github.com:owner/name"));
/// ```
pub fn address(url: &str) -> Option<String> {
    let url = url.trim();
    if url.len() > LONGEST || url.chars().any(char::is_control) || url.contains("::") && !url.contains('[') {
        return None;
    }
    let (host, path) = match url.split_once("://") {
        Some((scheme, rest)) => of_url(scheme, rest)?,
        None => of_short_form(url)?,
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/');
    let is_caseless = CASELESS.contains(&host.as_str());
    let path = if is_caseless { path.to_ascii_lowercase() } else { path.to_owned() };
    (!host.is_empty() && !path.is_empty()).then(|| format!("{host}/{path}"))
}

/// The parts of `scheme://user:password@host:port/path?query#part`. How one logs in says nothing of where one is.
fn of_url<'a>(scheme: &str, rest: &'a str) -> Option<(String, &'a str)> {
    if scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let (authority, path) = rest.split_once('/')?;
    let host = without_user(authority).to_ascii_lowercase();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, port),
        _ => (host.as_str(), ""),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_usual = scheme.to_ascii_lowercase().contains("ssh") || ["", "80", "443", "9418"].contains(&port);
    Some((if is_usual { name.to_owned() } else { host }, path))
}

/// The parts of `user@host:path`; one letter before the colon is a drive, not a host.
fn of_short_form(url: &str) -> Option<(String, &str)> {
    let (authority, path) = match url.find("]:") {
        Some(end) => (&url[..=end], &url[end + 2..]),
        None => url.split_once(':')?,
    };
    let host = without_user(authority).to_ascii_lowercase();
    let is_host = host.len() > 1 && !authority.contains(['/', '\\']);
    is_host.then_some((host, path))
}

fn without_user(authority: &str) -> &str {
    authority.rsplit('@').next().unwrap_or_default()
}

/// The path of a remote that is a folder of this machine.
fn on_this_machine(url: &str, folder: &Path) -> Option<String> {
    let path = url.strip_prefix("file://").unwrap_or(url);
    let is_path = !path.is_empty() && !path.contains("::") && !path.contains("://") && path.len() <= LONGEST;
    is_path.then(|| super::real(&folder.join(path)).display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: Option<&str>, urls: &[&str]) {
        for url in urls {
            assert_eq!(address(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn one_address_however_it_is_written() {
        check(
            Some("github.com/ann/tool"),
            &[
                "https://github.com/ann/tool",
                "https://github.com/Ann/Tool.git",
                "https://ann:token@github.com/ann/tool.git/",
                "https://github.com:443/ann/tool?token=x#y",
                "http://GITHUB.com/ann/tool.git",
                "git://github.com/ann/tool",
                "ssh://git@github.com/ann/tool.git",
                "ssh://git@github.com:2222/ann/tool.git",
                "git+ssh://git@github.com/ann/tool.git",
                "git@github.com:ann/tool.git",
                "git@github.com:/ann/tool",
                " github.com:ann/tool \n",
            ],
        );
        check(Some("git.example.org/Ann/tool"), &["https://a@b@git.example.org/Ann/tool.git"]);
        check(Some("git.example.org:8443/a/b"), &["https://git.example.org:8443/a/b"]);
        check(Some("[::1]/a/b"), &["git@[::1]:a/b.git", "ssh://git@[::1]/a/b.git", "ssh://[::1]:22/a/b"]);
    }

    #[test]
    fn what_names_no_host_has_no_address() {
        let long = format!("https://h/{}", "x".repeat(LONGEST));
        check(
            None,
            &["", "/srv/git/tool", "../tool", "file:///srv/tool", "C:\\git\\tool", "c:/git/tool", &long],
        );
        check(None, &["ext::sh -c 'touch x'", "https://", "https://host", "https://host/", "a:\u{1b}[31m"]);
        check(None, &["./a:b", "git@host:", ":path"]);
    }

    #[test]
    fn a_preferred_remote_stands_for_the_repository() {
        let remotes = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter().map(|(name, url)| (name.to_string(), url.to_string())).collect()
        };
        let of = |list: &[(&str, &str)]| address_in(&remotes(list), Path::new("/nowhere/at/all"));
        assert_eq!(of(&[("fork", "h1:a"), ("origin", "h2:b")]).as_deref(), Some("h2/b"));
        assert_eq!(of(&[("fork", "h1:a"), ("upstream", "h2:b")]).as_deref(), Some("h2/b"));
        assert_eq!(of(&[("fork", "h1:a"), ("other", "h2:b")]).as_deref(), Some("h1/a"));
        assert_eq!(of(&[("origin", "ext::sh -c x"), ("other", "h2:b")]).as_deref(), Some("h2/b"));
        assert_eq!(of(&[("origin", "/srv/tool.git")]).as_deref(), Some("/srv/tool.git"));
        assert_eq!(of(&[]), None);
    }
}
