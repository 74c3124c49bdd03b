//! The symbol a line belongs to: definitions told by their looks, one pattern a language.
//!
//! Patterns see one line at a time. That is enough to name a place, and works on files of which little is known.

use std::borrow::Cow;
use std::iter;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

/// Farthest a line is from the definition that is looked for.
const REACH: usize = 3000;

/// Most symbols named for one change.
const MOST: usize = 4;

/// How a language writes its definitions.
pub(super) struct Language {
    /// Ends of file names, in lower case.
    extensions: &'static [&'static str],
    /// A line that defines something; the first group that takes part is its name.
    definition: &'static str,
    /// What encloses a line.
    scope: Scope,
    /// The pattern as it is for ASCII, which is made in a tenth of the time that one for all alphabets takes.
    pattern: OnceLock<Option<Regex>>,
}

/// What encloses a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// A definition before it with less indentation.
    Indentation,
    /// The nearest heading before it.
    Heading,
}

const fn indented(extensions: &'static [&'static str], definition: &'static str) -> Language {
    Language::new(extensions, definition, Scope::Indentation)
}

const fn headed(extensions: &'static [&'static str], definition: &'static str) -> Language {
    Language::new(extensions, definition, Scope::Heading)
}

/// All languages whose definitions are known.
static LANGUAGES: [Language; 17] = [
    indented(
        &["rs"],
        r#"^\s*(?:pub(?:\([^)]*\))?\s+)?(?:(?:default|const|async|unsafe|extern(?:\s*"[^"]*")?)\s+)*(?:(?:fn|struct|enum|trait|union|type|mod|static|macro_rules!)\s+(?:mut\s+)?(\w+)|const\s+(\w+)\s*:|impl(?:<[^{]*?>)?\s+(?:[^{]*?\sfor\s+)?(?:&(?:mut\s+)?)?(?:\w+::)*(\w+))"#,
    ),
    indented(&["go"], r"^\s*(?:func\s+(?:\([^)]*\)\s*)?(\w+)|(?:type|var|const)\s+(\w+))"),
    indented(&["py", "pyi"], r"^\s*(?:(?:async\s+)?def|class)\s+(\w+)"),
    indented(
        &["js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte"],
        r#"^\s*(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:(?:abstract\s+)?(?:class|interface|enum|namespace|module)\s+([\w$.]+)|(?:async\s+)?function\s*\*?\s*([\w$]+)|type\s+([\w$]+)\s*[=<]|(?:const|let|var)\s+([\w$]+)\s*(?::[^=]+)?=\s*(?:async\s+)?(?:function\b|\([^)]*\)?\s*(?::[^=]+)?(?:=>|$)|[\w$]+\s*=>|(?:React\.)?(?:memo|forwardRef|useCallback|useMemo|styled|create\w*|define\w*)\b|\{\s*$|\[\s*$)|(?:describe|test|it)(?:\.\w+)*\(\s*["'`]([^"'`]+)|(?:(?:public|private|protected|static|override|readonly|async|get|set)\s+)*\*?(#?[\w$]+)\s*(?:<[^>]*>)?\([^;=]*(?:\)\s*(?::[^=;]+)?\{|$)|([\w$]+)\s*[:=]\s*(?:async\s+)?(?:function\b|\([^)]*\)\s*(?::[^=]+)?=>))"#,
    ),
    indented(
        &["java", "cs", "kt", "kts", "scala", "groovy", "gradle", "dart"],
        r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|private|protected|internal|static|final|abstract|sealed|partial|virtual|override|async|suspend|inline|open|data|default|synchronized|readonly|extern|unsafe|operator|lateinit|companion|case|implicit|native|new|value|external)\s+)*(?:(?:class|interface|enum(?:\s+class)?|record(?:\s+(?:class|struct))?|struct|object|trait|namespace|annotation|mixin|extension)\s+([\w.]+)|(?:fun|def)\s+(?:<[^>]*>\s*)?(?:\w+\.)?(\w+)|(?:<[^>]*>\s*)?[\w.<>\[\],?]+(?:\s+|\s*[\]>?]\s*)(\w+)\s*\([^;=]*(?:\)\s*(?:throws\s+[\w.,\s]+)?(?:async\s*)?(?:\{|=>|where\b.*|$)|$))",
    ),
    indented(
        &["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "hxx", "m", "mm", "cu", "ino"],
        r"^\s*(?:template\s*<.*>\s*)?(?:#\s*define\s+(\w+)|(?:typedef\s+)?(?:class|struct|union|enum(?:\s+(?:class|struct))?|namespace)\s+(?:\[\[[^\]]*\]\]\s*)?(\w+)[^;()]*$|@(?:interface|implementation|protocol)\s+(\w+)|(?:[\w:<>,*&~]+\s+)+[*&]*((?:\w+::)*~?\w+)\s*\([^;]*$|((?:\w+::)+~?\w+)\s*\([^;]*$)",
    ),
    indented(
        &["rb", "rake", "cr"],
        r#"^\s*(?:(?:private\s+|protected\s+|public\s+)?def\s+(?:self\.)?([\w?!=]+)|(?:class|module)\s+([\w:]+)|(?:describe|context|it|test)\s+["']([^"']+))"#,
    ),
    indented(
        &["php"],
        r"^\s*(?:(?:abstract|final|public|private|protected|static|readonly)\s+)*(?:function\s+&?(\w+)|(?:class|interface|trait|enum)\s+(\w+))",
    ),
    indented(
        &["swift"],
        r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|private|fileprivate|internal|open|static|class|final|override|mutating|async|convenience|required|indirect|nonisolated)\s+)*(?:(?:func|class|struct|enum|protocol|extension|actor|typealias)\s+([\w.]+)|(init|deinit|subscript)\b)",
    ),
    indented(&["sh", "bash", "zsh", "ksh"], r"^\s*(?:function\s+([\w:-]+)|([\w:-]+)\s*\(\)\s*[({]?)"),
    indented(&["ps1", "psm1"], r"^\s*(?i:function|filter|class|enum)\s+([\w:-]+)"),
    indented(&["lua"], r"^\s*(?:local\s+)?function\s+([\w.:]+)|^\s*(?:local\s+)?([\w.]+)\s*=\s*function\b"),
    indented(
        &["ex", "exs", "erl", "zig", "nim", "jl"],
        r#"^\s*(?:pub\s+)?(?:defmodule|defp?|defmacrop?|fn|proc|func|function|struct|type|test)\s+"?([\w.?!]+)"#,
    ),
    headed(
        &["sql"],
        r#"^\s*(?i:create\s+(?:or\s+replace\s+)?(?:(?:temp|temporary|unique|materialized)\s+)*(?:table|view|index|function|procedure|trigger|type|schema|sequence)|alter\s+table)\s+(?i:if\s+(?:not\s+)?exists\s+)?(?i:only\s+)?["`\[]?([\w.]+)"#,
    ),
    headed(&["md", "mdx", "markdown"], r"^#{1,6}\s+(.+?)\s*#*\s*$"),
    headed(&["toml", "ini", "cfg", "conf", "editorconfig"], r"^\s*\[+\s*([^\[\]]+?)\s*\]+\s*(?:[#;].*)?$"),
    indented(&["yml", "yaml"], r#"^\s*(?:-\s+)?["']?([\w./-]+)["']?\s*:\s*(?:[|>&#].*)?$"#),
];

