//! Where the messages are: in an array, in a member of an object, or one a line.

use crate::format::json::Value;

use crate::event::{Context, Warning};
use crate::format::conversation;
use crate::format::scan::{self, LineCounter, Slice};

/// Members that hold an array of messages, the first one present counts; those of a request come before the answer's.
const HOLDERS: &[&str] = &["messages", "conversation", "conversations", "history", "contents"];
/// The two sides of the Responses API: read one after the other.
const SIDES: &[&str] = &["input", "output"];
/// Members that hold what stands before the first message.
const INSTRUCTIONS: &[&str] = &["system", "instructions", "systemInstruction", "system_instruction"];
/// How deep the messages may lie in objects.
const DEPTH: usize = 3;
/// How many records say whether an input is of this format.
const SAMPLE: usize = 5;

/// An input taken apart into records.
#[derive(Debug, Default)]
pub(super) struct Layout<'a> {
    /// The records and the lines where they begin.
    pub records: Vec<(u32, &'a str)>,
    /// What stands beside the messages and was before the model ahead of them all.
    pub instructions: Vec<(u32, &'a str)>,
    /// What the object around the messages says of the session.
    pub context: Context,
    /// What could not be read.
    pub warnings: Vec<Warning>,
}

impl<'a> Layout<'a> {
    /// Finds the records.
    pub fn of(text: &'a str) -> Self {
        let mut layout = Self::default();
        if is_lines(text) {
            layout.lines(text);
        } else {
            layout.document(text);
        }
        layout
    }

    /// One message a line, or one conversation a line, of which the first is read.
    fn lines(&mut self, text: &'a str) {
        let mut conversation = false;
        let mut others = None;
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let is_holder = is_holder(line);
            if conversation {
                others.get_or_insert((number, 0_usize)).1 += 1;
            } else if is_holder {
                conversation = true;
                self.object(line, skip_space(line), 0);
                self.shift(number);
            } else {
                self.records.push((number, line));
            }
        }
        if let Some((line, count)) = others {
            let message =
                format!("read only the first conversation of {}; give the others on their own", count + 1);
            self.warnings.push(Warning { line, message });
        }
    }

    /// Records of a conversation in one line all begin in that line.
    fn shift(&mut self, line: u32) {
        self.records.iter_mut().chain(&mut self.instructions).for_each(|(at, _)| *at = line);
        self.warnings.iter_mut().for_each(|warning| warning.line = line);
    }

    fn document(&mut self, text: &'a str) {
        let start = skip_space(text);
        match text.as_bytes().get(start) {
            Some(b'[') => self.array(text, start),
            Some(b'{') if self.object(text, start, 0) => {}
            Some(b'{') => self.single(text, start),
            Some(_) => self.warn(text, start, "neither a JSON array nor a JSON object"),
            None => {}
        }
    }

    fn single(&mut self, text: &'a str, start: usize) {
        match scan::value_end(text, start) {
            Some(end) => self.push(text, &[Slice { text: &text[start..end], offset: start }]),
            None => self.warn(text, start, "the record has no end and is lost"),
        }
    }

    fn array(&mut self, text: &'a str, start: usize) {
        let values = scan::elements(text, start);
        self.push(text, &values.complete);
        match values.torn {
            Some(offset) if offset < text.len() => {
                self.warn(text, offset, "the file breaks off in this record, which is lost");
            }
            Some(offset) => self.warn(text, offset, "the file breaks off here"),
            None => {}
        }
    }

    /// Takes what an object around messages holds; false if it holds none.
    fn object(&mut self, text: &'a str, start: usize, depth: usize) -> bool {
        let members = scan::members(text, start);
        let find = |key: &str| members.iter().find(|member| member.key == key);
        let held = HOLDERS.iter().find_map(|key| find(key));
        let sides = SIDES.iter().filter_map(|key| find(key));
        let places: Vec<_> = match held {
            Some(member) => vec![member],
            None => sides.collect(),
        };
        if places.is_empty() {
            return false;
        }
        for member in members.iter().filter(|member| member.end.is_some()) {
            self.around(text, member, depth);
        }
        let mut any = false;
        for member in places {
            any |= self.held(text, member, depth);
        }
        any
    }

    fn held(&mut self, text: &'a str, member: &scan::Member<'a>, depth: usize) -> bool {
        match text.as_bytes()[member.start] {
            b'[' => self.array(text, member.start),
            b'{' if depth < DEPTH => return self.object(text, member.start, depth + 1),
            b'"' => match member.end {
                Some(end) => {
                    self.push(text, &[Slice { text: &text[member.start..end], offset: member.start }]);
                }
                None => self.warn(text, member.start, "the file breaks off in this record, which is lost"),
            },
            _ => return false,
        }
        true
    }

    /// Takes instructions and facts of the session from a member beside the messages.
    fn around(&mut self, text: &'a str, member: &scan::Member<'a>, depth: usize) {
        let Some(end) = member.end else { return };
        let slice = &text[member.start..end];
        if INSTRUCTIONS.contains(&member.key) && depth == 0 {
            let line = LineCounter::new(text).line(member.start);
            self.instructions.push((line, slice));
            return;
        }
        let field = match member.key {
            "session_id" | "sessionId" | "conversation_id" => &mut self.context.session,
            "cwd" | "working_directory" => &mut self.context.cwd,
            "model" => &mut self.context.model,
            "title" => &mut self.context.title,
            _ => return,
        };
        *field = serde_json::from_str(slice).ok().or(field.take());
    }

    fn push(&mut self, text: &'a str, slices: &[Slice<'a>]) {
        let mut counter = LineCounter::new(text);
        self.records.extend(slices.iter().map(|slice| (counter.line(slice.offset), slice.text)));
    }

    fn warn(&mut self, text: &str, offset: usize, message: &str) {
        let line = LineCounter::new(text).line(offset);
        self.warnings.push(Warning { line, message: message.to_owned() });
    }
}

