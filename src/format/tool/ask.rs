//! To-do lists and questions in the arguments of a call.

use crate::format::json::Value;

use super::arguments::Arguments;
use crate::event::{Action, Question, QuestionOption, Todo, TodoState};

impl Arguments<'_> {
    /// The to-do list that the call sets.
    pub fn todos(self) -> Option<Vec<Todo>> {
        let todos: Vec<Todo> = self.list(&["todos", "plan", "todo_list"])?.iter().filter_map(todo).collect();
        (!todos.is_empty()).then_some(todos)
    }

    /// The questions that the call puts to the user.
    pub fn ask(self) -> Option<Action> {
        if let Some(list) = self.list(&["questions"]) {
            let questions: Vec<Question> = list.iter().filter_map(question).collect();
            return (!questions.is_empty()).then_some(Action::Ask(questions));
        }
        let text = self.string(&["question"])?;
        let options = options(self.list(&["options", "follow_up", "choices"]));
        Some(Action::Ask(vec![Question { text: text.to_owned(), options }]))
    }
}

fn todo(value: &Value) -> Option<Todo> {
    let entry = Arguments(value.as_object()?);
    let text = entry.string(&["content", "step", "text", "title", "description", "task"])?.to_owned();
    let state = match entry.string(&["status", "state"]).unwrap_or_default() {
        "in_progress" | "in-progress" | "inProgress" | "active" => TodoState::InProgress,
        "completed" | "done" | "complete" => TodoState::Completed,
        "cancelled" | "canceled" => TodoState::Cancelled,
        _ => TodoState::Pending,
    };
    Some(Todo { text, state })
}

fn question(value: &Value) -> Option<Question> {
    if let Some(text) = value.as_str() {
        return Some(Question { text: text.to_owned(), options: Vec::new() });
    }
    let entry = Arguments(value.as_object()?);
    let text = entry.string(&["question", "text", "prompt"])?.to_owned();
    Some(Question { text, options: options(entry.list(&["options"])) })
}

fn options(list: Option<&Vec<Value>>) -> Vec<QuestionOption> {
    let option = |value: &Value| {
        if let Some(label) = value.as_str() {
            return Some(QuestionOption { label: label.to_owned(), description: String::new() });
        }
        let entry = Arguments(value.as_object()?);
        let label = entry.string(&["label", "title", "value"])?.to_owned();
        let description = entry.string(&["description"]).unwrap_or_default().to_owned();
        Some(QuestionOption { label, description })
    };
    list.into_iter().flatten().filter_map(option).collect()
}
