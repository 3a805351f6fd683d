//! What was found: a line for each check, at once for people, all together for programs.

use serde::Serialize;
use std::io::{IsTerminal, stdout};

use crate::error::CommandError;
use crate::output::{self, Output};

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// As it should be.
    Green,
    /// It could not be checked.
    Yellow,
    /// Something has to be done.
    Red,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) verdict: Verdict,
    /// What was found.
    pub(super) finding: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn green(check: &'static str, finding: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Green, finding: finding.into(), advice: None }
    }

    pub(super) fn red(check: &'static str, finding: impl Into<String>, advice: impl Into<String>) -> Self {
        let advice = Some(advice.into());
        Self { check, verdict: Verdict::Red, finding: finding.into(), advice }
    }

    /// It could not be checked: why, and what would make it possible.
    pub(super) fn unknown(check: &'static str, why: impl Into<String>, advice: impl Into<String>) -> Self {
        let advice = Some(advice.into());
        Self { check, verdict: Verdict::Yellow, finding: why.into(), advice }
    }
}

/// All lines so far.
pub(super) struct Report {
    output: Output,
    is_coloured: bool,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Answer<'a> {
    ok: bool,
    checks: &'a [Finding],
}

impl Report {
    pub(super) fn new(output: Output) -> Self {
        let is_coloured = stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { output, is_coloured, findings: Vec::new() }
    }

    /// A line, which people see at once: the calls take seconds.
    pub(super) fn add(&mut self, finding: Finding) -> Result<(), CommandError> {
        if self.output == Output::Text {
            for line in lines(&finding, self.is_coloured) {
                output::line(&line)?;
            }
        }
        self.findings.push(finding);
        Ok(())
    }

    pub(super) fn add_all(&mut self, findings: Vec<Finding>) -> Result<(), CommandError> {
        findings.into_iter().try_for_each(|finding| self.add(finding))
    }

    /// Says how it is as a whole.
    pub(super) fn close(self) -> Result<(), CommandError> {
        let count = |verdict| self.findings.iter().filter(|finding| finding.verdict == verdict).count();
        let red = count(Verdict::Red);
        let sum = format!("{} green, {red} red, {} yellow", count(Verdict::Green), count(Verdict::Yellow));
        self.output.answer(&Answer { ok: red == 0, checks: &self.findings }, &[sum])?;
        if red == 0 { Ok(()) } else { Err(CommandError::Unwell(red)) }
    }
}

fn lines(finding: &Finding, is_coloured: bool) -> Vec<String> {
    let (word, colour) = match finding.verdict {
        Verdict::Green => ("green ", 32),
        Verdict::Yellow => ("yellow", 33),
        Verdict::Red => ("red   ", 31),
    };
    let word = if is_coloured { format!("\x1b[{colour}m{word}\x1b[0m") } else { word.to_owned() };
    let mut lines = vec![format!("{word}  {:<15}  {}", finding.check, finding.finding)];
    lines.extend(finding.advice.iter().map(|advice| format!("{:25}→ {advice}", "")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_verdict_check_and_finding_and_below_it_what_to_do() {
        let finding = Finding::red("ports", "it is taken", "free it");
        let expected = ["red     ports            it is taken", "                         → free it"];
        assert_eq!(lines(&finding, false), expected);
        assert!(lines(&finding, true)[0].starts_with("\x1b[31mred   \x1b[0m"));
        assert_eq!(lines(&Finding::green("clock", "right"), false).len(), 1);
    }
}
