//! The figures as people read them: one table, on the terminal and as Markdown, with every goal and whether it was
//! met.

use std::fmt::Write as _;

use crate::figures::Spread;
use crate::machine::Machine;

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    /// `None` if it could not be measured; `note` says why.
    pub(crate) figure: Option<Spread>,
    pub(crate) goal: Option<Goal>,
    pub(crate) note: &'static str,
}

/// What a figure must not exceed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    pub(crate) at_most: f64,
    /// What would be better still.
    pub(crate) stretch: Option<f64>,
}

impl Row {
    pub(crate) fn new(what: impl Into<String>, unit: &'static str, rounds: &[f64]) -> Self {
        Self { what: what.into(), unit, figure: Spread::of(rounds), goal: None, note: "" }
    }

    pub(crate) fn goal(self, at_most: f64) -> Self {
        Self { goal: Some(Goal { at_most, stretch: None }), ..self }
    }

    pub(crate) fn stretch(mut self, stretch: f64) -> Self {
        if let Some(goal) = &mut self.goal {
            goal.stretch = Some(stretch);
        }
        self
    }

    pub(crate) fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    /// Judged by the median, and counts by the worst round, because a lost packet is not excused by a good round.
    pub(crate) fn verdict(&self) -> &'static str {
        let Some(goal) = self.goal else { return "" };
        let Some(figure) = self.figure else { return "not measured" };
        let judged = if self.unit == COUNT { figure.max } else { figure.median };
        match goal.stretch {
            Some(stretch) if judged <= stretch => "met, stretch too",
            _ if judged <= goal.at_most => "met",
            _ => "MISSED",
        }
    }

    fn cells(&self) -> [String; 7] {
        let number = |value: f64| {
            let decimals = match () {
                () if self.unit == COUNT => 0,
                () if value.abs() >= 1_000.0 => 0,
                () if value.abs() >= 100.0 => 1,
                () => 2,
            };
            format!("{value:.decimals$}")
        };
        let [median, min, max] = match self.figure {
            Some(figure) => [figure.median, figure.min, figure.max].map(number),
            None => ["–"; 3].map(str::to_owned),
        };
        let goal = self.goal.map_or_else(String::new, |goal| {
            let stretch = goal.stretch.map_or_else(String::new, |stretch| format!(" (stretch {stretch})"));
            format!("≤ {}{stretch}", goal.at_most)
        });
        let verdict = self.verdict();
        let remark =
            [verdict, self.note].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
        [self.what.clone(), self.unit.to_owned(), median, min, max, goal, remark]
    }
}

/// The unit of figures that are judged by their worst round.
pub(crate) const COUNT: &str = "packets";

const HEADINGS: [&str; 7] = ["what", "unit", "median", "min", "max", "goal", "verdict"];

/// A titled part of the table.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<Row>,
}

/// Everything that one run found.
#[derive(Debug)]
pub(crate) struct Report {
    /// What was measured, for the heading.
    pub(crate) title: &'static str,
    pub(crate) machine: Machine,
    pub(crate) date: String,
    pub(crate) time: String,
    pub(crate) command: String,
    pub(crate) revision: String,
    pub(crate) load: [String; 2],
    pub(crate) rounds: usize,
    pub(crate) duration_s: u64,
    /// Whole sentences that a reader needs beside the table.
    pub(crate) remark: String,
    pub(crate) sections: Vec<Section>,
}

impl Report {
    /// How many goals were missed.
    pub(crate) fn missed(&self) -> usize {
        self.sections.iter().flat_map(|section| &section.rows).filter(|row| row.verdict() == "MISSED").count()
    }

    /// For a terminal: columns of equal width.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        let cells = self.sections.iter().flat_map(|section| section.rows.iter().map(Row::cells));
        let mut widths = HEADINGS.map(|heading| heading.chars().count());
        for row in cells {
            for (width, cell) in widths.iter_mut().zip(&row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for section in &self.sections {
            let _ = writeln!(out, "\n{}", section.title);
            for row in std::iter::once(HEADINGS.map(str::to_owned)).chain(section.rows.iter().map(Row::cells))
            {
                let line = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
                let _ = writeln!(out, "  {}", line.collect::<Vec<_>>().join("  ").trim_end());
            }
        }
        let _ = writeln!(out, "\n{}", self.summary());
        out
    }

    /// For `bench/results/`.
    pub(crate) fn markdown(&self) -> String {
        let Self { title, machine, date, time, command, revision, load, rounds, duration_s, remark, .. } =
            self;
        let mut out = format!("# {title}, {date}, {}\n\n", machine.cpu);
        let _ = writeln!(
            out,
            "{} on {date} at {time} UTC in {duration_s} s. {}, {} cores, {:.0} GB, Linux {}. Load average before \
             {}, after {}. Revision {revision}; release build. {remark} What the figures mean is \
             in [../README.md](../README.md).\n\n```\n{command}\n```",
            rounds_in_words(*rounds),
            machine.cpu,
            machine.cores,
            machine.memory_gb,
            machine.kernel,
            load[0],
            load[1],
        );
        for section in &self.sections {
            let _ = writeln!(out, "\n## {}\n", section.title);
            let _ = writeln!(out, "| {} |", HEADINGS.join(" | "));
            let _ = writeln!(out, "|---|---|---:|---:|---:|---|---|");
            for row in &section.rows {
                let _ = writeln!(out, "| {} |", row.cells().join(" | "));
            }
        }
        let _ = writeln!(out, "\n{}", self.summary());
        out
    }

    fn summary(&self) -> String {
        match self.missed() {
            0 => "Every goal that was measured is met.".to_owned(),
            1 => "1 goal is MISSED.".to_owned(),
            missed => format!("{missed} goals are MISSED."),
        }
    }
}

fn rounds_in_words(rounds: usize) -> String {
    format!("{rounds} interleaved round{}", if rounds == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_judged_by_the_median_and_a_count_by_its_worst_round() {
        let ratio = Row::new("ratio", "×", &[1.0, 1.2, 9.0]).goal(1.5).stretch(1.25);
        assert_eq!(ratio.verdict(), "met, stretch too");
        assert_eq!(Row::new("ratio", "×", &[1.0, 1.4, 9.0]).goal(1.5).stretch(1.25).verdict(), "met");
        assert_eq!(Row::new("ratio", "×", &[1.6]).goal(1.5).verdict(), "MISSED");
        assert_eq!(Row::new("lost", COUNT, &[0.0, 0.0, 1.0]).goal(0.0).verdict(), "MISSED");
        assert_eq!(Row::new("size", "KB", &[]).goal(40.0).verdict(), "not measured");
    }
}
