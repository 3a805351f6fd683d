//! Memory and descriptors over time, as a small SVG that needs nothing but itself.

use std::fmt::Write as _;

use super::watch::Sample;

const WIDTH: f64 = 720.0;
/// Of one of the panels.
const HEIGHT: f64 = 120.0;
const LEFT: f64 = 60.0;
const GAP: f64 = 34.0;

/// Its title, its colour, and what it shows.
type Panel = (&'static str, &'static str, fn(&Sample) -> f64);

/// One panel for each of calls, memory and descriptors; time to the right.
pub(super) fn draw(samples: &[Sample]) -> String {
    let panels: [Panel; 3] = [
        ("calls at a time", "#2f7d4f", |sample| sample.calls as f64),
        ("memory of its own, MB", "#1f5fa8", |sample| sample.memory),
        ("open descriptors", "#a8521f", |sample| sample.descriptors as f64),
    ];
    let (width, height) = (LEFT + WIDTH + 20.0, (HEIGHT + GAP) * panels.len() as f64 + 20.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    let end = samples.last().map_or(1.0, |sample| sample.at).max(1.0);
    for (at, (title, colour, value)) in panels.into_iter().enumerate() {
        let top = GAP - 10.0 + (HEIGHT + GAP) * at as f64;
        panel(&mut out, top, title, colour, samples.iter().map(|sample| (sample.at / end, value(sample))));
    }
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"{y}\" fill=\"#555\">0</text><text x=\"{right}\" y=\"{y}\" fill=\"#555\" \
         text-anchor=\"end\">{minutes:.0} min</text>\n</svg>",
        y = height - 14.0,
        right = LEFT + WIDTH,
        minutes = end / 60.0,
    );
    out
}

/// `points`: from 0 to 1 over time, and the value. The axis begins at zero, so that flat looks flat.
fn panel(
    out: &mut String,
    top: f64,
    title: &str,
    colour: &str,
    points: impl Iterator<Item = (f64, f64)> + Clone,
) {
    let most = points.clone().map(|(_, value)| value).fold(1.0, f64::max);
    let line: Vec<_> = points
        .map(|(x, value)| format!("{:.1},{:.1}", LEFT + x * WIDTH, top + HEIGHT - value / most * HEIGHT))
        .collect();
    let bottom = top + HEIGHT;
    let _ = writeln!(
        out,
        "<text x=\"{LEFT}\" y=\"{title_y}\" fill=\"#222\">{title}</text>\n\
         <path d=\"M{LEFT},{top}V{bottom}H{right}\" fill=\"none\" stroke=\"#999\"/>\n\
         <text x=\"{label_x}\" y=\"{label_y}\" text-anchor=\"end\" fill=\"#555\">{most:.0}</text>\n\
         <text x=\"{label_x}\" y=\"{bottom}\" text-anchor=\"end\" fill=\"#555\">0</text>\n\
         <polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
        line.join(" "),
        title_y = top - 6.0,
        right = LEFT + WIDTH,
        label_x = LEFT - 6.0,
        label_y = top + 9.0,
    );
}
