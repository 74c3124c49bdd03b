//! What looks like a secret and is none: it has to stay as it is.

use std::borrow::Cow;
use std::fs;

use rayon::prelude::*;
use regex::Regex;

use super::{ALNUM, BASE64, HEX, body, redact};
use crate::corpus;

/// Something that machines make and that is no secret.
pub struct LookAlike {
    /// What it is called in the table.
    pub title: &'static str,
    /// One of them, another for each seed.
    make: fn(u64) -> String,
    /// Where it stands; `@` is its place.
    places: &'static [&'static str],
}

/// How many of each are tried.
const EACH: u64 = 200;

#[rustfmt::skip]
pub const LOOK_ALIKES: &[LookAlike] = &[
    LookAlike {
        title: "commit hashes, short and whole",
        make: |seed| body(HEX, one_of(&[7, 8, 9, 10, 12, 40], seed), seed),
        places: &[
            "commit @", "@ Fix the parser", "HEAD is now at @ Merge", "index @..@ 100644", "  \"commit\": \"@\",", "Merge: @ @",
            "https://git.host/me/repo/commit/@", "{\"sha\":\"@\"}", "git cherry-pick @", "rev = \"@\"", "deployed @.", "[@](url)",
        ],
    },
    LookAlike {
        title: "digests of 128 to 512 bits",
        make: |seed| body(HEX, one_of(&[32, 40, 64, 96, 128], seed), seed),
        places: &["sha256:@", "@  file.txt", "checksum = \"@\"", "{\"digest\": \"sha256:@\"}", "etag: \"@\"", "md5 @", "hash=@", "blake3:@"],
    },
    LookAlike {
        title: "UUIDs",
        make: uuid,
        places: &[
            "@", "id = \"@\"", "{\"sessionId\":\"@\"}", "session @ ended", "/projects/app/@.jsonl", "https://host/items/@?id=@",
            "request_id=@", "\\\"uuid\\\":\\\"@\\\"", "token: @", "parentUuid: '@'",
        ],
    },
    LookAlike {
        title: "encoded data",
        make: |seed| body(BASE64, one_of(&[40, 64, 88, 123, 256, 400], seed), seed),
        places: &["integrity sha512-@==", "data:image/png;base64,@", "\"body\": \"@\"", "h1:@=", "AAAAB3NzaC1yc2E@ me@host", "src=\"data:;base64,@\""],
    },
    LookAlike {
        title: "paths with hashes in them",
        make: |seed| body(HEX, 16, seed),
        places: &["target/debug/deps/baton-@", "/home/me/.cache/@/index.js", "dist/assets/main.@.css", "C:\\Temp\\tmp@\\a.txt", "@/token.rs"],
    },
    LookAlike {
        title: "ids of calls and messages",
        make: |seed| body(ALNUM, 24, seed),
        places: &["toolu_@", "msg_@", "call_@", "req_@", "chatcmpl-@", "{\"id\":\"resp_@\"}", "rs_@", "run_@"],
    },
];

/// One of some lengths, each in its turn.
fn one_of(lengths: &[usize], seed: u64) -> usize {
    lengths[usize::try_from(seed).expect("a small number") % lengths.len()]
}

