use baton::token::Encoding;
use proptest::prelude::*;
use rayon::prelude::*;
use tiktoken_rs::CoreBPE;

pub fn oracle(encoding: Encoding) -> &'static CoreBPE {
    match encoding {
        Encoding::O200kBase => tiktoken_rs::o200k_base_singleton(),
        Encoding::O200kHarmony => tiktoken_rs::o200k_harmony_singleton(),
        Encoding::Cl100kBase => tiktoken_rs::cl100k_base_singleton(),
        Encoding::P50kBase => tiktoken_rs::p50k_base_singleton(),
        Encoding::R50kBase => tiktoken_rs::r50k_base_singleton(),
    }
}

/// The count, by every encoding, equals tiktoken-rs's.
#[track_caller]
fn check(text: &str) {
    for encoding in Encoding::ALL {
        let expected = oracle(encoding).encode_ordinary(text).len();
        assert_eq!(encoding.count(text), expected, "{encoding} of {text:?}");
        assert_eq!(encoding.count_within(text, expected), Some(expected), "{encoding} of {text:?}");
        if let Some(less) = expected.checked_sub(1) {
            assert_eq!(encoding.count_within(text, less), None, "{encoding} of {text:?}");
        }
    }
}

#[test]
fn names_round_trip() {
    for encoding in Encoding::ALL {
        assert_eq!(encoding.to_string().parse::<Encoding>().ok(), Some(encoding));
    }
    assert_eq!(Encoding::default().name(), "o200k_base");
}

#[test]
fn small_texts() {
    for text in [
        "",
        " ",
        "a",
        "\0",
        "\0\0\0\0\0\0\0\0\0",
        "hello world",
        "<|endoftext|><|start|>",
        "Don't DON'T don'T we'll I'VE x'\u{17f}\u{17f} '\u{17f}t 'S 'll 'lL 'x ''s",
        "\u{301}ABC a\u{301}b \u{301}\u{301} !\u{301} !!\u{301}a",
        "ABC中DEF ABCdefGHI \u{1c5}abc \u{2b0}A \u{2b0}a",
        "  \n \t\r\n  x \u{85}\u{2028}\u{a0} y\n\n//\r\n/x",
        "日本語テキスト 123456 ٣٤٥٦ ½¾",
        "👩‍👩‍👧‍👦👍🏽 🇩🇪",
    ] {
        check(text);
    }
}

/// Every scalar value where it decides what rule applies: all that Unicode assigns, between neighbours of six kinds.
#[test]
fn every_scalar_is_classed_as_by_tiktoken() {
    let scalars: Vec<char> = ('\0'..=char::MAX).collect();
    scalars.par_chunks(4096).for_each(|chunk| {
        let assigned = chunk[0] < '\u{34000}' || chunk[0] == '\u{e0000}';
        let text: String = chunk.iter().map(|scalar| around(*scalar, assigned)).collect();
        for encoding in [Encoding::O200kBase, Encoding::Cl100kBase, Encoding::R50kBase] {
            let expected = oracle(encoding).encode_ordinary(&text).len();
            assert_eq!(encoding.count(&text), expected, "{encoding} from {:?}", chunk[0]);
        }
    });
}

fn around(scalar: char, widely: bool) -> String {
    if widely {
        format!("a{scalar}b {scalar}B1{scalar}2!{scalar}! {scalar} A{scalar}{scalar}C'{scalar}\n")
    } else {
        format!("a{scalar}B ")
    }
}

/// Text made of parts that are likely to meet a rule's edge.
fn text_of(parts: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
}

fn code() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "fn ",
        "let mut ",
        "self.",
        "count_ordinary",
        "HTTPServer",
        "getElementById",
        "(",
        ")",
        "{\n",
        "}\n",
        "    ",
        "\t",
        "->",
        "::",
        "// ",
        "/* */",
        "\"",
        "\\n",
        "#[test]",
        " == ",
        ";\n",
        ";\r\n\r\n",
        "0x1f",
        "1_000_000",
        "don't",
        "IT'S",
        "/usr/lib",
        "https://",
        "\n\n",
        ",",
        "_",
        "aGVsbG8gd29ybGQ",
        "=====",
        "-----",
    ]);
    words.prop_map(str::to_owned)
}

