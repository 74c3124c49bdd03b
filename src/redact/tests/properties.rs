//! What holds for any text.

use proptest::prelude::*;

use super::*;

/// Text made of what secrets, marks and escape sequences are made of.
fn fragments() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        "\\PC{0,8}",
        "[a-zA-Z0-9+/_=-]{1,50}",
        "[\\x00-\\x20\\x7f-\\x9f]{1,3}",
        proptest::sample::select(
            &[
                "password",
                "token",
                "api_key",
                "=",
                ": ",
                "\"",
                "\\\"",
                "'",
                "\n",
                "\\n",
                "Authorization: ",
                "Bearer ",
                "://",
                "@",
                "ghp_",
                "sk-",
                "eyJ",
                ".",
                "-----BEGIN PRIVATE KEY-----",
                "-----END PRIVATE KEY-----",
                "[redacted:token]",
                "\u{1b}[31m",
                "\u{1b}]0;",
                "\u{200b}",
                "é",
                "│",
                "--password ",
                "curl -u ",
                "Cookie: a=",
                ";",
                ">",
                "mysql -p",
                "?sig=",
                "sk-a1b2\n",
                "pwd=x7Kq",
                "user=",
            ][..]
        )
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_panics_marks_stay_and_control_characters_go(given in fragments()) {
        for lines in [Lines::Join, Lines::Keep, Lines::Hunk] {
            let safe = redact(&given, lines).0.into_owned();
            prop_assert!(!safe.chars().any(|it| it.is_control() && it != '\n' && it != '\t'));
            let again = redact(&safe, lines).0.into_owned();
            prop_assert_eq!(&again, &safe);
            if lines == Lines::Keep {
                prop_assert_eq!(safe.matches('\n').count(), clean::strip(&given, lines).matches('\n').count());
            }
        }
    }

    #[test]
    fn hashes_and_uuids_survive(hash in "[0-9a-f]{7,12}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}",
        uuid in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}") {
        for given in [format!("commit {hash}"), format!("sha256:{hash}"), format!("id = \"{uuid}\""), format!("{{\"checksum\": \"{hash}\"}}"),
            format!("https://host/{hash}/{uuid}?id={uuid}"), format!("{hash}  file.txt")] {
            prop_assert!(matches!(text(&given), Cow::Borrowed(_)), "{}", text(&given));
        }
    }

    #[test]
    fn encoded_data_survives(data in "[A-Za-z0-9+/]{40,400}={0,2}") {
        for given in [format!("integrity sha512-{data}"), format!("data:image/png;base64,{data}"), format!("\"body\": \"{data}\"")] {
            prop_assert!(matches!(text(&given), Cow::Borrowed(_)), "{}", text(&given));
        }
    }

    #[test]
    fn tokens_never_survive(seed in any::<u64>()) {
        for (prefix, alphabet, length) in [("ghp_", ALNUM, 36), ("sk-ant-api03-", ALNUM, 95), ("glpat-", ALNUM, 20), ("xoxb-", ALNUM, 40)] {
            let secret = body(alphabet, length, seed);
            let safe = text(&format!("the {prefix}{secret} of")).into_owned();
            prop_assert!(!leaks(&safe, &secret), "{}", safe);
        }
        let secret = body(ALNUM, 40, seed);
        for given in [format!("API_KEY={secret}"), format!("{{\"password\": \"{secret}\"}}"), format!("Authorization: Bearer {secret}")] {
            let safe = text(&given).into_owned();
            prop_assert!(!leaks(&safe, &secret), "{}", safe);
        }
    }
}
