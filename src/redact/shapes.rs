//! Tokens that are known by their shape: a prefix, the characters that follow it and how many.
//!
//! The list covers the token shapes of the gitleaks rule list, version 8.30.1 (its rules for a vendor's name next to
//! any string are covered by assignments instead), and those of model providers and hosts that came later. Only the
//! facts of the formats are taken over, written anew as data: the published rules are regular expressions whose
//! compilation alone takes longer than most transcripts. A new token is a new line.

use super::find::{Found, Hit, Span};
use super::run::{self, Class};
use super::value;
use Class::{Alnum, Base64, Digit, Dotted, Header, Hex, Path, Upper, Url};

/// A token known by its shape.
#[derive(Debug)]
pub(super) struct Shape {
    /// The type of secret, as it stands in the mark.
    pub mark: &'static str,
    /// What it begins with; letter case matters.
    pub prefix: &'static str,
    body: Class,
    /// How many characters follow the prefix at least; with [`Proof::Exact`] and [`Proof::Fixed`], this many.
    length: usize,
    proof: Proof,
    /// What stands before the prefix and belongs to the token: class, fewest, most.
    lead: Option<(Class, usize, usize)>,
}

/// What else must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// The prefix stands for nothing else; the rest must only be varied.
    Prefix,
    /// The prefix is common: the rest must look machine-made.
    Random,
    /// As random, and of the very length.
    Exact,
    /// Varied, and of the very length.
    Fixed,
    /// A JSON web token: parts joined by full stops.
    Parts,
}

const fn sure(mark: &'static str, prefix: &'static str, body: Class, length: usize) -> Shape {
    Shape { mark, prefix, body, length, proof: Proof::Prefix, lead: None }
}

const fn random(mark: &'static str, prefix: &'static str, body: Class, length: usize) -> Shape {
    Shape { mark, prefix, body, length, proof: Proof::Random, lead: None }
}

const fn exact(mark: &'static str, prefix: &'static str, body: Class, length: usize) -> Shape {
    Shape { mark, prefix, body, length, proof: Proof::Exact, lead: None }
}

const fn fixed(mark: &'static str, prefix: &'static str, body: Class, length: usize) -> Shape {
    Shape { mark, prefix, body, length, proof: Proof::Fixed, lead: None }
}

const fn infix(
    mark: &'static str,
    lead: (Class, usize, usize),
    prefix: &'static str,
    body: Class,
    length: usize,
) -> Shape {
    Shape { mark, prefix, body, length, proof: Proof::Random, lead: Some(lead) }
}

