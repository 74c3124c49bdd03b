//! Lists: short items that stand below one another under one lead are one statement.
//!
//! By itself such an item is half a sentence: what it means, its neighbours and its lead say.

use super::worth::option_label;
use crate::text::{Block, Statement};

/// The longest statement that items are put together to, in bytes.
const LONGEST: usize = 300;
/// An item longer than this, in bytes, is a statement by itself.
const SHORT: usize = 120;

/// The statements of a text, with the short items of each list put together, but for those that fall by themselves.
pub fn gathered(statements: Vec<Statement>, falls: impl Fn(&Statement) -> bool) -> Vec<Statement> {
    let mut out: Vec<Statement> = Vec::with_capacity(statements.len());
    let mut is_list = false;
    for statement in statements {
        match out.last_mut() {
            Some(before)
                if goes_on(before, &statement) && !falls(&statement) && (is_list || !falls(before)) =>
            {
                append(&mut before.text, &statement.text);
                is_list = true;
            }
            _ => {
                out.push(statement);
                is_list = false;
            }
        }
    }
    out
}

/// Whether a statement goes on with the list of the one before it.
fn goes_on(before: &Statement, statement: &Statement) -> bool {
    [before, statement].iter().all(|it| it.block == Block::Item && !stands_alone(&it.text))
        && !statement.heading.is_empty()
        && before.heading == statement.heading
        && statement.text.len() <= SHORT
        && before.text.len() + statement.text.len() <= LONGEST
}

/// Whether an item is a question, an option to choose, a single name, or tells of the file that it begins with.
fn stands_alone(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    text.ends_with('?') || !text.contains(' ') || option_label(text).is_some() || first.contains(['.', '/'])
}

fn append(list: &mut String, item: &str) {
    list.truncate(list.trim_end_matches(['.', ';', ',']).len());
    list.extend(["; ", item]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::statements;

    fn check(message: &str, expected: &[&str]) {
        let statements = gathered(statements(message), |it| it.text.starts_with("gone"));
        let texts: Vec<&str> = statements.iter().map(|statement| statement.text.as_str()).collect();
        assert_eq!(texts, expected, "{message:?}");
    }

    #[test]
    fn short_items_under_one_lead_are_one_statement() {
        check("Kept:\n- the cache.\n- the lock\n- all\n", &["the cache; the lock", "all"]);
        check(
            "## Kept\n1. the cache\n2. the lock\n\n## Gone\n- the queue",
            &["the cache; the lock", "the queue"],
        );
    }

    #[test]
    fn what_stands_alone_stays_alone() {
        check("- the cache\n- the lock", &["the cache", "the lock"]);
        check("Which one:\n- A. the cache\n- B. the lock", &["A. the cache", "B. the lock"]);
        check("Open:\n- the cache\n- what of the lock?", &["the cache", "what of the lock?"]);
        check("Changed:\n- src/a.rs: the cache\n- the lock", &["src/a.rs: the cache", "the lock"]);
        check("Open:\n- the cache\n- gone is it\n- the lock", &["the cache", "gone is it", "the lock"]);
        check("Open:\n- gone is it\n- the lock", &["gone is it", "the lock"]);
        let long = "word ".repeat(30);
        check(&format!("Kept:\n- the cache\n- {long}"), &["the cache", long.trim()]);
    }
}
