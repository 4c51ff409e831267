//! The figures as a bar chart.

use std::fmt::Write as _;

/// What an upload cost.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    /// In MiB/s.
    pub(crate) rate: f64,
    /// CPU time of the uploader, relative to two passes of SHA-1 over the file.
    pub(crate) cpu: f64,
    /// Peak memory of the uploader, in MiB.
    pub(crate) peak: f64,
}

const WIDTH: f64 = 760.0;
const ROW: usize = 44;
/// Where bars begin, and how wide the widest is.
const LEFT: f64 = 210.0;
const LONGEST: f64 = 260.0;

/// Draws a bar for each figure, as long as its rate.
pub(crate) fn draw_chart(gib: u64, figures: &[Figure]) -> String {
    let height = 64 + figures.len() * ROW;
    let most = figures.iter().map(|figure| figure.rate).fold(1.0, f64::max);
    let mut chart = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Throughput of uploads">
<style>
text {{ font: 14px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2933; }}
.title {{ font-weight: 600; font-size: 15px; }}
.more {{ fill: #52606d; }}
rect {{ fill: #0061d5; }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: #e4e7eb; }}
  .more {{ fill: #9aa5b1; }}
  rect {{ fill: #4d9bff; }}
}}
</style>
<text class="title" x="16" y="28">Uploading {gib} GiB to the emulator over loopback: throughput, CPU time, peak memory</text>
"#
    );
    for (index, figure) in figures.iter().enumerate() {
        let Figure { name, rate, cpu, peak } = figure;
        let top = 52 + index * ROW;
        let text = top + 19;
        let length = rate / most * LONGEST;
        let right = LEFT + length + 10.0;
        // Writing to a string does not fail.
        let _ = writeln!(
            chart,
            r#"<text x="16" y="{text}">{name}</text>
<rect x="{LEFT}" y="{top}" width="{length:.0}" height="28" rx="4"/>
<text x="{right:.0}" y="{text}">{rate:.0} MiB/s <tspan class="more">{cpu:.2} × SHA-1, {peak:.0} MiB</tspan></text>"#
        );
    }
    chart + "</svg>\n"
}