/// Every known shape, by mark.
#[rustfmt::skip]
pub(super) const SHAPES: &[Shape] = &[
    sure("1password-token", "ops_eyJ", Base64, 60),
    exact("1password-key", "A3-", Url, 37),
    sure("adafruit-key", "aio_", Alnum, 28),
    sure("adobe-secret", "p8e-", Alnum, 32),
    sure("age-key", "AGE-SECRET-KEY-1", Upper, 50),
    sure("age-key", "AGE-SECRET-KEY-PQ-1", Upper, 50),
    sure("alibaba-key", "LTAI", Alnum, 16),
    sure("anthropic-key", "sk-ant-", Url, 24),
    random("artifactory-key", "AKCp", Alnum, 60),
    random("artifactory-key", "cmVmd", Alnum, 59),
    sure("atlassian-token", "ATATT3", Base64, 60),
    sure("atlassian-token", "ATCTT3", Base64, 60),
    sure("bitbucket-password", "ATBB", Alnum, 24),
    fixed("aws-key", "AKIA", Upper, 16),
    fixed("aws-key", "ASIA", Upper, 16),
    fixed("aws-key", "ABIA", Upper, 16),
    fixed("aws-key", "ACCA", Upper, 16),
    random("aws-key", "ABSK", Base64, 80),
    sure("aws-key", "bedrock-api-key-", Base64, 30),
    infix("azure-secret", (Dotted, 4, 4), "Q~", Dotted, 31),
    sure("buildkite-token", "bkua_", Alnum, 40),
    sure("circleci-token", "CCIPAT_", Url, 40),
    sure("circleci-token", "CCIPRJ_", Url, 40),
    sure("clojars-token", "CLOJARS_", Alnum, 60),
    random("cloudflare-key", "v1.0-", Url, 100),
    random("cloudflare-token", "cfut_", Url, 30),
    random("cloudflare-token", "cfat_", Url, 30),
    sure("contentful-token", "CFPAT-", Url, 40),
    exact("crates-token", "cio", Alnum, 32),
    fixed("databricks-token", "dapi", Hex, 32),
    sure("deno-token", "ddp_", Alnum, 36),
    sure("digitalocean-token", "dop_v1_", Hex, 64),
    sure("digitalocean-token", "doo_v1_", Hex, 64),
    sure("digitalocean-token", "dor_v1_", Hex, 64),
    random("discord-token", "mfa.", Url, 60),
    sure("discord-webhook", "discord.com/api/webhooks/", Path, 40),
    sure("discord-webhook", "discordapp.com/api/webhooks/", Path, 40),
    sure("docker-token", "dckr_pat_", Url, 20),
    sure("docker-token", "dckr_oat_", Url, 20),
    sure("doppler-token", "dp.pt.", Dotted, 40),
    sure("doppler-token", "dp.st.", Dotted, 40),
    sure("doppler-token", "dp.ct.", Dotted, 40),
    sure("doppler-token", "dp.sa.", Dotted, 40),
    sure("duffel-token", "duffel_live_", Base64, 40),
    sure("duffel-token", "duffel_test_", Base64, 40),
    sure("dynatrace-token", "dt0c01.", Dotted, 60),
    sure("dynatrace-token", "dt0s01.", Dotted, 60),
    exact("easypost-key", "EZAK", Alnum, 54),
    exact("easypost-key", "EZTK", Alnum, 54),
    random("facebook-token", "EAA", Alnum, 90),
    sure("figma-token", "figd_", Url, 36),
    sure("figma-token", "figu_", Url, 36),
    sure("firecrawl-key", "fc-", Hex, 32),
    random("fireworks-key", "fw_", Alnum, 22),
    sure("flutterwave-key", "FLWSECK-", Url, 30),
    sure("flutterwave-key", "FLWSECK_TEST-", Url, 12),
    sure("fly-token", "fo1_", Url, 40),
    sure("fly-token", "fm1a_", Base64, 60),
    sure("fly-token", "fm1r_", Base64, 60),
    sure("fly-token", "fm2_", Base64, 60),
    sure("frameio-token", "fio-u-", Url, 60),
    exact("gcp-key", "AIza", Url, 35),
    sure("gcp-secret", "GOCSPX-", Url, 24),
    random("gcp-token", "ya29.", Dotted, 30),
    random("gcp-token", "1//0", Url, 40),
    sure("github-token", "ghp_", Alnum, 36),
    sure("github-token", "gho_", Alnum, 36),
    sure("github-token", "ghu_", Alnum, 36),
    sure("github-token", "ghs_", Alnum, 36),
    sure("github-token", "ghr_", Alnum, 36),
    sure("github-token", "github_pat_", Url, 40),
    sure("gitlab-token", "glpat-", Dotted, 20),
    sure("gitlab-token", "gldt-", Url, 20),
    sure("gitlab-token", "glrt-", Dotted, 20),
    sure("gitlab-token", "glrtr-", Dotted, 20),
    sure("gitlab-token", "glcbt-", Url, 20),
    sure("gitlab-token", "glptt-", Hex, 40),
    sure("gitlab-token", "glft-", Url, 20),
    sure("gitlab-token", "glimt-", Url, 24),
    sure("gitlab-token", "glagent-", Url, 40),
    sure("gitlab-token", "gloas-", Url, 60),
    sure("gitlab-token", "glffct-", Url, 20),
    sure("gitlab-token", "glsoat-", Url, 20),
    sure("gitlab-token", "glwt-", Url, 20),
    sure("gitlab-token", "GR1348941", Url, 20),
    sure("gitlab-session", "_gitlab_session=", Alnum, 32),
    random("grafana-token", "eyJrIjoi", Base64, 60),
    sure("grafana-token", "glc_", Base64, 32),
    sure("grafana-token", "glsa_", Url, 40),
    random("groq-key", "gsk_", Alnum, 40),
    sure("heroku-key", "HRKU-", Url, 30),
    sure("huggingface-token", "hf_", Alnum, 34),
    sure("huggingface-token", "api_org_", Alnum, 34),
    sure("infracost-token", "ico-", Alnum, 32),
    sure("intra42-secret", "s-s4t2ud-", Hex, 64),
    sure("intra42-secret", "s-s4t2af-", Hex, 64),
    sure("jina-key", "jina_", Alnum, 40),
    Shape { mark: "jwt", prefix: "eyJ", body: Dotted, length: 36, proof: Proof::Parts, lead: None },
    sure("langsmith-key", "lsv2_pt_", Url, 32),
    sure("langsmith-key", "lsv2_sk_", Url, 32),
    random("langsmith-key", "ls__", Alnum, 32),
    sure("linear-token", "lin_api_", Alnum, 32),
    sure("linear-token", "lin_oauth_", Alnum, 32),
    infix("mailchimp-key", (Hex, 32, 32), "-us", Digit, 1),
    fixed("mailgun-key", "key-", Hex, 32),
    random("mapbox-token", "sk.eyJ", Dotted, 50),
    sure("neon-key", "napi_", Alnum, 40),
    sure("netlify-token", "nfp_", Alnum, 32),
    sure("newrelic-key", "NRAK-", Alnum, 27),
    sure("newrelic-key", "NRJS-", Alnum, 19),
    sure("newrelic-key", "NRII-", Url, 32),
    sure("notion-token", "ntn_", Alnum, 40),
    exact("notion-token", "secret_", Alnum, 43),
    sure("npm-token", "npm_", Alnum, 36),
    exact("nuget-key", "oy2", Alnum, 43),
    sure("nvidia-key", "nvapi-", Url, 40),
    fixed("octopus-key", "API-", Upper, 26),
    sure("onesignal-key", "os_v2_app_", Alnum, 50),
    sure("openai-key", "sk-proj-", Url, 40),
    sure("openai-key", "sk-svcacct-", Url, 40),
    sure("openai-key", "sk-admin-", Url, 40),
    random("api-key", "sk-", Url, 20),
    random("api-key", "csk-", Alnum, 40),
    random("api-key", "ctx7sk-", Url, 30),
    sure("elevenlabs-key", "sk_", Hex, 40),
    sure("openrouter-key", "sk-or-v1-", Hex, 60),
    sure("openshift-token", "sha256~", Url, 43),
    sure("perplexity-key", "pplx-", Alnum, 40),
    sure("pinecone-key", "pcsk_", Url, 50),
    sure("plaid-token", "access-sandbox-", Url, 36),
    sure("plaid-token", "access-production-", Url, 36),
    sure("plaid-token", "access-development-", Url, 36),
    sure("planetscale-token", "pscale_tkn_", Dotted, 32),
    sure("planetscale-token", "pscale_oauth_", Dotted, 32),
    sure("planetscale-token", "pscale_pw_", Dotted, 32),
    sure("posthog-key", "phx_", Alnum, 32),
    sure("posthog-key", "phs_", Alnum, 32),
    sure("postman-key", "PMAK-", Url, 50),
    sure("prefect-token", "pnu_", Alnum, 36),
    // The frames of private keys in Base64, as a Kubernetes secret holds them: any, RSA, EC, OpenSSH, encrypted.
    sure("private-key", "LS0tLS1CRUdJTiBQUklWQVRF", Base64, 40),
    sure("private-key", "LS0tLS1CRUdJTiBSU0EgUFJJVkFUR", Base64, 40),
    sure("private-key", "LS0tLS1CRUdJTiBFQyBQUklWQVRF", Base64, 40),
    sure("private-key", "LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVE", Base64, 40),
    sure("private-key", "LS0tLS1CRUdJTiBFTkNSWVBURUQgUFJJVkFUR", Base64, 40),
    sure("prefect-token", "pnb_", Alnum, 36),
    sure("pulumi-token", "pul-", Hex, 40),
    sure("pypi-token", "pypi-AgE", Url, 50),
    fixed("razorpay-key", "rzp_live_", Alnum, 14),
    sure("readme-token", "rdme_", Alnum, 60),
    random("render-token", "rnd_", Alnum, 24),
    sure("replicate-token", "r8_", Alnum, 37),
    random("resend-key", "re_", Url, 28),
    sure("rubygems-token", "rubygems_", Hex, 48),
    sure("runpod-key", "rpa_", Alnum, 36),
    sure("scalingo-token", "tk-us-", Url, 48),
    sure("secret-token", "secret-token:", Url, 16),
    sure("sendgrid-key", "SG.", Dotted, 60),
    sure("sendinblue-key", "xkeysib-", Url, 70),
    sure("sendinblue-key", "xsmtpsib-", Url, 70),
    sure("sentry-token", "sntrys_", Base64, 60),
    sure("sentry-token", "sntryu_", Hex, 64),
    sure("sentry-token", "sntrya_", Hex, 64),
    sure("settlemint-token", "sm_aat_", Alnum, 16),
    sure("settlemint-token", "sm_pat_", Alnum, 16),
    sure("settlemint-token", "sm_sat_", Alnum, 16),
    sure("shippo-token", "shippo_live_", Hex, 40),
    sure("shippo-token", "shippo_test_", Hex, 40),
    sure("shopify-token", "shpat_", Hex, 32),
    sure("shopify-token", "shpca_", Hex, 32),
    sure("shopify-token", "shppa_", Hex, 32),
    sure("shopify-token", "shpss_", Hex, 32),
    sure("slack-token", "xoxb-", Url, 20),
    sure("slack-token", "xoxp-", Url, 20),
    sure("slack-token", "xoxa-", Url, 16),
    sure("slack-token", "xoxr-", Url, 16),
    sure("slack-token", "xoxo-", Url, 20),
    sure("slack-token", "xoxs-", Url, 20),
    sure("slack-token", "xoxc-", Url, 20),
    sure("slack-token", "xoxd-", Header, 40),
    sure("slack-token", "xoxe-", Url, 40),
    sure("slack-token", "xoxe.xox", Url, 40),
    sure("slack-token", "xapp-", Url, 30),
    sure("slack-webhook", "hooks.slack.com/services/", Path, 30),
    sure("slack-webhook", "hooks.slack.com/workflows/", Path, 30),
    sure("slack-webhook", "hooks.slack.com/triggers/", Path, 30),
    sure("sourcegraph-token", "sgp_", Url, 40),
    random("square-token", "EAAA", Url, 22),
    sure("square-token", "sq0atp-", Url, 22),
    sure("square-token", "sq0csp-", Url, 22),
    sure("stripe-key", "sk_live_", Alnum, 16),
    sure("stripe-key", "sk_test_", Alnum, 16),
    sure("stripe-key", "sk_prod_", Alnum, 16),
    sure("stripe-key", "rk_live_", Alnum, 16),
    sure("stripe-key", "rk_test_", Alnum, 16),
    sure("stripe-key", "rk_prod_", Alnum, 16),
    sure("stripe-secret", "whsec_", Base64, 24),
    sure("supabase-key", "sbp_", Hex, 40),
    sure("supabase-key", "sb_secret_", Url, 20),
    sure("tavily-key", "tvly-", Url, 24),
    sure("teams-webhook", ".webhook.office.com/webhookb2/", Path, 40),
    infix("telegram-token", (Digit, 8, 10), ":AA", Url, 33),
    infix("terraform-token", (Alnum, 14, 14), ".atlasv1.", Url, 60),
    sure("together-key", "tgp_v1_", Url, 40),
    fixed("twilio-key", "SK", Hex, 32),
    sure("vault-token", "hvs.", Url, 24),
    sure("vault-token", "hvb.", Url, 24),
    sure("vault-token", "hvr.", Url, 24),
    sure("vercel-token", "vcp_", Alnum, 24),
    sure("vercel-token", "vci_", Alnum, 24),
    sure("vercel-token", "vca_", Alnum, 24),
    sure("vercel-token", "vcr_", Alnum, 24),
    sure("vercel-token", "vck_", Alnum, 24),
    sure("wandb-key", "wandb_v1_", Url, 40),
    sure("xai-key", "xai-", Alnum, 60),
    random("yandex-key", "AQVN", Url, 35),
];

