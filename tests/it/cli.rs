use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const SESSION: &str = "claude-code/rate-limiter/session.jsonl";
const SAID: &str =
    r#"{"type":"user","message":{"role":"user","content":"Fix the rounding in src/invoice.rs"}}"#;

fn baton(arguments: &[&str], folder: &Path, input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_baton"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A command that does not read its input closes it.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    assert!(path.is_file(), "{} is missing", path.display());
    path.to_string_lossy().into_owned()
}

/// A folder with files in it.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    folder
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("text")
}

fn said(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("text")
}

/// Runs the words with a file `in` of these bytes, and expects the status and each of the texts on stderr.
#[track_caller]
fn check(words: &str, bytes: &[u8], status: i32, expected: &[&str]) -> Output {
    let folder = folder(&[("in", bytes)]);
    let arguments: Vec<&str> = words.split(' ').collect();
    let output = baton(&arguments, folder.path(), b"");
    assert_eq!(output.status.code(), Some(status), "{words}: {}", said(&output));
    for text in expected {
        assert!(said(&output).contains(text), "{words}: {}", said(&output));
    }
    assert!(!said(&output).contains("panicked"), "{}", said(&output));
    output
}

#[test]
fn inputs_that_cannot_be_read() {
    for command in ["compress", "explain"] {
        let one = |words: &str, bytes: &[u8], expected: &[&str]| {
            let output = check(&format!("{command} {words}"), bytes, 1, expected);
            assert_eq!(out(&output), "");
        };
        one("in", b"", &["baton: in: the input is empty; give a transcript file"]);
        one("in", b" \n\n", &["baton: in: the input is empty"]);
        one("-", b"", &["baton: standard input: the input is empty"]);
        one(
            "in",
            b"\x7fELF\0\0\x01\xFF",
            &["baton: in: this is binary data, not text; name a transcript or a text file"],
        );
        one("in", b"dear diary", &["it looks like plain text"]);
        one("in", b"{\"a\": [1, ", &["it looks like JSON that is cut off or broken"]);
        one(
            "in --format codex",
            SAID.as_bytes(),
            &["no message of a session was found", "read as codex, and it looks like claude-code; check"],
        );
        one(".", b"", &["baton: . is a folder; name one transcript file in it"]);
        one("missing", b"", &["baton: cannot read missing: "]);
    }
}

#[test]
fn a_line_of_fifty_megabytes() {
    let line = vec![b'a'; 50 << 20];
    check("compress in", &line, 1, &["it looks like plain text"]);
    let quoted = [b"{\"type\":\"user\",\"x\":\"", line.as_slice(), b"\"}\n", SAID.as_bytes()].concat();
    let output = check("compress in", &quoted, 0, &[]);
    assert!(out(&output).contains("Fix the rounding"), "{}", out(&output));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("in", SAID.as_bytes())]);
    let path = folder.path().join("in");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("it is ours");
    if fs::read(&path).is_ok() {
        return; // The superuser may read everything.
    }
    let output = baton(&["compress", "in"], folder.path(), b"");
    assert_eq!(
        (output.status.code(), said(&output)),
        (Some(1), "baton: cannot read in: Permission denied\n")
    );
}

#[test]
fn lost_records_cost_a_warning() {
    let torn = format!("{SAID}\n{{\"type\":\"us");
    let output = check(
        "compress in",
        torn.as_bytes(),
        0,
        &["warning: line 2: the file ends in the middle of this line"],
    );
    assert!(out(&output).contains("Fix the rounding"));
    let broken = [SAID.as_bytes(), b"\n", SAID.as_bytes(), b" \xFF\xFE\n"].concat();
    check("compress in", &broken, 0, &["warning: line 2: ", "not UTF-8"]);
    let many = format!("{SAID}\n").repeat(8) + &"no\n".repeat(8);
    let output = check(
        "compress in",
        many.as_bytes(),
        0,
        &["warning: line 13: ", "warning: and 3 more; --verbose names all"],
    );
    assert!(!said(&output).contains("line 14: "));
    check("compress in --verbose", many.as_bytes(), 0, &["warning: line 16: "]);
    check("count in in", torn.as_bytes(), 0, &["warning: in: line 2: "]);
}

