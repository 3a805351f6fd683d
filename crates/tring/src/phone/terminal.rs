//! The view of a call on a terminal: redrawn in place, in one write, and only where something is different.

use std::io::{Write, stdout};

use crossterm::cursor::{Hide, MoveToColumn, MoveUp, Show};
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, disable_raw_mode, enable_raw_mode, size,
};

/// What a terminal that does not tell its size is taken for.
const SIZE: (u16, u16) = (80, 24);

/// A terminal in raw mode, without its cursor. Dropped, also by a panic, it is as it was.
pub(super) struct Terminal {
    drawn: Vec<String>,
    size: (u16, u16),
}

impl Terminal {
    pub(super) fn open() -> std::io::Result<Self> {
        enable_raw_mode()?;
        // From here on what is opened is closed, whatever fails.
        let terminal = Self { drawn: Vec::new(), size: size().unwrap_or(SIZE) };
        let mut out = stdout().lock();
        queue!(out, Hide)?;
        out.flush()?;
        Ok(terminal)
    }

    /// Columns and rows that a view may take. The last column stays free: terminals do not agree on where the cursor is
    /// after it.
    pub(super) fn size(&self) -> (usize, usize) {
        (usize::from(self.size.0).saturating_sub(1), usize::from(self.size.1))
    }

    /// The window has another size: what was drawn may have wrapped, so it is left where it is.
    pub(super) fn resized(&mut self) -> std::io::Result<()> {
        self.size = size().unwrap_or(SIZE);
        let drawn = std::mem::take(&mut self.drawn);
        if drawn.is_empty() { Ok(()) } else { write_over(0, &[], true) }
    }

    /// A line that stays, above the view.
    pub(super) fn say(&mut self, line: &str) -> std::io::Result<()> {
        let view = std::mem::take(&mut self.drawn);
        write_over(view.len(), &[line.to_owned()], true)?;
        self.draw(view)
    }

    /// The view from now on; nothing happens if it is the same.
    pub(super) fn draw(&mut self, view: Vec<String>) -> std::io::Result<()> {
        if view != self.drawn {
            write_over(self.drawn.len(), &view, false)?;
            self.drawn = view;
        }
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let mut out = stdout().lock();
        let end = if self.drawn.is_empty() { "" } else { "\r\n" };
        // Who cannot be written to needs no cursor.
        let _ = queue!(out, Print(end), Show);
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

/// Writes `lines` where the last `height` lines are; `ends`: what comes next is written below.
fn write_over(height: usize, lines: &[String], ends: bool) -> std::io::Result<()> {
    let mut frame = Vec::new();
    queue!(frame, BeginSynchronizedUpdate, MoveToColumn(0))?;
    if height > 1 {
        queue!(frame, MoveUp(u16::try_from(height - 1).unwrap_or(u16::MAX)))?;
    }
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            queue!(frame, Print("\r\n"))?;
        }
        queue!(frame, Print(line), Clear(ClearType::UntilNewLine))?;
    }
    if ends {
        queue!(frame, Print("\r\n"))?;
    }
    if ends || lines.len() < height {
        queue!(frame, Clear(ClearType::FromCursorDown))?;
    }
    queue!(frame, EndSynchronizedUpdate)?;
    let mut out = stdout().lock();
    out.write_all(&frame)?;
    out.flush()
}
