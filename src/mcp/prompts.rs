//! The prompts, which clients offer as commands: `save` and `load`.

use rmcp::ErrorData;
use rmcp::model::{GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};

use super::Desk;
use crate::error::chain;
use crate::service::Restore;

/// The prompts, by name: what they are for, and their one argument.
const PROMPTS: &[(&str, &str, &str, &str)] = &[
    (
        "load",
        "Load a handoff and go on from it",
        "session_id",
        "Id of the handoff; the latest of this project if empty",
    ),
    ("save", "Save a handoff of this session", "note", "What the next session must know in any case"),
];

/// What the model is asked to do to save.
const SAVE: &str = "\
Save a handoff of this session with save_handoff, so that another session can go on from it without asking anything again. \
Say what the transcript cannot show as well as you can: task_objective and task_status as they are now, progress_summary, \
the files that matter with why and which lines, decisions with their reasons and what was tried in vain, and next_steps with \
priorities. Then tell the user the session_id.";

/// The most tokens of a handoff that a prompt loads.
const BUDGET: usize = 2_200;

/// All prompts.
pub fn listed() -> Vec<Prompt> {
    let prompt = |&(name, description, argument, meaning): &(&str, &str, &str, &str)| {
        let argument = PromptArgument::new(argument).with_description(meaning).with_required(false);
        Prompt::new(name, Some(description), Some(vec![argument]))
    };
    PROMPTS.iter().map(prompt).collect()
}

/// The messages of a prompt.
pub fn get(desk: &Desk, request: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let (_, description, argument, _) =
        PROMPTS.iter().find(|(name, ..)| *name == request.name).ok_or_else(|| {
            ErrorData::invalid_params(
                format!("there is no prompt '{}'; use save or load", request.name),
                None,
            )
        })?;
    let given = request.arguments.as_ref().and_then(|arguments| arguments.get(*argument)?.as_str());
    let given = given.map(str::trim).filter(|given| !given.is_empty());
    let text = if request.name == "save" { save(given) } else { load(desk, given)? };
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]).with_description(*description))
}

fn save(note: Option<&str>) -> String {
    note.map_or_else(|| SAVE.to_owned(), |note| format!("{SAVE}\n\nThe next session must know: {note}"))
}

fn load(desk: &Desk, id: Option<&str>) -> Result<String, ErrorData> {
    let restored = desk
        .current(id.map(str::to_owned))
        .and_then(|(load, remark)| {
            let wanted = Restore { load, budget: BUDGET, remark, ..Restore::default() };
            desk.service.restore(&wanted, &desk.surroundings)
        })
        .map_err(|error| ErrorData::invalid_params(chain(&error), None))?;
    Ok(format!(
        "Go on from this handoff. Read only what has to be read again, then do the first of the next steps.\n\n{}",
        restored.text
    ))
}