fn uuid(seed: u64) -> String {
    let hex = body(HEX, 32, seed);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

impl LookAlike {
    /// How many were tried, and which of them did not stay as they were.
    pub fn tried(&self) -> (usize, Vec<String>) {
        let texts = (0..EACH).flat_map(|seed| {
            let made = (self.make)(seed);
            self.places.iter().map(move |place| place.replace('@', &made))
        });
        let texts: Vec<String> = texts.collect();
        let marked = texts.iter().filter(|text| !matches!(redact::text(text), Cow::Borrowed(_)));
        let marked = marked.map(|text| format!("{text}\n  became {}", redact::text(text))).collect();
        (texts.len(), marked)
    }
}

#[test]
fn look_alikes_stay() {
    for it in LOOK_ALIKES {
        let (tried, marked) = it.tried();
        assert!(marked.is_empty(), "{} of {tried} {}:\n{}", marked.len(), it.title, marked.join("\n"));
    }
}

/// Commit hashes and UUIDs of real transcripts, where there are any beside the project: none may be marked.
#[test]
fn hashes_and_uuids_of_real_sessions_stay() {
    let known = Regex::new(r"\b([0-9a-f]{40}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\b").unwrap();
    let lost: Vec<String> = corpus::files().par_iter().flat_map_iter(|path| lost(path, &known)).collect();
    assert!(lost.is_empty(), "{} are lost:\n{}", lost.len(), lost.join("\n"));
}

/// The lines in which the gate marked what is known to be none.
fn lost(path: &std::path::Path, known: &Regex) -> Vec<String> {
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    let lines = text.lines().filter(|line| known.is_match(line));
    let changed = lines.filter(|line| {
        let safe = redact::text(line);
        matches!(safe, Cow::Owned(_)) && known.find_iter(line).count() > known.find_iter(&safe).count()
    });
    changed.map(|line| format!("{}: {}", path.display(), redact::text(line))).collect()
}

const PLAIN: &[&str] = &[
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "9fceb02 Fix the parser",
    "HEAD is now at 1a2b3c4d5e",
    "index 83db48f..bf2a9c1 100644",
    "550e8400-e29b-41d4-a716-446655440000",
    "\"id\": \"550e8400-e29b-41d4-a716-446655440000\"",
    "token: 550e8400-e29b-41d4-a716-446655440000",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  empty.txt",
    "d41d8cd98f00b204e9800998ecf8427e",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "checksum = \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
    "\"integrity\": \"sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==\"",
    "github.com/pkg/errors v0.9.1 h1:FEBLx1zS214owpjy7qsBeixbURkuhQAwrK5UwLGTwt4=",
    "golang.org/x/text v0.3.0/go.mod h1:NqM8EUOU14njkJ3fqMW+pc6Ldnwhi/IjpHt7yyuwOQ=",
    "image: nginx@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "toolu_01A09q90qw90lq917835lq9Xk",
    "msg_01XFDUDYJgAACzvnptvVoYEL",
    "call_h5xYkqY0pQ2mR8vN3tZ7wB1c",
    "chatcmpl-9fK2mQx7Lw3RtZ8vB1nC4sD6hJ0pY",
    "req_011CSHoEeqs5C35K2UUqR7Fy",
    "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7vbqajDw4o6gJy8UtmIbkcpnkO3Kwc4qsEnSZp me@host",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@host",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9\n-----END PUBLIC KEY-----",
    "if text.contains(\"-----BEGIN PRIVATE KEY-----\") { return }",
    "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
    "expected a PRIVATE KEY block, found something else entirely in the file",
    "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
    "https://example.com/path/to/page?id=12345&sort=asc#top",
    "https://github.com/rust-lang/rust/commit/9fceb02d0ae598e95dc970b74767f19372d61af8",
    "https://registry.host/@scope/package/-/package-1.2.3.tgz",
    "ssh://git@github.com/me/repo.git",
    "git@github.com:me/repo.git",
    "http://localhost:8080/@vite/client",
    "https://medium.com/@author/some-title-of-a-post-1a2b3c4d5e6f",
    "postgres://postgres:postgres@localhost:5432/test",
    "postgres://user:password@localhost/db",
    "postgres://${DB_USER}:${DB_PASSWORD}@${DB_HOST}/db",
    "mongodb://<username>:<password>@host/db",
    "redis://localhost:6379/0",
    "file:///home/me/project/src/main.rs",
    "https://user:pass@host/",
    "regex: ://[^:@/]+:[^@/]+@",
    "/home/me/project/target/debug/deps/baton-6b2c6adb80c54627",
    "C:\\Users\\me\\AppData\\Local\\Temp\\tmp8x3k2v1q",
    "node_modules/.pnpm/@babel+core@7.24.0/node_modules/@babel/core",
    "let token = tokenizer.next_token();",
    "let password = read_password()?;",
    "password: String,",
    "pub token: Option<Token>,",
    "token_count: 12345678901234",
    "max_tokens: 200000",
    "total_tokens=1234567890123456",
    "\"input_tokens\": 31337, \"output_tokens\": 4242",
    "const accessToken = await getAccessToken(user.id);",
    "token = request.headers[\"X-Auth-Token\"]",
    "api_key = os.environ[\"OPENAI_API_KEY\"]",
    "api_key=os.getenv('OPENAI_API_KEY_2024_v1a2b3')",
    "const apiKey = process.env.API_KEY_V2;",
    "apiKey: import.meta.env.VITE_API_KEY_V2,",
    "API_KEY=your-api-key-here",
    "API_KEY=<your key>",
    "API_KEY=${API_KEY}",
    "API_KEY=$API_KEY",
    "API_KEY=xxxxxxxxxxxxxxxxxxxxxxxx",
    "API_KEY={{ secrets.API_KEY }}",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "ANTHROPIC_API_KEY=sk-ant-...",
    "OPENAI_API_KEY=sk-...",
    "export GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "password = \"changeme\"",
    "password: hunter2",
    "PASSWORD=password",
    "password=\"correct horse battery staple\"",
    "POSTGRES_PASSWORD: postgres",
    "secret: my-super-secret-value",
    "JWT_SECRET=dev-secret-change-in-production",
    "SECRET_KEY_BASE=placeholder",
    "password_hash = sha256(password + salt)",
    "if (password !== confirmPassword) {",
    "token == TokenKind::OpenParen2",
    "key: value",
    "key=\"user-settings-2024-panel\"",
    "cacheKey: 'a1b2c3d4e5f6a7b8c9d0e1f2'",
    "primary_key=True",
    "public_key: \"04a1b2c3d4e5f60718293a4b5c6d7e8f\"",
    "sort_key = \"2024-07-18T12:33:44Z\"",
    "\"nextPageToken\": \"CAUQAA9fK2mQx7Lw3RtZ8v\"",
    "Authorization: Bearer ${TOKEN}",
    "Authorization: Bearer $TOKEN",
    "Authorization: Bearer <token>",
    "Authorization: Bearer YOUR_API_KEY",
    "'Authorization': `Bearer ${token}`",
    "headers={\"Authorization\": f\"Bearer {token}\"}",
    "Authorization: Bearer test-token",
    "authorization is required for this endpoint",
    "The bearer of this letter is trustworthy",
    "Bearer authentication with the OAuth2AuthorizationCodeBearer class",
    "Cookie: theme=dark; lang=en",
    "cookies: number of cookies = 12",
    "curl -u admin:admin http://localhost:3000",
    "curl -u $USER:$PASS https://host",
    "sort -u names.txt",
    "mysql -u root -p shop",
    "docker login --password-stdin",
    "use --password to set a password",
    "gh auth token --hostname github.com",
    "--- PASS: TestConnection2_RequestInfo_V2Advertisement (0.24s)",
    "auth: AuthorizationMiddlewareV2Factory",
    "authors = [\"Someone <someone@host>\"]",
    "monkey = banana123456",
    "keyboard: qwerty-us-intl-104keys",
    "sk-estimator-doc-link-and-more-css",
    "sk-learn-pipeline-container-div",
    "npm_config_registry_and_cache_settings",
    "re_compiled_pattern_for_matching_lines",
    "secret_manager_client_library_version",
    "SKILL.md and SKIPPED tests, ASIA and AKIA alone",
    "the function `calculateTokenBudgetForConversationHistoryWindow`",
    "AbstractSingletonProxyFactoryBeanPasswordEncoderConfiguration",
    "THIS_IS_A_VERY_LONG_CONSTANT_NAME_WITH_TOKEN_IN_IT = 1",
    "claude-3-5-sonnet-20241022",
    "token: claude-3-5-sonnet-20241022",
    "arn:aws:iam::123456789012:role/service-role/my-role",
    "(?i)(password|secret|token)\\s*[:=]\\s*['\"]?[A-Za-z0-9]{16,}",
    "[A-Z0-9]{16}|ghp_[0-9a-zA-Z]{36}|xox[bp]-[0-9]+",
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor",
    "Das Passwort: bitte geheim halten! Schlüssel: keiner",
    "пароль: не скажу, токен: тоже нет",
    "パスワード: 秘密です。トークン: なし",
    "密码：不要告诉别人",
    "👩‍👩‍👧‍👦 family and 🏳️‍🌈 flag with zero-width joiners",
    "v=spf1 include:_spf.host ~all",
    "etag: W/\"5f3c-1782a3b4c5d\"",
    "x-request-id: 01HQ3K5Z7X8Y9V0W1T2R3S4P5N",
    "[redacted:github-token] and password=[redacted:password]",
    "Cargo.lock: name = \"serde\", version = \"1.0.197\"",
    "resolved \"https://registry.yarnpkg.com/ms/-/ms-2.1.2.tgz#d09d1f357b443f493382a8eb3ccd183872ae6009\"",
    "\"_id\": \"507f1f77bcf86cd799439011\"",
    "0x71C7656EC7ab88b098defB751B7401B5f6d8976F",
    "ETH address 0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe",
    "tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURkekNDQWwrZ0F3SUJBZ0lFQWdBQXVUQU5CZ2txaGtp",
    "eyJ is how encoded objects begin",
    "key-value pairs and key-by-key comparison",
    "API-REFERENCE-FOR-DEVELOPERS",
    "token: std::sync::Arc<CancellationToken2>",
    "SharedAccessKeyName=RootManageSharedAccessKey",
];

#[test]
fn what_is_no_secret_stays() {
    let changed: Vec<String> = PLAIN
        .iter()
        .filter(|given| !matches!(redact::text(given), Cow::Borrowed(_)))
        .map(|given| format!("{given}\n  became {}", redact::text(given)))
        .collect();
    assert!(
        changed.is_empty(),
        "{} of {} innocent texts changed:\n{}",
        changed.len(),
        PLAIN.len(),
        changed.join("\n")
    );
    assert!(PLAIN.len() >= 120, "{} innocent texts", PLAIN.len());
}