/// Adds the token of that shape at the hit, if it is one.
pub(super) fn look(shape: &Shape, hit: Hit<'_>, found: &mut Found) {
    if &hit.text.as_bytes()[hit.start..hit.end] != shape.prefix.as_bytes() || is_covered(shape, hit, found) {
        return;
    }
    let token = token(shape, hit, found);
    found.extend(token);
}

/// The token of that shape whose prefix is at the hit.
pub(super) fn token(shape: &Shape, hit: Hit<'_>, found: &mut Found) -> Option<Span> {
    let text = hit.text;
    let start = lead(shape, hit)?;
    if !run::begins_word(text, start) {
        return None;
    }
    let head = head(shape, hit, found)?;
    let mut run = run::take(text, hit.end, shape.body, shape.length, head);
    if !proven(shape, start, &run, text) {
        return None;
    }
    if run.cut {
        run = run::whole(text, hit.end, shape.body, shape.length);
    }
    found.token_at = start;
    found.tokens_until = found.tokens_until.max(run.limit);
    Some(Span { start, end: run.end, rank: shape.prefix.len(), mark: shape.mark })
}

/// Whether the hit is inside a token found before, and the token it begins ends where that one ends.
fn is_covered(shape: &Shape, hit: Hit<'_>, found: &Found) -> bool {
    let after = hit.text.as_bytes().get(found.tokens_until);
    hit.start > found.token_at
        && hit.end < found.tokens_until
        && !after.is_some_and(|byte| shape.body.has(*byte))
}

