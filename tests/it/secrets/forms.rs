//! The forms in which a secret is written down: within other text, and torn by what a terminal or an encoder does.

use serde_json::json;

/// A text with a secret in it.
pub struct Written {
    /// The whole text.
    pub text: String,
    /// Where the random part of the secret begins.
    pub start: usize,
    /// How long that is.
    pub length: usize,
}

/// A way to write a secret down.
pub struct Form {
    /// What it is called in the table.
    pub title: &'static str,
    /// For which texts there is such a form.
    of: Of,
    /// The text in that form.
    pub write: fn(&Written) -> String,
}

/// What can be written so.
enum Of {
    /// Any text.
    All,
    /// Tokens: text that is nothing but a secret.
    Tokens,
    /// Tokens with a prefix that can be torn.
    Prefixed,
    /// Secrets so long that a terminal may break them, and a reader still sees that they go on.
    Long,
}

/// Fewest random characters of a secret that goes on behind a line end.
const LONG: usize = 24;

/// All forms.
#[rustfmt::skip]
pub const FORMS: &[Form] = &[
    Form { title: "as it stands, in prose", of: Of::All, write: |it| it.text.clone() },
    Form { title: "in JSON", of: Of::All, write: |it| in_json(&it.text) },
    Form { title: "in JSON within JSON", of: Of::All, write: |it| in_json(&in_json(&it.text)) },
    Form { title: "in a quotation", of: Of::All, write: |it| each_line(&it.text, "> ") },
    Form { title: "in a diff", of: Of::All, write: |it| each_line(&it.text, "+    ") },
    Form { title: "in a listing with line numbers", of: Of::All, write: |it| each_line(&it.text, "  12\t") },
    Form { title: "coloured", of: Of::All, write: |it| format!("\u{1b}[1;32m{}\u{1b}[0m done", it.text) },
    Form { title: "with a colour in its middle", of: Of::All, write: |it| torn(it, "\u{1b}[0m\u{1b}[32m") },
    Form { title: "with an invisible character in its middle", of: Of::All, write: |it| torn(it, "\u{200b}") },
    Form { title: "over a line end", of: Of::Long, write: |it| torn(it, "\n") },
    Form { title: "over a line end in JSON", of: Of::Long, write: |it| in_json(&torn(it, "\n")) },
    Form { title: "over the edge of a box", of: Of::Long, write: |it| torn(it, " │\n│ ") },
    Form { title: "its prefix over a line end", of: Of::Prefixed, write: |it| prefix_torn(it, "\n") },
    Form { title: "its prefix over a line end in JSON", of: Of::Prefixed, write: |it| in_json(&prefix_torn(it, "\n")) },
    Form { title: "its prefix over the edge of a box", of: Of::Prefixed, write: |it| prefix_torn(it, " │\n│ ") },
    Form { title: "in a sentence", of: Of::Tokens, write: |it| format!("My key is {}, do not share it.", it.text) },
    Form { title: "in an environment", of: Of::Tokens, write: |it| format!("export SOME_VARIABLE={}\nnext=1", it.text) },
    Form { title: "in YAML", of: Of::Tokens, write: |it| format!("  value: {}\n  other: 1", it.text) },
    Form { title: "in code", of: Of::Tokens, write: |it| format!("let client = Client::new(\"{}\");", it.text) },
    Form { title: "in a header", of: Of::Tokens, write: |it| format!("curl -H 'Authorization: Bearer {}' https://api.host/v1", it.text) },
    Form { title: "in an address", of: Of::Tokens, write: |it| format!("GET https://host/path?x=1&value={}&y=2", it.text) },
];

impl Form {
    /// Whether there is such a form of the text.
    pub fn fits(&self, it: &Written) -> bool {
        let is_token = !it.text.contains([' ', ':', '=', '<', '\n', '"']);
        match self.of {
            Of::All => true,
            Of::Tokens => is_token,
            Of::Prefixed => is_token && it.start >= 3,
            Of::Long => it.length >= LONG,
        }
    }
}

fn in_json(text: &str) -> String {
    json!({ "value": text, "n": 1 }).to_string()
}

fn each_line(text: &str, margin: &str) -> String {
    text.split('\n').flat_map(|line| [margin, line, "\n"]).collect()
}

/// The text with something in the middle of the secret.
fn torn(it: &Written, between: &str) -> String {
    let (first, last) = it.text.split_at(it.start + it.length / 2 + 1);
    format!("found {first}{between}{last}\nnext line")
}

/// The text with something in what stands before the random part.
fn prefix_torn(it: &Written, between: &str) -> String {
    let (first, last) = it.text.split_at(it.start / 2 + 1);
    format!("found {first}{between}{last}\nnext line")
}