/// Words that stand before a bracket but define nothing.
const NOT_A_NAME: [&str; 20] = [
    "if", "for", "while", "switch", "catch", "return", "else", "do", "new", "throw", "await", "function",
    "using", "lock", "match", "super", "typeof", "yield", "sizeof", "case",
];

/// A line as a pattern for ASCII has to see it, byte for byte in its place: letters of other alphabets are letters.
fn in_ascii(line: &str) -> Cow<'_, str> {
    if line.is_ascii() {
        return Cow::Borrowed(line);
    }
    let spelled = |c: char| match c {
        c if c.is_ascii() => c,
        c if c.is_alphanumeric() => 'a',
        c if c.is_whitespace() => ' ',
        _ => '\u{1}',
    };
    Cow::Owned(line.chars().flat_map(|c| iter::repeat_n(spelled(c), c.len_utf8())).collect())
}

/// The language of a file, told by the end of its name.
pub(super) fn language(path: &str) -> Option<&'static Language> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
    LANGUAGES.iter().find(|language| language.extensions.contains(&extension.as_str()))
}

impl Language {
    const fn new(extensions: &'static [&'static str], definition: &'static str, scope: Scope) -> Self {
        Language { extensions, definition, scope, pattern: OnceLock::new() }
    }

    /// The name of what a line defines, if it defines anything.
    pub fn defines<'a>(&self, line: &'a str) -> Option<&'a str> {
        // A line of this length is generated; nobody wrote a definition into it.
        if line.len() > 500 {
            return None;
        }
        let name = self.name_in(line)?;
        let first =
            line.trim_start().split(|symbol: char| !symbol.is_alphanumeric()).next().unwrap_or_default();
        let real = !NOT_A_NAME.contains(&name)
            && (self.scope == Scope::Heading || !NOT_A_NAME[..11].contains(&first));
        real.then_some(name)
    }

    fn name_in<'a>(&self, line: &'a str) -> Option<&'a str> {
        let pattern = || RegexBuilder::new(self.definition).unicode(false).build().ok();
        let spelled = in_ascii(line);
        let captures = self.pattern.get_or_init(pattern).as_ref()?.captures(spelled.as_bytes())?;
        captures.iter().skip(1).flatten().next().and_then(|name| line.get(name.range()))
    }

    /// The name of what encloses a line with that indentation, among the lines before it from the nearest back.
    pub fn enclosing<'a>(
        &self,
        mut indentation: usize,
        before: impl Iterator<Item = &'a str>,
    ) -> Option<&'a str> {
        for line in before.take(REACH) {
            if line.trim().is_empty() {
                continue;
            }
            if self.scope == Scope::Heading {
                if let Some(name) = self.defines(line) {
                    return Some(name);
                }
                continue;
            }
            let here = indent(line);
            if here >= indentation || continues(line) {
                continue;
            }
            if let Some(name) = self.defines(line) {
                return Some(name);
            }
            if here == 0 {
                return None;
            }
            indentation = here;
        }
        None
    }

    /// The names of what the changed lines define, the first few of them.
    pub fn defined<'a>(&self, lines: &[&'a str]) -> Vec<&'a str> {
        let mut names = Vec::new();
        for name in lines.iter().filter_map(|line| self.defines(line)) {
            if !names.contains(&name) {
                names.push(name);
            }
            if names.len() == MOST {
                break;
            }
        }
        names
    }
}