fn edges() -> impl Strategy<Value = String> {
    let characters = prop::sample::select(
        "'sStTrReEvVmMdDlL\u{17f}\u{212a} \t\n\r\u{b}\u{c}\u{85}\u{a0}\u{1680}\u{2003}\u{2028}\u{3000}\u{feff}\u{301}\u{20dd}\u{903}\u{2b0}\u{1c5}ßÉéДд中あ한ع1٣½Ⅷ/!_-.👩\u{200d}👍\u{1f3fd}\0"
            .chars()
            .collect::<Vec<_>>(),
    );
    characters.prop_map(String::from)
}

fn runs() -> impl Strategy<Value = String> {
    (edges(), 1..90_usize).prop_map(|(part, times)| part.repeat(times))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn rules_meet_at_their_edges(text in text_of(edges())) {
        check(&text);
    }

    #[test]
    fn code_counts(text in text_of(prop_oneof![code(), code(), edges()])) {
        check(&text);
    }

    #[test]
    fn letters_in_long_pieces(text in "[a-zA-Z]{0,300}|[a-c]{0,300}|[0-9a-f]{0,300}|[一-龥]{0,100}|[=#*-]{0,300}") {
        check(&text);
    }

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn long_runs(text in prop::collection::vec(runs(), 0..6).prop_map(|runs| runs.concat())) {
        check(&text);
    }
}

#[test]
fn runs_longer_than_a_window() {
    for part in ["a", " ", "=", "\n", "\t \n", "中", "é", "'", "A", "1", "👍", "ab", "\u{301}", "xQ7"] {
        check(&part.repeat(20_000 / part.len()));
        check(&format!("{}x", part.repeat(9_000 / part.len())));
    }
}

/// With `o200k_base`, tiktoken-rs panics on a million spaces; another counter does not.
#[test]
fn a_million_of_anything() {
    for part in [" ", "a", "=", "\n", "aGVsbG8gd29ybGQ"] {
        let text = part.repeat(1_000_000 / part.len());
        assert_eq!(Encoding::O200kBase.count(&text), bpe_openai::o200k_base().count(&text), "{part:?}");
    }
    let text = " ".repeat(1_000_000);
    assert_eq!(Encoding::Cl100kBase.count(&text), bpe_openai::cl100k_base().count(&text));
    for encoding in [Encoding::P50kBase, Encoding::R50kBase] {
        assert_eq!(encoding.count(&text), oracle(encoding).encode_ordinary(&text).len(), "{encoding}");
    }
}

#[test]
fn model_names_mean_what_they_mean_to_tiktoken() {
    use tiktoken_rs::tokenizer::{Tokenizer, get_tokenizer};
    for model in [
        "o1",
        "o1-mini",
        "o3-pro",
        "o4-mini-2026",
        "o4",
        "gpt-5",
        "gpt-5.3-codex",
        "gpt-4.5-preview",
        "gpt-4.1",
        "gpt-4.1-nano",
        "chatgpt-4o-latest",
        "gpt-4o",
        "gpt-4o-2024-05-13",
        "gpt-4",
        "gpt-4-32k",
        "gpt-3.5",
        "gpt-35-turbo-16k",
        "gpt-oss-120b",
        "codex-mini-latest",
        "ft:gpt-4o:org:name:id",
        "ft:davinci-002:org",
        "davinci",
        "text-davinci-003",
        "code-davinci-edit-001",
        "gpt2",
        "gpt-2",
        "foo",
        "",
        "ft:",
        "GPT-4o",
        "text-embedding-3-large",
    ] {
        let expected = get_tokenizer(model).map(|tokenizer| match tokenizer {
            Tokenizer::O200kHarmony => Encoding::O200kHarmony,
            Tokenizer::O200kBase => Encoding::O200kBase,
            Tokenizer::Cl100kBase => Encoding::Cl100kBase,
            Tokenizer::P50kBase | Tokenizer::P50kEdit => Encoding::P50kBase,
            Tokenizer::R50kBase | Tokenizer::Gpt2 => Encoding::R50kBase,
        });
        assert_eq!(Encoding::for_model(model), expected, "{model}");
    }
}
