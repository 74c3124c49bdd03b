//! Secrets of every kind, in every place they turn up in.

use super::*;

/// Mark, prefix, alphabet and length of the body of tokens as their makers issue them.
#[rustfmt::skip]
const TOKENS: &[(&str, &str, &str, usize)] = &[
    ("github-token", "ghp_", ALNUM, 36), ("github-token", "gho_", ALNUM, 36), ("github-token", "ghu_", ALNUM, 36),
    ("github-token", "ghs_", ALNUM, 36), ("github-token", "ghr_", ALNUM, 36), ("github-token", "github_pat_", ALNUM, 82),
    ("gitlab-token", "glpat-", ALNUM, 20), ("gitlab-token", "gldt-", ALNUM, 20), ("gitlab-token", "glrt-", ALNUM, 20),
    ("gitlab-token", "glcbt-", ALNUM, 24), ("gitlab-token", "glptt-", HEX, 40), ("gitlab-token", "glft-", ALNUM, 20),
    ("gitlab-token", "glagent-", ALNUM, 50), ("gitlab-token", "gloas-", ALNUM, 64), ("gitlab-token", "glsoat-", ALNUM, 20),
    ("aws-key", "AKIA", UPPER, 16), ("aws-key", "ASIA", UPPER, 16),
    ("gcp-key", "AIza", ALNUM, 35), ("gcp-secret", "GOCSPX-", ALNUM, 28), ("gcp-token", "ya29.", ALNUM, 120),
    ("slack-token", "xoxb-", ALNUM, 50), ("slack-token", "xoxp-", ALNUM, 70), ("slack-token", "xapp-1-", ALNUM, 60),
    ("slack-webhook", "hooks.slack.com/services/T", ALNUM, 44), ("discord-webhook", "discord.com/api/webhooks/9", ALNUM, 68),
    ("stripe-key", "sk_live_", ALNUM, 24), ("stripe-key", "sk_test_", ALNUM, 99), ("stripe-key", "rk_live_", ALNUM, 24),
    ("stripe-secret", "whsec_", ALNUM, 32),
    ("openai-key", "sk-proj-", ALNUM, 156), ("openai-key", "sk-svcacct-", ALNUM, 120), ("openai-key", "sk-admin-", ALNUM, 120),
    ("api-key", "sk-", ALNUM, 48), ("anthropic-key", "sk-ant-api03-", ALNUM, 95), ("anthropic-key", "sk-ant-oat01-", ALNUM, 95),
    ("openrouter-key", "sk-or-v1-", HEX, 64), ("huggingface-token", "hf_", ALNUM, 34), ("groq-key", "gsk_", ALNUM, 52),
    ("xai-key", "xai-", ALNUM, 80), ("perplexity-key", "pplx-", ALNUM, 48), ("replicate-token", "r8_", ALNUM, 37),
    ("nvidia-key", "nvapi-", ALNUM, 64), ("tavily-key", "tvly-", ALNUM, 32), ("jina-key", "jina_", ALNUM, 60),
    ("langsmith-key", "lsv2_pt_", HEX, 42), ("pinecone-key", "pcsk_", ALNUM, 70), ("wandb-key", "wandb_v1_", ALNUM, 77),
    ("npm-token", "npm_", ALNUM, 36), ("pypi-token", "pypi-AgE", ALNUM, 150), ("crates-token", "cio", ALNUM, 32),
    ("docker-token", "dckr_pat_", ALNUM, 27), ("rubygems-token", "rubygems_", HEX, 48), ("nuget-key", "oy2", ALNUM, 43),
    ("sendgrid-key", "SG.", ALNUM, 66), ("mailgun-key", "key-", HEX, 32), ("sendinblue-key", "xkeysib-", ALNUM, 81),
    ("twilio-key", "SK", HEX, 32), ("age-key", "AGE-SECRET-KEY-1", UPPER, 58), ("vault-token", "hvs.", ALNUM, 96),
    ("vault-token", "hvb.", ALNUM, 140), ("databricks-token", "dapi", HEX, 32), ("digitalocean-token", "dop_v1_", HEX, 64),
    ("digitalocean-token", "doo_v1_", HEX, 64), ("heroku-key", "HRKU-AA", ALNUM, 58), ("linear-token", "lin_api_", ALNUM, 40),
    ("notion-token", "ntn_", ALNUM, 46), ("notion-token", "secret_", ALNUM, 43), ("postman-key", "PMAK-", HEX, 59),
    ("shopify-token", "shpat_", HEX, 32), ("shopify-token", "shpss_", HEX, 32), ("square-token", "sq0atp-", ALNUM, 22),
    ("square-token", "EAAA", ALNUM, 60), ("sentry-token", "sntrys_", ALNUM, 120), ("sentry-token", "sntryu_", HEX, 64),
    ("supabase-key", "sbp_", HEX, 40), ("supabase-key", "sb_secret_", ALNUM, 31), ("vercel-token", "vcp_", ALNUM, 24),
    ("fly-token", "fo1_", ALNUM, 43), ("netlify-token", "nfp_", ALNUM, 36), ("planetscale-token", "pscale_tkn_", ALNUM, 43),
    ("doppler-token", "dp.pt.", ALNUM, 43), ("grafana-token", "glc_", ALNUM, 60), ("grafana-token", "glsa_", ALNUM, 41),
    ("newrelic-key", "NRAK-", ALNUM, 27), ("pulumi-token", "pul-", HEX, 40), ("figma-token", "figd_", ALNUM, 40),
    ("contentful-token", "CFPAT-", ALNUM, 43), ("sourcegraph-token", "sgp_", HEX, 40), ("posthog-key", "phx_", ALNUM, 43),
    ("circleci-token", "CCIPAT_", ALNUM, 60), ("atlassian-token", "ATATT3", ALNUM, 186), ("bitbucket-password", "ATBB", ALNUM, 32),
    ("artifactory-key", "AKCp", ALNUM, 69), ("alibaba-key", "LTAI", ALNUM, 20), ("cloudflare-key", "v1.0-", HEX, 171),
    ("dynatrace-token", "dt0c01.", ALNUM, 89), ("easypost-key", "EZAK", ALNUM, 54), ("prefect-token", "pnu_", ALNUM, 36),
    ("readme-token", "rdme_", ALNUM, 70), ("shippo-token", "shippo_live_", HEX, 40), ("adafruit-key", "aio_", ALNUM, 28),
    ("plaid-token", "access-production-", HEX, 36), ("buildkite-token", "bkua_", HEX, 40), ("deno-token", "ddp_", ALNUM, 36),
    ("neon-key", "napi_", ALNUM, 60), ("runpod-key", "rpa_", ALNUM, 44), ("together-key", "tgp_v1_", ALNUM, 43),
];