/// The name in the text behind the `@@` of a hunk: what it defines, or nothing.
pub(super) fn in_heading(language: Option<&Language>, heading: &str) -> Option<String> {
    let name = language.and_then(|language| language.defines(heading));
    name.map(String::from)
}

/// The smallest indentation of lines that are not empty.
pub(super) fn indentation(lines: &[&str]) -> Option<usize> {
    lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min()
}

/// How far a line is indented; a tab goes to the next multiple of four.
fn indent(line: &str) -> usize {
    let blanks = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t'));
    blanks.fold(0, |column, byte| if byte == b'\t' { (column / 4 + 1) * 4 } else { column + 1 })
}

/// Whether a line belongs to what began before it, whatever its indentation: the end of a long signature, a lone
/// bracket, a comment, a preprocessor line.
fn continues(line: &str) -> bool {
    let text = line.trim_start();
    let label =
        ["public:", "private:", "protected:", "where", "default:"].iter().any(|word| text.starts_with(word));
    label
        || text.starts_with([')', ']', '{', '#', '*', '>', '"', '\''])
        || text.starts_with("//")
        || text.starts_with("/*")
        || text.starts_with("--")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    impl Language {
        /// The name by the pattern for all alphabets.
        fn name_in_full<'a>(&self, line: &'a str) -> Option<&'a str> {
            let captures = regex::Regex::new(self.definition).unwrap().captures(line)?;
            captures.iter().skip(1).flatten().next().map(|name| name.as_str())
        }
    }

    proptest! {
        #[test]
        fn every_alphabet_is_read_as_what_it_is(
            (path, head) in prop::sample::select(vec![
                ("a.py", "def "), ("a.go", "func "), ("a.md", "## "), ("a.rs", "pub fn "), ("a.yml", "- "),
            ]),
            name in "[a-zé日_–’… ]{0,8}",
            tail in "[(){:=é– ]{0,5}",
        ) {
            let line = format!("{head}{name}{tail}");
            let language = language(path).unwrap();
            prop_assert_eq!(language.name_in(&line), language.name_in_full(&line), "{}", line);
        }
    }

    fn check(path: &str, line: &str, expected: Option<&str>) {
        let language = language(path).expect("a language of the table");
        assert_eq!(language.defines(line), expected, "{path}: {line}");
        assert_eq!(language.name_in(line), language.name_in_full(line), "{path}: {line}");
    }

    #[test]
    fn every_pattern_compiles() {
        for language in &LANGUAGES {
            assert!(Regex::new(language.definition).is_ok(), "{:?}", language.extensions);
        }
    }

    #[test]
    fn no_extension_is_claimed_twice() {
        let mut all: Vec<&str> = LANGUAGES.iter().flat_map(|language| language.extensions).copied().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn definitions_of_each_language() {
        for (path, line, expected) in [
            ("a.rs", "    pub(crate) async fn parse_header(input: &str) -> Header {", "parse_header"),
            ("a.rs", "impl<'a, T: Read> Iterator for Lines<'a, T> {", "Lines"),
            ("a.rs", "impl Display for error::Problem {", "Problem"),
            ("a.rs", "pub const LIMIT: usize = 4;", "LIMIT"),
            ("a.rs", "const fn half(of: u32) -> u32 {", "half"),
            ("a.rs", "macro_rules! check {", "check"),
            ("a.go", "func (s *Server) Handle(w http.ResponseWriter) error {", "Handle"),
            ("a.go", "type Options struct {", "Options"),
            ("a.py", "    async def fetch(self, url):", "fetch"),
            ("a.py", "class Basket(Base):", "Basket"),
            ("a.ts", "export default async function loadPage(id: string) {", "loadPage"),
            ("a.ts", "export const total = (items: Item[]): number => {", "total"),
            ("a.tsx", "const Button: FC<Props> = ({ label }) => {", "Button"),
            ("a.ts", "export interface Props {", "Props"),
            ("a.ts", "type Row = {", "Row"),
            ("a.js", "  async render(context) {", "render"),
            ("a.js", "  onClick = (event) => {", "onClick"),
            ("a.test.js", "  it('adds two prices', () => {", "adds two prices"),
            ("A.java", "    public static List<String> split(String text) throws IOException {", "split"),
            ("A.java", "public final class Basket extends Base {", "Basket"),
            ("A.cs", "    public async Task<int> CountAsync(string name)", "CountAsync"),
            ("A.cs", "namespace Shop.Orders;", "Shop.Orders"),
            ("a.kt", "    override suspend fun load(id: Int): Result {", "load"),
            ("a.kt", "data class Price(val cents: Int)", "Price"),
            ("a.c", "static int parse_header(const char *text)", "parse_header"),
            ("a.c", "#define LIMIT 4", "LIMIT"),
            ("a.cpp", "void Server::handle(Request& request) {", "Server::handle"),
            ("a.h", "struct header {", "header"),
            ("a.rb", "  def self.total(items)", "total"),
            ("a.rb", "module Shop::Orders", "Shop::Orders"),
            ("a.php", "    public static function total(array $items): int", "total"),
            ("a.swift", "    @MainActor public func load(id: Int) async {", "load"),
            ("a.swift", "extension Basket: Codable {", "Basket"),
            ("a.sh", "build_all() {", "build_all"),
            ("a.sh", "function build-one {", "build-one"),
            ("a.ps1", "function Get-Total {", "Get-Total"),
            ("a.lua", "local function total(items)", "total"),
            ("a.ex", "  defp total(items) do", "total"),
            ("a.sql", "CREATE TABLE IF NOT EXISTS shop.orders (", "shop.orders"),
            ("a.md", "## How to build", "How to build"),
            ("Cargo.toml", "[profile.release]", "profile.release"),
            ("a.ini", "[section] # note", "section"),
            ("a.yml", "  build:", "build"),
        ] {
            check(path, line, Some(expected));
        }
    }

    #[test]
    fn lines_that_define_nothing() {
        for (path, line) in [
            ("a.rs", "    let total = items.len();"),
            ("a.go", "\treturn total(items)"),
            ("a.py", "    total = 1"),
            ("a.js", "    if (items.length) {"),
            ("a.js", "  total(items);"),
            ("a.js", "  const total = items.length;"),
            ("A.java", "        return split(text);"),
            ("A.java", "        } else if (ready) {"),
            ("A.cs", "        await CountAsync(name);"),
            ("a.c", "    return parse_header(text);"),
            ("a.c", "    parse_header(text);"),
            ("a.c", "    else if (parse_header(text)) {"),
            ("a.sh", "echo total"),
            ("a.md", "#!/bin/sh is a line"),
            ("a.yml", "  name: build"),
        ] {
            check(path, line, None);
        }
    }

    fn check_enclosing(path: &str, text: &str, expected: Option<&str>) {
        let language = language(path).expect("a language of the table");
        let lines: Vec<&str> = text.lines().collect();
        let (last, before) = lines.split_last().expect("a text");
        let indentation = indentation(&[last]).unwrap_or(0);
        assert_eq!(language.enclosing(indentation, before.iter().rev().copied()), expected, "{text}");
    }

    #[test]
    fn what_encloses_a_line() {
        check_enclosing("a.py", "class A:\n    def f(self):\n        x = 1\n\n        y = 2", Some("f"));
        check_enclosing("a.py", "def a():\n    pass\nif x:\n    y = 1", None);
        check_enclosing("a.py", "def a():\n    def inner():\n        pass\n    y = 1", Some("a"));
        check_enclosing("a.rs", "fn long(\n    a: u32,\n) -> u32 {\n    a", Some("long"));
        check_enclosing("a.rs", "fn a() {\n}\nfn b() {\n    if x {\n        c();", Some("b"));
        check_enclosing("a.c", "int main(void)\n{\n#ifdef DEBUG\n\tx();", Some("main"));
        check_enclosing("a.md", "# One\ntext\n## Two\ntext\nmore", Some("Two"));
        check_enclosing("a.yml", "jobs:\n  build:\n    steps: 1", Some("build"));
        check_enclosing("a.go", "func a() {\n}\nvar x = 1", None);
    }
}