/// Whether the input is JSON Lines: its first line is an object from its first to its last character, or is torn while
/// the two after it are such objects with no comma between them.
fn is_lines(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(3);
    let whole: Vec<bool> = lines.map(is_whole_object).collect();
    match whole.as_slice() {
        [true, ..] => true,
        [false, true, true] => text.trim_start().starts_with('{'),
        _ => false,
    }
}

fn is_whole_object(line: &str) -> bool {
    let end = line.starts_with('{').then(|| scan::value_end(line, 0)).flatten();
    end.is_some_and(|end| line[end..].trim().is_empty())
}

/// Whether the line is an object around messages and not a message itself.
fn is_holder(line: &str) -> bool {
    let start = skip_space(line);
    if !line[start..].starts_with('{') {
        return false;
    }
    let members = scan::members(line, start);
    let has = |key: &str| members.iter().any(|member| member.key == key);
    let opens = |member: &scan::Member| line[member.start..].starts_with(['[', '{']);
    let holds = |member: &scan::Member| {
        (HOLDERS.contains(&member.key) || SIDES.contains(&member.key)) && opens(member)
    };
    !has("role") && !has("type") && !has("from") && members.iter().any(holds)
}

fn skip_space(text: &str) -> usize {
    scan::skip(text.as_bytes(), 0, b"")
}

/// The first records of an input of which only the head may be there, without what stands beside them.
pub(super) fn sample(head: &str) -> Vec<Value> {
    let head = head.strip_prefix('\u{feff}').unwrap_or(head);
    let layout = Layout::of(head);
    let broken = if is_lines(head) { layout.records.len().saturating_sub(1).max(1) } else { usize::MAX };
    let parsed = layout.records.iter().take(broken).filter(|(_, text)| text.starts_with('{'));
    parsed.take(SAMPLE).map(|(_, text)| serde_json::from_str(text).unwrap_or(Value::Null)).collect()
}

/// Whether a document holds messages, judged by its shape.
pub(super) fn holds_messages(document: &Value) -> bool {
    let list = match document {
        Value::Array(list) => Some(list),
        Value::Object(object) => HOLDERS.iter().chain(SIDES).find_map(|key| object.get(key)?.as_array()),
        _ => None,
    };
    list.is_some_and(|list| !list.is_empty() && list.iter().take(SAMPLE).all(is_message))
}

/// Whether a record is a message or an item of one of the providers.
pub(super) fn is_message(value: &Value) -> bool {
    let string = |key: &str| value.get(key).and_then(Value::as_str);
    let has = |key: &str| value.get(key).is_some();
    // Records of agents that put a provider's message into one of their own.
    if ["uuid", "sessionID", "parentUuid", "info"].iter().any(|key| has(key)) {
        return false;
    }
    if let Some(role) = string("role") {
        if super::IGNORED.iter().any(|(name, _)| *name == role) {
            return true;
        }
        let body = ["content", "parts", "tool_calls", "function_call"].iter().any(|key| has(key));
        return body
            && conversation::role(role).is_some()
            && string("type").is_none_or(|kind| kind == "message");
    }
    if let Some(from) = string("from") {
        return has("value") && conversation::role(from).is_some();
    }
    match string("type") {
        Some("function_call" | "function_call_output" | "custom_tool_call" | "custom_tool_call_output") => {
            has("call_id")
        }
        Some("reasoning") => has("summary") || has("encrypted_content"),
        _ => false,
    }
}