/// Where tokens stand. `@` is the token, `%` the token broken in the middle.
#[rustfmt::skip]
const PLACES: &[(&str, &str)] = &[
    ("prose", "my key is @, do not share it"),
    ("header", "curl -H 'Authorization: Bearer @' https://api.host/v1"),
    ("environment", "export SOME_VARIABLE=@\nnext=1"),
    ("json", "{\"value\": \"@\", \"n\": 1}"),
    ("yaml", "  value: @\n  other: 1"),
    ("parameter", "GET https://host/path?x=1&value=@&y=2"),
    ("code", "let client = Client::new(\"@\");"),
    ("escaped", "{\\\"value\\\": \\\"line\\n@\\\"}"),
    ("coloured", "\u{1b}[32m@\u{1b}[0m done"),
    ("coloured within", "found % done"),
    ("invisible within", "found % done"),
    ("wrapped", "│ %\nnext line"),
];

#[test]
fn tokens_go_wherever_they_stand() {
    let mut failures = Vec::new();
    let mut tried = 0;
    for (seed, &(mark, prefix, alphabet, length)) in (1..).zip(TOKENS) {
        let secret = body(alphabet, length, seed);
        for (place, pattern) in PLACES {
            let whole = [prefix, &secret].concat();
            let given = pattern.replace('@', &whole).replace('%', &broken(&whole, place));
            let safe = text(&given);
            tried += 1;
            if leaks(&safe, &secret) || !safe.contains(MARK_OPEN) {
                failures.push(format!("{mark} in {place}: {safe}"));
            } else if *place == "prose" && !safe.contains(mark) {
                failures.push(format!("{mark} is called {safe}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {tried} secrets survive:\n{}", failures.len(), failures.join("\n"));
    assert!(TOKENS.len() >= 100 && tried >= 1200, "{} kinds, {tried} cases", TOKENS.len());
}

fn broken(secret: &str, place: &str) -> String {
    let (first, last) = secret.split_at(secret.len() / 2 + 1);
    let between = match place {
        "wrapped" => " │\n│ ",
        "invisible within" => "\u{200b}",
        _ => "\u{1b}[0m\u{1b}[32m",
    };
    [first, between, last].concat()
}

/// Places that make a secret of what stands there: text around `@`, alphabet and length of the body, and the mark.
#[rustfmt::skip]
const CONTEXTS: &[(&str, &str, usize, &str)] = &[
    ("Authorization: Bearer @", ALNUM, 32, "authorization"),
    ("Authorization: Token @\n", HEX, 40, "authorization"),
    ("authorization: token @", HEX, 40, "authorization"),
    ("Authorization: ApiKey @", BASE64, 60, "authorization"),
    ("Authorization: Basic @==", ALNUM, 22, "authorization"),
    ("Proxy-Authorization: Basic @", ALNUM, 24, "authorization"),
    ("Authorization: @", ALNUM, 40, "authorization"),
    ("headers = {'Authorization': 'Bearer @'}", ALNUM, 30, "authorization"),
    ("{\"Authorization\": \"Token @\"}", HEX, 40, "authorization"),
    ("{\\\"authorization\\\":\\\"Bearer @\\\"}", ALNUM, 40, "authorization"),
    ("Authorization: Token token=\"@\"", HEX, 32, "authorization"),
    ("curl -H \"Authorization: token @\" https://x.y", HEX, 40, "authorization"),
    ("curl -H \"X-Api-Key: @\" https://x.y", ALNUM, 32, "api-key"),
    ("PRIVATE-TOKEN: @", ALNUM, 20, "token"),
    ("X-Auth-Token: @", HEX, 32, "token"),
    ("sent with Bearer @ as usual", ALNUM, 40, "authorization"),
    ("curl -u admin:@ https://x.y/z", ALNUM, 12, "password"),
    ("curl --user 'me:@' https://x.y/z", ALNUM, 16, "password"),
    ("sshpass -p '@' ssh host", ALNUM, 12, "password"),
    ("mysql -u root -p@ shop", "abcdef0123456789xyz", 14, "password"),
    ("login --password @ --user me", ALNUM, 12, "password"),
    ("login --password=@", ALNUM, 16, "password"),
    ("deploy --token @ --yes", ALNUM, 32, "token"),
    ("deploy --api-key=@", ALNUM, 32, "api-key"),
    ("deploy --client-secret \"@\"", ALNUM, 32, "secret"),
    ("postgres://app:@@db.host:5432/app", ALNUM, 16, "url-password"),
    ("mongodb+srv://app:@@cluster.host/db?w=1", ALNUM, 20, "url-password"),
    ("redis://:@@cache.host:6379", ALNUM, 24, "url-password"),
    ("https://me:@@git.host/me/repo.git", ALNUM, 20, "url-password"),
    ("https://@@git.host/me/repo.git", ALNUM, 32, "url-token"),
    ("amqp://user1:@@mq.host/vhost", ALNUM, 10, "url-password"),
    ("https://@@o1.ingest.host/42", HEX, 32, "url-token"),
    ("https://host/a?token=@&b=1", ALNUM, 32, "token"),
    ("https://host/a?b=1&api_key=@", ALNUM, 32, "api-key"),
    ("https://host/a?access_token=@#x", ALNUM, 32, "token"),
    ("https://x.blob.host/c?sv=2022&sig=@%3D", ALNUM, 43, "url-parameter"),
    ("https://x.s3.host/c?X-Amz-Signature=@", HEX, 64, "url-parameter"),
    ("https://maps.host/api?key=@", ALNUM, 39, "url-parameter"),
    ("Cookie: theme=dark; session=@; lang=en", ALNUM, 32, "cookie"),
    ("Set-Cookie: sid=@; Path=/; HttpOnly", ALNUM, 40, "cookie"),
    ("Server=db;User Id=app;Password=@;", ALNUM, 12, "password"),
    ("DefaultEndpointsProtocol=https;AccountName=x;AccountKey=@==;", BASE64, 86, "access-key"),
    ("Endpoint=sb://x/;SharedAccessKeyName=r;SharedAccessKey=@=", BASE64, 43, "access-key"),
    ("host=db user=app password=@ dbname=x", ALNUM, 12, "password"),
    ("machine git.host login me password @", ALNUM, 20, "password"),
    ("machine git.host\n  login me\n  password @\n", ALNUM, 20, "password"),
    ("//registry.host/:_authToken=@", HEX, 36, "token"),
    ("{\"auths\":{\"host\":{\"auth\":\"@==\"}}}", ALNUM, 30, "auth"),
    ("API_KEY=@", ALNUM, 32, "api-key"),
    ("export DATABASE_PASSWORD='@'", ALNUM, 16, "password"),
    ("DB_PASS=@\nDB_USER=app", ALNUM, 16, "password"),
    ("SECRET_KEY = '@'", ALNUM, 50, "secret"),
    ("AWS_SECRET_ACCESS_KEY=@", BASE64, 40, "access-key"),
    ("aws_secret_access_key = @", ALNUM, 40, "access-key"),
    ("\"SecretAccessKey\": \"@\",", BASE64, 40, "access-key"),
    ("{\"apiKey\": \"@\"}", ALNUM, 32, "api-key"),
    ("{\\\"api_key\\\": \\\"@\\\"}", ALNUM, 32, "api-key"),
    ("{\\\\\\\"apiKey\\\\\\\": \\\\\\\"@\\\\\\\"}", ALNUM, 32, "api-key"),
    ("client_secret: @", ALNUM, 32, "secret"),
    ("clientSecret: \"@\",", ALNUM, 40, "secret"),
    ("const apiKey = '@';", ALNUM, 32, "api-key"),
    ("api_key: str = \"@\"", ALNUM, 32, "api-key"),
    ("const TOKEN: &str = \"@\";", ALNUM, 32, "token"),
    ("private let token: String? = \"@\"", ALNUM, 32, "token"),
    ("os.environ[\"OPENAI_API_KEY\"] = \"@\"", ALNUM, 48, "api-key"),
    ("os.getenv('API_KEY', '@')", ALNUM, 32, "api-key"),
    ("api_key=SecretStr(\"@\")", ALNUM, 32, "api-key"),
    ("localStorage.setItem(\"token\", \"@\")", ALNUM, 40, "token"),
    ("<password>@</password>", ALNUM, 16, "password"),
    ("<ApiKey>@</ApiKey>", ALNUM, 32, "api-key"),
    ("JWT_SECRET=@", HEX, 64, "secret"),
    ("DATADOG_API_KEY: @", HEX, 32, "api-key"),
    ("STRIPE_KEY=@", ALNUM, 32, "key"),
    ("signing_key => \"@\"", ALNUM, 32, "secret"),
    ("secret := \"@\"", ALNUM, 32, "secret"),
    ("password: \"@!\"", ALNUM, 14, "password"),
    ("PGPASSWORD=@ psql", ALNUM, 16, "password"),
    ("PrivateKey = @=", BASE64, 43, "private-key"),
    ("wallet.private_key = \"0x@\"", HEX, 64, "private-key"),
    ("TOKEN_2=@", ALNUM, 32, "token"),
    ("CLIENT_SECRET_PROD=@", ALNUM, 32, "secret"),
    ("12→api_key = \"@\"", ALNUM, 32, "api-key"),
    ("+    api_key: @", ALNUM, 32, "api-key"),
    ("telegram 1234567890:AA@", ALNUM, 33, "telegram-token"),
    ("azure abc8Q~@", ALNUM, 34, "azure-secret"),
    ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.@", ALNUM, 43, "jwt"),
    ("-----BEGIN RSA PRIVATE KEY-----\n@\n-----END RSA PRIVATE KEY-----", BASE64, 64, "private-key"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\\n@\\n-----END OPENSSH PRIVATE KEY-----\\n", BASE64, 70, "private-key"),
    ("-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n@\n-----END PGP PRIVATE KEY BLOCK-----", BASE64, 64, "private-key"),
    ("-----BEGIN EC PRIVATE KEY-----\n@\n", BASE64, 64, "private-key"),
    ("  1\t-----BEGIN PRIVATE KEY-----\n  2\t@\n  3\t-----END PRIVATE KEY-----", BASE64, 64, "private-key"),
    ("\n@\n-----END RSA PRIVATE KEY-----", BASE64, 64, "private-key"),
    ("data:\n  tls.key: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt@\n", BASE64, 200, "private-key"),
    ("    client-key-data: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS@", BASE64, 200, "private-key"),
    ("data:\n  password: @==\n", ALNUM, 22, "password"),
    ("Private-Lines: 1\n@\nPrivate-MAC: 0", BASE64, 64, "private-key"),
];

#[test]
fn what_stands_in_a_secrets_place_goes() {
    let mut failures = Vec::new();
    let contexts = CONTEXTS.iter();
    let tried = contexts.clone().count();
    for (seed, (context, alphabet, length, mark)) in (1000..).zip(contexts) {
        let secret = body(alphabet, *length, seed);
        let given = context.replacen('@', &secret, 1);
        let safe = text(&given);
        if leaks(&safe, &secret) || !safe.contains(&["[redacted:", mark, "]"].concat()) {
            failures.push(format!("{mark}: {given}\n  became {safe}"));
        }
    }
    assert!(failures.is_empty(), "{} of {tried} secrets survive:\n{}", failures.len(), failures.join("\n"));
    assert!(tried >= 80, "{tried} places");
}

#[test]
fn a_secret_broken_at_a_line_end_goes_whole() {
    let secret = body(ALNUM, 64, 7);
    let (first, last) = secret.split_at(40);
    for end in ["\n", " \\\n", "\\n", "\\\\n", "\r\n", "\n    ", " │\n│ ", "\n+"] {
        let given = format!("API_KEY=\"{first}{end}{last}\" next");
        assert!(!leaks(&text(&given), &secret), "{end:?}: {}", text(&given));
        let given = format!("Authorization: Bearer {first}{end}{last}\nnext line of text");
        let safe = text(&given);
        assert!(!leaks(&safe, &secret) && safe.ends_with("next line of text"), "{end:?}: {safe}");
    }
}