#[test]
fn requests_that_are_wrong() {
    let wrong = |words: &str, expected: &[&str]| {
        assert_eq!(out(&check(words, SAID.as_bytes(), 2, expected)), "");
    };
    wrong("compress in --budget 199", &["a budget of 199 tokens is too small; the minimum is 200"]);
    wrong("compress in --budget abc", &["not a number of tokens; give one such as 2000"]);
    wrong("compress in --budget -5", &["not a number of tokens"]);
    wrong("compress in --budget 99999999999999999999999", &["not a number of tokens"]);
    wrong("compress in --encoding foo", &["'foo'", "o200k_base", "cl100k_base"]);
    wrong("compress in --model foo", &["there is no encoding or model 'foo'"]);
    wrong("compress in --model gpt-5 --encoding o200k_base", &["cannot be used with"]);
    wrong("compress in --format word", &["'word'", "auto", "claude-code", "messages"]);
    wrong("compress in --output word", &["'word'", "markdown"]);
    wrong("compress in --root missing", &["there is no such folder"]);
    wrong("compress", &["<TRANSCRIPT>"]);
    wrong("count", &["<FILE>..."]);
    wrong("frobnicate", &["'frobnicate'"]);
    wrong("compress in -o in", &["baton: in is the transcript itself; name another file with -o"]);
}

#[test]
fn a_budget_holds() {
    let session = fixture(SESSION);
    for (budget, counting) in
        [(200, "o200k_base"), (777, "cl100k_base"), (2000, "p50k_base"), (usize::MAX, "o200k_base")]
    {
        let output = check(
            &format!("compress {session} --budget {budget} --encoding {counting} --stats"),
            b"",
            0,
            &[],
        );
        let encoding = baton::token::Encoding::from_name(counting).expect("it is one");
        let tokens = encoding.count(out(&output));
        assert!(tokens <= budget && tokens > 150, "{tokens} of {budget}");
        let line = said(&output);
        assert!(line.contains(" events, ") && line.contains(&format!(" → {tokens} tokens (")), "{line}");
    }
}

#[test]
fn an_estimate_says_so() {
    let output =
        check(&format!("compress {} --budget 1000 --model claude-opus-5", fixture(SESSION)), b"", 0, &[]);
    let tokenizer = baton::token::Tokenizer::resolve("claude-opus-5").expect("it is known");
    assert!(tokenizer.count_upper(out(&output)) <= 1000);
    assert!(out(&output).contains("(estimate: o200k_base × "), "{}", out(&output));
}

#[test]
fn a_pipe_and_a_file_give_the_same() {
    let session = fixture(SESSION);
    let bytes = fs::read(&session).expect("it is there");
    let folder = folder(&[]);
    let piped = baton(&["compress", "-", "--cite"], folder.path(), &bytes);
    let named = baton(&["compress", &session, "--cite"], folder.path(), b"");
    assert_eq!(piped.status.code(), Some(0));
    assert!(out(&piped).contains(" [L"));
    assert_eq!(out(&piped), out(&named));
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = folder(&[("in", SAID.as_bytes()), ("old", b"before")]);
    let run = |target: &str| baton(&["compress", "in", "-o", target], folder.path(), b"");
    assert_eq!(run("old").status.code(), Some(0));
    let written = fs::read(folder.path().join("old")).expect("it is there");
    assert_eq!(written, baton(&["compress", "in"], folder.path(), b"").stdout);
    for (target, expected) in
        [("missing/out", "baton: cannot write missing/out: "), (".", "baton: cannot write .: is a directory")]
    {
        let output = run(target);
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).starts_with(expected), "{}", said(&output));
    }
    let mut names: Vec<PathBuf> = fs::read_dir(folder.path())
        .expect("it is there")
        .map(|entry| entry.expect("it is there").file_name().into())
        .collect();
    names.sort();
    assert_eq!(names, [Path::new("in"), Path::new("old")], "nothing is left lying about");
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_leads_to_the_result() {
    let folder = folder(&[("in", SAID.as_bytes()), ("real", b"before")]);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("real", &link).expect("it is ours");
    assert_eq!(baton(&["compress", "in", "-o", "link"], folder.path(), b"").status.code(), Some(0));
    assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
    assert!(
        fs::read_to_string(folder.path().join("real")).expect("it is there").contains("Fix the rounding")
    );
}

#[test]
fn a_closed_output_ends_quietly() {
    for words in
        [&["compress", "in"][..], &["explain", "in"], &["formats"], &["man"], &["count", "in"], &["--help"]]
    {
        let folder = folder(&[("in", SAID.as_bytes())]);
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
        let output =
            command.args(words).current_dir(folder.path()).stdout(writer).output().expect("it was built");
        assert_eq!((output.status.code(), said(&output)), (Some(0), ""), "{words:?}");
    }
}

