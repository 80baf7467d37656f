//! Colours and layout. The palette follows M. Okabe and K. Ito, "Color Universal Design" (2008),
//! darkened or lightened until every pair keeps its contrast; shapes and patterns repeat what
//! colours say.

use std::fmt::Write as _;

/// A named colour in the light and the dark scheme, as `#rrggbb`.
#[derive(Clone, Copy, Debug)]
pub struct Color {
    /// Name; `--name` in CSS.
    pub name: &'static str,
    /// Light scheme.
    pub light: &'static str,
    /// Dark scheme.
    pub dark: &'static str,
}

const fn color(name: &'static str, light: &'static str, dark: &'static str) -> Color {
    Color { name, light, dark }
}

/// Every colour of the report. `h0` to `h5` are the steps of the heat map, `t0` to `t5` the text on
/// them.
pub const PALETTE: &[Color] = &[
    color("page", "#ffffff", "#15181b"),
    color("card", "#f5f7f9", "#1e2327"),
    color("text", "#1b1f23", "#e9ecef"),
    color("muted", "#545c64", "#aab3bb"),
    color("line", "#c9d0d6", "#3d454c"),
    color("link", "#005a8c", "#7cc4f0"),
    color("target", "#0072b2", "#56b4e9"),
    color("own", "#b84a00", "#f0a030"),
    color("have", "#00795c", "#35c9a0"),
    color("partial", "#9a6200", "#f0c04a"),
    color("missing", "#a0437c", "#e593c4"),
    color("h0", "#ffffff", "#15181b"),
    color("h1", "#dcebf5", "#1b3444"),
    color("h2", "#b3d3e9", "#1f4c68"),
    color("h3", "#7fb5da", "#2a6b94"),
    color("h4", "#1f6ea8", "#7cc0ea"),
    color("h5", "#0b4470", "#bfe2f8"),
    color("t0", "#1b1f23", "#e9ecef"),
    color("t1", "#1b1f23", "#ffffff"),
    color("t2", "#1b1f23", "#ffffff"),
    color("t3", "#10151a", "#ffffff"),
    color("t4", "#ffffff", "#10151a"),
    color("t5", "#ffffff", "#10151a"),
];

/// Contrast ratio of two colours (WCAG 2.2), 1–21; 0 when one is no `#rrggbb`.
#[must_use]
pub fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |color: &str| -> Option<f64> {
        let digits = color.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii())?;
        let part = |at: usize| -> Option<f64> {
            let value = f64::from(u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?) / 255.0;
            Some(if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
        };
        Some(0.2126 * part(0)? + 0.7152 * part(2)? + 0.0722 * part(4)?)
    };
    match (luminance(a), luminance(b)) {
        (Some(a), Some(b)) => (a.max(b) + 0.05) / (a.min(b) + 0.05),
        _ => 0.0,
    }
}

/// The style sheet.
pub(super) fn css() -> String {
    let mut light = String::new();
    let mut dark = String::new();
    for color in PALETTE {
        let _ = write!(light, "--{}:{};", color.name, color.light);
        let _ = write!(dark, "--{}:{};", color.name, color.dark);
    }
    let mut css = format!(":root{{color-scheme:light dark;{light}}}\n");
    let _ = writeln!(css, "@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}");
    for step in 0..6 {
        let _ = writeln!(css, ".h{step}{{background-color:var(--h{step});color:var(--t{step})}}");
    }
    css.push_str(LAYOUT);
    css
}

