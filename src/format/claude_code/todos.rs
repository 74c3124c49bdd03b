//! The to-do list: whole lists in older versions, tasks created and updated one by one in newer ones.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::calls::optional;
use super::raw::Item;
use crate::event::{Todo, TodoState};

/// Most entries kept: a list is written out after each change, so one without end would cost its square.
const MOST: usize = 200;

/// The list as it stands.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Board {
    entries: Vec<Entry>,
    /// As it was last written out.
    shown: Vec<Todo>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    id: Option<String>,
    todo: Todo,
}

/// What a call will do to the list if it succeeds.
#[derive(Serialize, Deserialize)]
pub(super) enum Plan {
    /// Adds a task, whose number the result tells.
    Create(String),
    /// Changes a task.
    Update(Item),
    /// Shows all tasks.
    List,
}

/// What a call of this tool will do to the list, if anything.
pub(super) fn plan(tool: &str, input: &Value) -> Option<Plan> {
    match tool {
        "TaskCreate" => optional(input, "subject").map(Plan::Create),
        "TaskUpdate" => Some(Plan::Update(Item {
            id: optional(input, "taskId"),
            subject: optional(input, "subject"),
            content: None,
            status: optional(input, "status"),
        })),
        "TaskList" => Some(Plan::List),
        _ => None,
    }
}

/// The list that a `TodoWrite` call writes.
pub(super) fn written(tool: &str, input: &Value) -> Option<Vec<Item>> {
    let todos = (tool == "TodoWrite").then(|| input.get("todos")?.as_array())??;
    Some(items(todos))
}

/// The entries of a list.
pub(super) fn items(todos: &[Value]) -> Vec<Item> {
    let item = |todo: &Value| Item {
        id: optional(todo, "id"),
        subject: optional(todo, "subject"),
        content: optional(todo, "content"),
        status: optional(todo, "status"),
    };
    todos.iter().map(item).collect()
}

impl Board {
    /// Puts a whole list in the place of the old one; gives the new list if it differs.
    pub fn replace(&mut self, items: Vec<Item>) -> Option<Vec<Todo>> {
        self.entries.clear();
        items.into_iter().take(MOST).for_each(|item| self.add(item));
        self.changed()
    }

    /// Does what a call planned, with what its result says.
    pub fn apply(
        &mut self,
        plan: &Plan,
        result: &str,
        listed: Vec<Item>,
        created: Option<Item>,
    ) -> Option<Vec<Todo>> {
        match plan {
            Plan::Create(subject) => {
                let id = created.and_then(|item| item.id).or_else(|| number(result));
                self.add(Item { id, subject: Some(subject.clone()), ..Item::default() });
            }
            Plan::Update(item) => self.update(item),
            Plan::List if listed.is_empty() => {}
            Plan::List => return self.replace(by_number(listed)),
        }
        self.changed()
    }

    fn add(&mut self, item: Item) {
        let Some(text) = item.subject.or(item.content) else { return };
        if self.entries.len() == MOST {
            self.entries.remove(0);
        }
        let state = state(item.status.as_deref()).unwrap_or(TodoState::Pending);
        self.entries.push(Entry { id: item.id, todo: Todo { text, state } });
    }

    fn update(&mut self, item: &Item) {
        if item.status.as_deref() == Some("deleted") {
            self.entries.retain(|entry| entry.id != item.id || entry.id.is_none());
            return;
        }
        let Some(entry) =
            self.entries.iter_mut().rev().find(|entry| entry.id.is_some() && entry.id == item.id)
        else {
            return;
        };
        if let Some(subject) = &item.subject {
            entry.todo.text.clone_from(subject);
        }
        entry.todo.state = state(item.status.as_deref()).unwrap_or(entry.todo.state);
    }

    fn changed(&mut self) -> Option<Vec<Todo>> {
        let todos: Vec<Todo> = self.entries.iter().map(|entry| entry.todo.clone()).collect();
        let changed = todos != self.shown;
        self.shown.clone_from(&todos);
        changed.then_some(todos)
    }
}

fn state(status: Option<&str>) -> Option<TodoState> {
    match status? {
        "pending" => Some(TodoState::Pending),
        "in_progress" => Some(TodoState::InProgress),
        "completed" => Some(TodoState::Completed),
        "cancelled" | "deleted" => Some(TodoState::Cancelled),
        _ => None,
    }
}

/// The number in `Task #12 created successfully: …`.
fn number(result: &str) -> Option<String> {
    let digits: String = result.split_once('#')?.1.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// In the order the tasks were created in; the host lists them in the order of its files.
fn by_number(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|item| item.id.as_deref().and_then(|id| id.parse::<u64>().ok()));
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tasks_one_by_one() {
        let mut board = Board::default();
        let mut step = |tool: &str, input: Value, result: &str| {
            let plan = plan(tool, &input).unwrap();
            let list = board.apply(&plan, result, Vec::new(), None)?;
            Some(list.into_iter().map(|todo| (todo.text, todo.state)).collect::<Vec<_>>())
        };
        let (a, b) = ("a".to_owned(), "b".to_owned());
        assert_eq!(
            step("TaskCreate", json!({"subject": "a"}), "Task #1 created successfully: a"),
            Some(vec![(a.clone(), TodoState::Pending)])
        );
        assert_eq!(
            step("TaskCreate", json!({"subject": "b"}), "Task #2 created successfully: b"),
            Some(vec![(a.clone(), TodoState::Pending), (b.clone(), TodoState::Pending)])
        );
        assert_eq!(
            step("TaskUpdate", json!({"taskId": "2", "status": "in_progress"}), ""),
            Some(vec![(a.clone(), TodoState::Pending), (b.clone(), TodoState::InProgress)])
        );
        assert_eq!(step("TaskUpdate", json!({"taskId": "9", "status": "completed"}), ""), None);
        assert_eq!(
            step("TaskUpdate", json!({"taskId": 1, "status": "deleted"}), ""),
            Some(vec![(b, TodoState::InProgress)])
        );
        assert_eq!(step("TaskList", json!({}), "No tasks found"), None);
    }

    #[test]
    fn a_list_without_end_is_cut() {
        let mut board = Board::default();
        for subject in 0..1000 {
            let list = board.apply(&Plan::Create(subject.to_string()), "", Vec::new(), None).unwrap();
            assert_eq!(list.len(), MOST.min(subject + 1));
        }
    }
}