#[test]
fn counts() {
    let folder =
        folder(&[("a.txt", b"hello world"), ("s.jsonl", SAID.as_bytes()), ("none", b""), ("bin", b"\xFF\0")]);
    let run = |words: &str| baton(&words.split(' ').collect::<Vec<_>>(), folder.path(), b"hello");
    let told = |words: &str, expected: &str| assert_eq!(out(&run(words)), expected);
    told("count a.txt", "2  text  a.txt\n");
    told("count -", "1  text  -\n");
    told(
        "count a.txt s.jsonl none",
        " 2  text         a.txt\n 8  claude-code  s.jsonl\n 0  text         none\n10               total\n",
    );
    let all = baton::token::Encoding::Cl100kBase.count(SAID);
    told("count --text s.jsonl --encoding cl100k_base", &format!("{all}  text  s.jsonl\n"));
    let output = run("count bin missing a.txt");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(out(&output), "2  text  a.txt\n");
    let first = "baton: bin: this is binary data, not text; name a transcript or a text file\nbaton: cannot read missing: ";
    assert!(said(&output).starts_with(first), "{}", said(&output));
}

/// A folder stands for what tools for code see in it.
#[test]
fn counts_folders() {
    let folder = folder(&[
        ("p/src/a.txt", b"hello world"),
        ("p/src/deep/s.jsonl", SAID.as_bytes()),
        ("p/src/picture", b"\xFF\0"),
        ("p/target/built.txt", b"hello world"),
        ("p/.hidden", b"hello world"),
        ("p/.gitignore", b"target/\n"),
        ("b.txt", b"hello"),
    ]);
    std::fs::create_dir_all(folder.path().join("empty")).expect("it can be made");
    let run = |words: &str| baton(&words.split(' ').collect::<Vec<_>>(), folder.path(), b"");
    let output = run("count p b.txt");
    assert_eq!(
        out(&output),
        " 2  text         p/src/a.txt\n 8  claude-code  p/src/deep/s.jsonl\n 1  text         b.txt\n11               total\n"
    );
    assert_eq!(said(&output), "warning: 1 file is binary and left out: p/src/picture\n");
    assert_eq!(output.status.code(), Some(0));
    let output = run("count empty --json");
    let reply: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(reply, serde_json::json!({ "encoding": "o200k_base", "files": [], "total": 0 }));
}

#[test]
fn counts_as_json() {
    let folder = folder(&[("a.txt", b"hello world"), ("s.jsonl", SAID.as_bytes())]);
    let output = baton(&["count", "a.txt", "s.jsonl", "--json"], folder.path(), b"");
    let reply: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let expected = serde_json::json!({
        "encoding": "o200k_base",
        "files": [
            { "path": "a.txt", "tokens": 2, "format": null, "events": null },
            { "path": "s.jsonl", "tokens": 8, "format": "claude-code", "events": 1 },
        ],
        "total": 10,
    });
    assert_eq!(reply, expected);
    let output = baton(&["count", "a.txt", "--json", "--model", "claude"], folder.path(), b"");
    let reply: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(reply["total"], serde_json::json!({ "estimate": 4, "at_most": 4 }));
}

#[test]
fn an_explanation_tells_every_entry() {
    let session = fixture(SESSION);
    let output = check(&format!("explain {session} --budget 500 --json"), b"", 0, &[]);
    let reply: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let sections = reply["sections"].as_array().expect("a list");
    let lines = fs::read_to_string(&session).expect("it is there").lines().count() as u64;
    let mut seen = 0;
    for section in sections {
        let left_out = section["left_out"].as_array().expect("a list");
        let sum: u64 = left_out.iter().map(|entry| entry["tokens"].as_u64().expect("a number")).sum();
        assert_eq!(section["left_out_tokens"], sum);
        for entry in section["taken"].as_array().expect("a list").iter().chain(left_out) {
            seen += 1;
            let evidence = entry["evidence"].as_array().expect("a list");
            assert!(
                evidence.iter().all(|line| (1..=lines).contains(&line.as_u64().expect("a number"))),
                "{entry}"
            );
        }
    }
    let options = baton::build::Options { budget: 500, ..Default::default() };
    let handoff = baton::build::build(&fs::read(&session).expect("it is there"), &options).expect("it fits");
    assert_eq!(seen, handoff.facts.len());
    let output = check(&format!("explain {session} --budget 500"), b"", 0, &[]);
    assert!(
        out(&output).starts_with(&format!("{} of 500 tokens, from ", handoff.tokens)),
        "{}",
        out(&output)
    );
    assert!(out(&output).contains("left out (") && out(&output).contains("; lines "), "{}", out(&output));
}

