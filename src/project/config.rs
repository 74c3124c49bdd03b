//! The remotes that git's configuration names. Includes and rewritten addresses are not followed.

/// The names and the first URLs of the remotes, in the order of the file.
pub(super) fn remotes(text: &str) -> Vec<(String, String)> {
    let mut remotes: Vec<(String, String)> = Vec::new();
    let mut section = None;
    for line in text.lines().map(str::trim) {
        let mut line = line;
        if let Some((header, rest)) = line.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            section = remote(header);
            line = rest.trim();
        }
        let url = line.split_once('=').filter(|(key, _)| key.trim().eq_ignore_ascii_case("url"));
        if let (Some(name), Some((_, url))) = (&section, url)
            && remotes.iter().all(|(known, _)| known != name)
        {
            remotes.push((name.clone(), value(url.trim())));
        }
    }
    remotes
}

/// The name in a header such as `remote "origin"`.
fn remote(header: &str) -> Option<String> {
    let (kind, name) = header.split_once('"')?;
    let is_remote = kind.trim().eq_ignore_ascii_case("remote");
    is_remote.then(|| name.trim_end().trim_end_matches('"').replace('\\', ""))
}

/// A value without quotes, escapes and the comment behind it.
fn value(text: &str) -> String {
    let mut plain = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for character in text.chars() {
        match character {
            _ if escaped => {
                plain.push(character);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '#' | ';' if !quoted => break,
            _ => plain.push(character),
        }
    }
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(name, url)| (name.to_string(), url.to_string())).collect();
        assert_eq!(remotes(text), expected, "{text}");
    }

    #[test]
    fn remotes_are_read() {
        check("", &[]);
        check("[core]\n\turl = x\n[remote]\n\turl = y\n[remote", &[]);
        check(
            "[remote \"origin\"]\n\tfetch = +a:b\n\turl = git@h:a/b.git # ours\n",
            &[("origin", "git@h:a/b.git")],
        );
        check("[Remote \"a b\"] URL=\"c:\\\\d;e\" ; f\nurl=second", &[("a b", "c:\\d;e")]);
        check(
            "[remote \"x\"]\nurl=1\n[branch \"m\"]\nurl=2\n[remote \"y\"]\nurl=3",
            &[("x", "1"), ("y", "3")],
        );
    }
}
