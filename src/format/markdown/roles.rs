//! The names that headers give to speakers, in the languages that exports come in.

/// Who speaks under a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// The user.
    User,
    /// The model.
    Assistant,
    /// The program around the model.
    Host,
    /// A tool: its call, its answer, or both.
    Tool,
    /// A tool's answer.
    ToolResult,
}

impl Role {
    /// What the role is called where records are counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Host => "host",
            Self::Tool => "tool",
            Self::ToolResult => "tool result",
        }
    }
}

/// The names in small letters, by role.
const NAMES: &[(Role, &[&str])] = &[
    (
        Role::User,
        &[
            "user",
            "human",
            "you",
            "you said",
            "me",
            "prompt",
            "user prompt",
            "user message",
            "human message",
            "question",
            "benutzer",
            "benutzerin",
            "nutzer",
            "du",
            "sie",
            "mensch",
            "utilisateur",
            "utilisatrice",
            "vous",
            "vous avez dit",
            "humain",
            "usuario",
            "usuaria",
            "tú",
            "humano",
            "usuário",
            "você",
            "utente",
            "tu",
            "umano",
            "gebruiker",
            "jij",
            "użytkownik",
            "ty",
            "пользователь",
            "вы",
            "користувач",
            "kullanıcı",
            "bruker",
            "användare",
            "bruger",
            "käyttäjä",
            "uživatel",
            "felhasználó",
            "người dùng",
            "pengguna",
            "ユーザー",
            "ユーザ",
            "あなた",
            "用户",
            "用戶",
            "使用者",
            "你",
            "您",
            "你说",
            "您说",
            "사용자",
            "나",
            "المستخدم",
            "משתמש",
            "उपयोगकर्ता",
            "ผู้ใช้",
        ],
    ),
    (
        Role::Assistant,
        &[
            "assistant",
            "assistant message",
            "agent",
            "ai",
            "ai assistant",
            "ai message",
            "bot",
            "model",
            "response",
            "answer",
            "claude",
            "claude code",
            "claude said",
            "chatgpt",
            "chatgpt said",
            "gpt",
            "gpt-4",
            "gpt-4o",
            "gpt-5",
            "codex",
            "copilot",
            "github copilot",
            "gemini",
            "gemini said",
            "cursor",
            "deepseek",
            "grok",
            "llama",
            "mistral",
            "qwen",
            "perplexity",
            "cline",
            "roo",
            "opencode",
            "assistent",
            "assistentin",
            "ki",
            "ki-assistent",
            "assistante",
            "ia",
            "asistente",
            "assistente",
            "asystent",
            "ассистент",
            "помощник",
            "асистент",
            "asistan",
            "assistentti",
            "asistent",
            "asszisztens",
            "trợ lý",
            "asisten",
            "アシスタント",
            "助手",
            "ai助手",
            "ai 助手",
            "人工智能",
            "어시스턴트",
            "도우미",
            "المساعد",
            "עוזר",
            "सहायक",
            "ผู้ช่วย",
        ],
    ),
    (
        Role::Host,
        &[
            "system",
            "system prompt",
            "system message",
            "developer",
            "context",
            "système",
            "sistema",
            "systeem",
            "система",
            "システム",
            "系统",
            "系統",
            "시스템",
        ],
    ),
    (
        Role::Tool,
        &[
            "tool",
            "tool call",
            "tool use",
            "tool-call",
            "tool_call",
            "tool_use",
            "function",
            "function call",
            "werkzeug",
            "outil",
            "herramienta",
            "ferramenta",
            "strumento",
            "инструмент",
            "ツール",
            "工具",
            "도구",
        ],
    ),
    (
        Role::ToolResult,
        &["tool result", "tool results", "tool output", "tool response", "function result", "tool_result"],
    ),
];

/// The role of that name, whatever its letters' size.
pub(super) fn role(name: &str) -> Option<Role> {
    if name.is_empty() || name.len() > 40 {
        return None;
    }
    let name = name.to_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(role, _)| *role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_small_and_belong_to_one_role() {
        let all: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let unique: std::collections::BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(unique.len(), all.len());
        assert!(all.iter().all(|name| *name == name.to_lowercase() && name.len() <= 40));
    }

    #[test]
    fn names_are_found_whatever_their_letters() {
        assert_eq!(role("User"), Some(Role::User));
        assert_eq!(role("Benutzer"), Some(Role::User));
        assert_eq!(role("ASSISTANT"), Some(Role::Assistant));
        assert_eq!(role("用户"), Some(Role::User));
        assert_eq!(role("User guide"), None);
        assert_eq!(role(""), None);
    }
}