#[test]
fn tables_and_pages_know_every_name() {
    let formats = check("formats", b"", 0, &[]);
    let completions = check("completions bash", b"", 0, &[]);
    for format in baton::format::FORMATS {
        assert!(
            out(&formats).contains(format.title) && out(&formats).contains(format.location),
            "{}",
            format.name
        );
        assert!(out(&completions).contains(format.name), "{}", format.name);
    }
    let pages = check("man", b"", 0, &[]);
    for command in ["compress", "count", "explain", "formats", "completions", "man"] {
        assert!(out(&pages).contains(&format!(".TH baton-{command} 1")), "{command}");
    }
    assert!(out(&check("--version", b"", 0, &[])).starts_with("baton "));
    assert!(out(&check("--help", b"", 0, &[])).contains("Exit status:"));
}

#[test]
fn nothing_asked_shows_the_help() {
    let output = baton(&[], Path::new("."), b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("Usage: baton") && said(&output).contains("Examples:"),
        "{}",
        said(&output)
    );
}

#[test]
fn no_secret_and_no_control_character_reaches_the_screen() {
    let secret = ["ghp_", "9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pYeUa5GiT"].concat();
    let document = format!("{{\"{secret}\": \"\\u001b[31m\"}}");
    let output = check("compress in", document.as_bytes(), 1, &["messages of a known shape", "the keys …"]);
    assert!(!said(&output).contains(&secret) && !said(&output).contains('\u{1b}'), "{}", said(&output));
    let session = SAID.replace("rounding", &format!("rounding with {secret}"));
    for command in ["compress in", "explain in --json", "explain in -v"] {
        let output = check(command, session.as_bytes(), 0, &[]);
        assert!(!out(&output).contains(&secret), "{}", out(&output));
    }
}

#[test]
fn changes_are_told_and_put_on_again() {
    let session = fs::read_to_string(fixture(SESSION)).unwrap();
    let half: String = session.split_inclusive('\n').take(session.lines().count() / 2).collect();
    let folder = folder(&[("half", half.as_bytes()), ("torn", b"{\"task\":"), ("binary", &[0, 159, 146])]);
    let run = |words: &str| baton(&words.split(' ').collect::<Vec<_>>(), folder.path(), b"");
    let done = |words: &str| {
        let output = run(words);
        assert_eq!(output.status.code(), Some(0), "{words}: {}", said(&output));
        out(&output).to_owned()
    };
    done("compress half --output json --cite -o base");
    done(&format!("compress {} --base base --output json --cite -o new", fixture(SESSION)));
    done("diff base new --output json -o delta");
    done("apply base delta -o again");
    done("diff base new -o delta.json");
    done("apply base delta.json -o named.json");
    assert_eq!(done("diff again named.json --output json"), done("diff new new --output json"));
    assert!(done("diff base new --output markdown -o told.json").is_empty());
    assert_eq!(done("diff new again --output json"), done("diff new new --output json"), "nothing differs");
    assert!(done("diff base new --budget 300").starts_with("# Session Update\n"));
    assert!(done("diff base new --budget 300 --output json").contains("\"left_out\":"));
    for (words, status, expected) in [
        ("apply new delta", 1, "the delta applies to the handoff blake3:"),
        ("apply base told.json", 1, "told.json is no delta in JSON"),
        ("apply base base", 1, "base is no delta in JSON; make one with baton diff --output json"),
        ("diff base torn", 1, "torn is no handoff in JSON"),
        ("diff binary new", 1, "binary is no handoff in JSON"),
        ("diff base gone", 1, "there is no file gone, and no handoff 'gone' in"),
        ("diff base new --budget 100", 2, "the minimum is 200"),
        ("diff base new -o base", 2, "base is the transcript itself"),
        ("compress half --base torn", 1, "torn is no handoff in JSON"),
    ] {
        let output = run(words);
        assert_eq!(output.status.code(), Some(status), "{words}: {}", said(&output));
        assert!(said(&output).contains(expected), "{words}: {}", said(&output));
    }
}

/// Programs get JSON, people may ask for text.
#[test]
fn reads_for_programs_and_for_people() {
    let folder = folder(&[("in", SAID.as_bytes())]);
    let run = |words: &str| baton(&words.split(' ').collect::<Vec<_>>(), folder.path(), b"");
    let line = r#"{"line":1,"actor":"main","kind":{"user":{"text":"Fix the rounding in src/invoice.rs"}}}"#;
    assert_eq!(out(&run("read in")), format!("{line}\n"));
    assert_eq!(out(&run("read in --output jsonl")), format!("{line}\n"));
    let text = "     1         user        Fix the rounding in src/invoice.rs\n";
    assert_eq!(out(&run("read in --output text")), text);
    assert_eq!(run("read in --output text --coverage").status.code(), Some(2));
}
