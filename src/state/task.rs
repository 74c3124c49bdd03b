//! What is to be done, and how far it is: the summary of the progress as the statements it is made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Evidence, Status};

/// What is to be done, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// What is to be accomplished, in the user's words.
    pub objective: String,
    /// How it stands.
    pub status: Status,
    /// What has been done: one statement a line.
    pub progress_summary: String,
    /// Lines that prove the objective and the status.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Evidence,
    /// Lines that prove each line of the summary, in its order; of no meaning where there are not as many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub progress_evidence: Vec<Evidence>,
}

/// The lines of what nothing proves.
static NOWHERE: Evidence = Evidence::new();

impl Task {
    /// What stands before the line of the summary that tells how the task stands.
    pub const STATUS: &str = "Status: ";

    /// In which words the status was told, with the lines that prove them.
    pub fn status_words(&self) -> Option<(&str, &Evidence)> {
        self.summary().find_map(|(line, evidence)| Some((line.strip_prefix(Task::STATUS)?, evidence)))
    }

    /// What was done, a statement each, with the lines that prove it.
    pub fn progress(&self) -> impl Iterator<Item = (&str, &Evidence)> {
        self.summary().filter(|(line, _)| !line.starts_with(Task::STATUS))
    }

    /// Writes the summary: in which words the status is told, if in any, and what was done.
    pub fn summarize(
        &mut self,
        status: Option<(String, Evidence)>,
        progress: impl IntoIterator<Item = (String, Evidence)>,
    ) {
        let status = status.map(|(words, evidence)| (format!("{}{words}", Task::STATUS), evidence));
        let told: Vec<(String, Evidence)> = status.into_iter().chain(progress).collect();
        let of_each_line =
            |(text, evidence): &(String, Evidence)| vec![evidence.clone(); text.split('\n').count()];
        let is_proven = told.iter().any(|(_, evidence)| !evidence.is_empty());
        self.progress_evidence = told.iter().filter(|_| is_proven).flat_map(of_each_line).collect();
        self.progress_summary = told.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join("\n");
    }

    /// The lines of the summary that say something, each with those of the transcript that prove it.
    fn summary(&self) -> impl Iterator<Item = (&str, &Evidence)> {
        let lines = self.progress_summary.split('\n');
        let is_known = self.progress_evidence.len() == lines.clone().count();
        let evidence =
            self.progress_evidence.iter().filter(move |_| is_known).chain(std::iter::repeat(&NOWHERE));
        lines.zip(evidence).filter(|(line, _)| !line.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(summary: &str, evidence: &[Evidence]) -> Task {
        Task { progress_summary: summary.to_owned(), progress_evidence: evidence.to_vec(), ..Task::default() }
    }

    #[track_caller]
    fn check(task: &Task, status: Option<(&str, &[u32])>, progress: &[(&str, &[u32])]) {
        let plain = |(text, lines): (&str, &Evidence)| (text.to_owned(), lines.clone());
        let owned = |(text, lines): (&str, &[u32])| (text.to_owned(), lines.to_vec());
        assert_eq!(task.status_words().map(plain), status.map(owned));
        assert_eq!(
            task.progress().map(plain).collect::<Vec<_>>(),
            progress.iter().copied().map(owned).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_summary_is_taken_apart() {
        check(&task("", &[]), None, &[]);
        check(&task("a\n\nb", &[]), None, &[("a", &[]), ("b", &[])]);
        check(&task("Status: stuck\na", &[vec![1], vec![2, 3]]), Some(("stuck", &[1])), &[("a", &[2, 3])]);
        check(&task("a\nb", &[vec![1]]), None, &[("a", &[]), ("b", &[])]);
    }

    #[test]
    fn a_summary_is_written() {
        let mut written = task("", &[]);
        let proven = |text: &str, lines: &[u32]| (text.to_owned(), lines.to_vec());
        written.summarize(Some(proven("stuck", &[9])), [proven("a\nb", &[1, 2]), proven("c", &[])]);
        assert_eq!(written, task("Status: stuck\na\nb\nc", &[vec![9], vec![1, 2], vec![1, 2], vec![]]));
        written.summarize(None, [proven("c", &[])]);
        assert_eq!(written, task("c", &[]));
        written.summarize(None, []);
        assert_eq!(written, task("", &[]));
    }
}
