use baton::token::Encoding;
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

#[track_caller]
fn check(text: &str) {
    for encoding in Encoding::ALL {
        let expected = oracle(encoding).encode_ordinary(text).len();
        assert_eq!(encoding.count(text), expected, "{} of {text:?}", encoding.name());
    }
}

#[test]
fn small_texts() {
    for text in ["", " ", "a", "hello world", "Don't'ſ panic!\n\n  x", "ABC\u{301}DEF", "  \n ", "日本語テキスト 123456"] {
        check(text);
    }
}