const LAYOUT: &str = "*{box-sizing:border-box}
html{font:100%/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;scroll-padding-top:1rem}
body{margin:0 auto;max-width:62rem;padding:1rem clamp(1rem,4vw,2.5rem) 3rem;background:var(--page);color:var(--text);overflow-wrap:break-word}
h1{font-size:clamp(1.5rem,1.1rem + 2vw,2.2rem);line-height:1.2;margin:1rem 0 .5rem;text-wrap:balance}
h2{font-size:1.35rem;line-height:1.25;margin:0 0 .75rem}
h3{font-size:1.05rem;margin:1.5rem 0 .4rem}
h4{font-size:1rem;margin:.5rem 0 .25rem}
p,ul,ol{margin:.5rem 0 .75rem;max-width:46rem}
li{margin:.2rem 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--target);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static;display:inline-block;padding:.4rem .8rem}
.defs{position:absolute}
main>section{border-top:1px solid var(--line);margin-top:2.25rem;padding-top:1.5rem}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;max-width:none}
nav li{margin:0}
nav a{display:inline-block;padding:.25rem 0}
.small,footer,figcaption,caption{color:var(--muted);font-size:.875rem}
footer{border-top:1px solid var(--line);margin-top:2.5rem;padding-top:.5rem}
figure{margin:1rem 0}
figcaption{margin-bottom:.75rem;max-width:46rem}
.row{display:grid;grid-template-columns:minmax(9rem,15rem) minmax(0,1fr) 8.5rem;gap:0 1rem;align-items:center}
.row .label{overflow-wrap:anywhere;line-height:1.25}
.row:not(.axis):hover{background:var(--card)}
.axis .label{color:var(--muted);font-size:.8rem}
.axis .strip{height:18px}
.strip{display:block;width:100%;height:28px;overflow:visible}
.strip text{fill:var(--muted);font-size:.75rem}
.status{font-size:.875rem;display:flex;align-items:center;gap:.4rem;white-space:nowrap}
.mark{width:14px;height:14px;flex:none}
.grid{stroke:var(--line);stroke-width:1}
.between{stroke:var(--muted);stroke-width:3;opacity:.45}
.w-target{stroke:var(--target);stroke-width:1.5}
.w-own{stroke:var(--own);stroke-width:1.5}
.f-target{fill:var(--target)}.f-own{fill:var(--own)}.f-have{fill:var(--have)}.f-partial{fill:var(--partial)}.f-missing{fill:var(--missing)}.f-page{fill:var(--page)}
.o-own{fill:var(--page);stroke:var(--own);stroke-width:2.5}
.o-target{fill:var(--page);stroke:var(--target);stroke-width:2.5}
.o-have{fill:none;stroke:var(--have);stroke-width:2}.o-partial{fill:none;stroke:var(--partial);stroke-width:2}.o-missing{fill:none;stroke:var(--missing);stroke-width:2}
.b-have{fill:var(--have)}.b-partial{fill:url(#hatch);stroke:var(--partial)}.b-missing{fill:url(#dots);stroke:var(--missing)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.25rem;list-style:none;padding:0;margin:.25rem 0 .75rem;font-size:.875rem;max-width:none}
.legend li{display:flex;align-items:center;gap:.4rem}
.swatch{width:22px;height:14px;flex:none}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;min-width:min(100%,22rem)}
caption{text-align:left;padding:.25rem 0}
th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th{font-weight:600}
td:not(.t){white-space:nowrap}
th[scope=row]{font-weight:400}
th:first-child{text-align:left;min-width:8.5rem;padding-left:0}
th.t,td.t{text-align:left;min-width:11rem}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--link);padding:.25rem 0;font-size:.875rem}
.heat table{width:100%;table-layout:fixed;min-width:18rem}
.heat th:first-child{width:34%;min-width:0;padding-right:.4rem;overflow-wrap:anywhere;hyphens:auto}
.heat td,.heat thead th{text-align:center;padding:.3rem .1rem}
.heat td{border:1px solid var(--page);vertical-align:middle}
.heat thead th:first-child{text-align:left}
.scroll+.scroll{margin-top:1.5rem}
.heat .now{outline:2px solid var(--own);outline-offset:-2px}
.heat .goal{outline:2px solid var(--target);outline-offset:-2px}
.thin{background-image:repeating-linear-gradient(45deg,transparent 0 5px,var(--line) 5px 6.5px);color:var(--text)}
.graph{display:block;width:100%;overflow:visible;margin:.5rem 0}
.graph text{fill:var(--text);font-size:.75rem;paint-order:stroke;stroke:var(--page);stroke-width:3px}
.graph .name{font-weight:600;stroke:none}
.edge{stroke:var(--muted);stroke-width:1.5}
.o-line{fill:var(--page);stroke:var(--muted);stroke-width:2}
blockquote{margin:.5rem 0 1rem;padding:.25rem 0 .25rem .9rem;border-left:4px solid var(--target);max-width:46rem}
blockquote footer{border:0;margin:.2rem 0 0;padding:0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.5rem 1rem .75rem}
.card h3{margin-top:.5rem}
.todo{list-style:none;padding:0}
.todo li{display:flex;gap:.55rem;align-items:flex-start}
.todo .mark{margin-top:.35rem}
.warn{border-left:4px solid var(--own);background:var(--card);padding:.5rem 1rem}
.days{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:0 1.5rem}
.days ul{padding-left:1.1rem}
.plot{display:block;width:100%;height:170px;overflow:visible}
.plot text{fill:var(--muted);font-size:.75rem}
.l-target{stroke:var(--target);stroke-width:2.5}.l-own{stroke:var(--own);stroke-width:2.5;stroke-dasharray:6 4}
@media (max-width:40rem){.row{grid-template-columns:minmax(0,1fr) auto;gap:0 .75rem;padding:.35rem 0}.row .strip{grid-column:1/-1;grid-row:2}.axis .label{display:none}.axis .strip{grid-row:1}.stack thead{position:absolute;left:-99rem}.stack table,.stack tbody,.stack tr,.stack th,.stack td,.stack caption{display:block;width:100%}.stack tr{border-bottom:1px solid var(--line);padding:.4rem 0}.stack th,.stack td,.stack td.t{border:0;padding:.1rem 0;text-align:left;min-width:0;white-space:normal}.stack th[scope=row]{font-weight:600}.stack td::before{content:attr(data-label) ': ';color:var(--muted)}.stack td:empty{display:none}.heat th:first-child{width:40%;font-size:.8rem}.heat td,.heat thead th{font-size:.72rem;letter-spacing:-.02em}}
@media print{@page{size:A4;margin:16mm}html{font-size:10pt}body{max-width:none;padding:0}nav,.skip,summary{display:none}details::details-content{content-visibility:visible;height:auto}main>section{break-inside:auto;margin-top:1.2rem;padding-top:.8rem}h2,h3{break-after:avoid}.row,.card,blockquote,tr{break-inside:avoid}.b-partial{fill:none;stroke-width:3;stroke-dasharray:4 3}.b-missing{fill:none}.thin{background-image:none;outline:1px dashed var(--muted);outline-offset:-2px}.scroll{overflow:visible}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit;text-decoration:none}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
";