/// How many characters it is judged by.
fn head(shape: &Shape, hit: Hit<'_>, found: &mut Found) -> Option<usize> {
    let enough = found.head().max(shape.length + 1);
    if shape.proof != Proof::Parts {
        return Some(enough);
    }
    let rest = &hit.text.as_bytes()[hit.end..];
    memchr::memchr(b'.', &rest[..rest.len().min(LONGEST_PART)]).map(|stop| enough + stop)
}

/// Longest first part of a JSON web token.
const LONGEST_PART: usize = 2048;

/// Where the token begins, if what stands before the prefix is as it must be; a line end may have torn it.
fn lead(shape: &Shape, hit: Hit<'_>) -> Option<usize> {
    let Some((class, fewest, most)) = shape.lead else { return Some(hit.start) };
    let start = hit.start - class.count_back(hit.text, hit.start, most + 2);
    let mut start = start + run::escape(hit.text, start).min(hit.start - start);
    let mut count = hit.start - start;
    if count < fewest
        && let Some(before) = run::before_break(hit.text, start)
    {
        let more = class.count_back(hit.text, before, most + 1 - count);
        (start, count) = (before - more, count + more);
    }
    (fewest..=most).contains(&count).then_some(start)
}

fn proven(shape: &Shape, start: usize, run: &run::Run<'_>, text: &str) -> bool {
    let body = run.body.as_ref();
    if body.len() < shape.length || ends_inside_word(shape, run, text) {
        return false;
    }
    if shape.proof != Proof::Prefix && inside_blob(text, start, run) {
        return false;
    }
    match shape.proof {
        Proof::Prefix => value::is_varied(body) && (!run.broken || is_no_prose(body)),
        Proof::Fixed => body.len() == shape.length && value::is_varied(body),
        Proof::Random => shape.body == Digit || value::is_random(body) || value::is_scrambled(body),
        Proof::Exact => body.len() == shape.length && value::is_random(body),
        Proof::Parts => body.matches('.').count() >= 1 && body.len() >= 60,
    }
}

/// Whether joined lines are no words of a list.
fn is_no_prose(body: &str) -> bool {
    body.bytes().any(|byte| byte.is_ascii_digit()) || value::is_random(body)
}

/// Whether the token's alphabet ends where the word does not: then it is something else.
fn ends_inside_word(shape: &Shape, run: &run::Run<'_>, text: &str) -> bool {
    !run.cut
        && matches!(shape.body, Hex | Upper | Digit)
        && text.as_bytes().get(run.end).is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether it is a part of longer encoded data, where any prefix turns up by chance.
fn inside_blob(text: &str, start: usize, run: &run::Run<'_>) -> bool {
    let bytes = text.as_bytes();
    let joins = |at: usize| bytes.get(at).is_some_and(|byte| matches!(byte, b'+' | b'/'));
    let before = start > 0
        && joins(start - 1)
        && (bytes[start - 1] == b'+' || Base64.count_back(text, start, 25) > 24);
    before || !run.cut && joins(run.end) && Base64.count(text, run.end, 9) > 8
}
