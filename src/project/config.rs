//! What git's configuration says of remotes and of the user. Includes and rewritten addresses are not followed.

/// The names and the first URLs of the remotes, in the order of the file.
pub(super) fn remotes(text: &str) -> Vec<(String, String)> {
    let mut remotes: Vec<(String, String)> = Vec::new();
    for Setting { section, value, .. } in settings(text).filter(|setting| setting.key == "url") {
        if let Some(name) = remote(section)
            && remotes.iter().all(|(known, _)| *known != name)
        {
            remotes.push((name, value));
        }
    }
    remotes
}

/// The name of the user; the last one holds.
pub(super) fn user_name(text: &str) -> Option<String> {
    let is_name = |setting: &Setting| setting.section.eq_ignore_ascii_case("user") && setting.key == "name";
    settings(text).filter(is_name).last().map(|setting| setting.value).filter(|name| !name.is_empty())
}

/// A line that sets something.
struct Setting<'a> {
    /// The header above it, without its brackets.
    section: &'a str,
    /// In lower case.
    key: String,
    value: String,
}

fn settings(text: &str) -> impl Iterator<Item = Setting<'_>> {
    let mut section = "";
    text.lines().filter_map(move |line| {
        let mut line = line.trim();
        if let Some((header, rest)) = line.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            (section, line) = (header.trim(), rest.trim());
        }
        let (key, set) = line.split_once('=')?;
        Some(Setting { section, key: key.trim().to_ascii_lowercase(), value: value(set.trim()) })
    })
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

    #[test]
    fn the_user_is_read() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(user_name(text).as_deref(), expected, "{text}");
        check("", None);
        check("[core]\nname = x\n[remote \"user\"]\nname = y\n[user]\nemail = z", None);
        check("[user]\n\tname = Ann Lee ; it is me\n", Some("Ann Lee"));
        check("[User] Name=\"A # B\"\n[user]\nname = \n", None);
        check("[user]\nname = one\n[core]\n[user]\nname = two", Some("two"));
    }
}
