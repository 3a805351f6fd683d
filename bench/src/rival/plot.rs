//! The medians as bars with their least and greatest, as a small SVG that needs nothing but itself.

use std::fmt::Write as _;

use crate::figures::Spread;

/// Of the longest bar.
const WIDTH: f64 = 480.0;
const LEFT: f64 = 110.0;
/// For the figure behind a bar.
const RIGHT: f64 = 120.0;
const BAR: f64 = 18.0;
/// From one bar to the next.
const STEP: f64 = 26.0;
/// Below all, for the caption.
const FOOT: f64 = 36.0;
/// Above a panel, for its title.
const HEAD: f64 = 34.0;
const OURS: &str = "#1f5fa8";
const THEIRS: &str = "#9aa7b5";

/// A figure of which everybody has one.
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) bars: Vec<Bar>,
}

/// One server's.
pub(super) struct Bar {
    pub(super) name: &'static str,
    /// Tring's is drawn in a colour of its own.
    pub(super) ours: bool,
    pub(super) figure: Spread,
}

/// The panels below each other, and under them `caption`. Every axis begins at zero, so that half as long is half as much; what noise has made
/// less than nothing has no length.
pub(super) fn draw(panels: &[Panel], caption: &str) -> String {
    let height: f64 = panels.iter().map(|panel| HEAD + STEP * panel.bars.len() as f64).sum::<f64>() + FOOT;
    let width = LEFT + WIDTH + RIGHT;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    let mut top = 0.0;
    for panel in panels {
        draw_panel(&mut out, top, panel);
        top += HEAD + STEP * panel.bars.len() as f64;
    }
    // As with a panel.
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"{}\" fill=\"#666\" font-size=\"11\">{caption}</text>\n</svg>",
        top + FOOT - 12.0
    );
    out
}

fn draw_panel(out: &mut String, top: f64, panel: &Panel) {
    let most = panel.bars.iter().map(|bar| bar.figure.max).fold(f64::MIN_POSITIVE, f64::max);
    // Writing into a string cannot fail.
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"{}\" fill=\"#222\" font-weight=\"bold\">{}</text>",
        top + HEAD - 12.0,
        panel.title
    );
    for (at, bar) in panel.bars.iter().enumerate() {
        let y = top + HEAD + STEP * at as f64;
        let [min, median, max] =
            [bar.figure.min, bar.figure.median, bar.figure.max].map(|value| (value / most * WIDTH).max(0.0));
        let middle = y + BAR / 2.0;
        let _ = writeln!(
            out,
            "<text x=\"{label_x}\" y=\"{text_y}\" text-anchor=\"end\" fill=\"#222\">{name}</text>\n\
             <rect x=\"{LEFT}\" y=\"{y}\" width=\"{median:.1}\" height=\"{BAR}\" fill=\"{colour}\"/>\n\
             <path d=\"M{min_x:.1},{middle}H{max_x:.1}\" stroke=\"#222\"/>\n\
             <text x=\"{figure_x:.1}\" y=\"{text_y}\" fill=\"#222\">{figure}</text>",
            label_x = LEFT - 8.0,
            text_y = middle + 4.0,
            name = bar.name,
            colour = if bar.ours { OURS } else { THEIRS },
            min_x = LEFT + min,
            max_x = LEFT + max,
            figure_x = LEFT + max + 8.0,
            figure = number(bar.figure.median),
        );
    }
}

fn number(value: f64) -> String {
    let decimals = usize::from(value < 100.0);
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_of_half_the_figure_is_half_as_long() {
        let bar =
            |name, value| Bar { name, ours: false, figure: Spread { min: value, median: value, max: value } };
        let panel = Panel { title: "cost".to_owned(), bars: vec![bar("one", 20.0), bar("other", 40.0)] };
        let drawing = draw(&[panel], "today, here");
        let widths: Vec<_> = drawing
            .lines()
            .filter(|line| line.starts_with(&format!("<rect x=\"{LEFT}\"")))
            .filter_map(|line| line.split("width=\"").nth(1)?.split('"').next()?.parse::<f64>().ok())
            .collect();
        assert_eq!(widths, [WIDTH / 2.0, WIDTH]);
        assert!(drawing.contains(">20.0</text>") && drawing.contains(">other</text>"), "{drawing}");
        assert!(drawing.contains(">today, here</text>\n</svg>"), "{drawing}");
    }
}
