"""How a report's page looks."""

STYLE = """
:root {
  --ink: #212529;
  --soft: #5c6670;
  --line: #e3e6ea;
  --good: #00795a;
  --bad: #c2410c;
  --open: #8a6100;
  --blue: #0072b2;
}
* {box-sizing: border-box}
body {
  font: 15px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;
  color: var(--ink);
  margin: 0 auto;
  max-width: 1080px;
  padding: 2.5rem 1.5rem 4rem;
  background: #fff;
}
h1 {font-size: 1.75rem; line-height: 1.25; margin: 0 0 .4rem; letter-spacing: -.01em; overflow-wrap: anywhere}
h2 {font-size: 1.15rem; margin: 2.8rem 0 .7rem; padding-top: .9rem; border-top: 1px solid var(--line)}
h3 {font-size: .95rem; margin: 1.2rem 0 .4rem}
nav {font-size: .85rem; margin: 1.4rem 0 0}
nav a {margin-right: 1rem; color: var(--blue); text-decoration: none}
dl.facts {display: flex; flex-wrap: wrap; gap: .2rem 1.8rem; margin: 0; color: var(--soft); font-size: .9rem}
dl.facts div {display: flex; gap: .45rem}
dl.facts dd {margin: 0; color: var(--ink); overflow-wrap: anywhere}
.verdict {
  margin: 1.6rem 0 0;
  border: 1px solid var(--line);
  border-left: 5px solid var(--tone);
  border-radius: 8px;
  display: grid;
  grid-template-columns: minmax(0,1.15fr) minmax(0,1fr);
  gap: 2rem;
  padding: 1.2rem 1.5rem;
}
.verdict.good {--tone: var(--good)}
.verdict.bad {--tone: var(--bad)}
.verdict.open {--tone: var(--open)}
.word {font-size: 1.5rem; font-weight: 650; color: var(--tone); line-height: 1.2}
.verdict p {margin: .3rem 0 .6rem; color: var(--soft)}
.verdict ul {margin: 0; padding-left: 1.1rem}
.verdict li {margin: .25rem 0}
.lead {
  display: grid;
  grid-template-columns: max-content 1fr;
  gap: .75rem 1rem;
  align-items: center;
  align-self: center;
}
.lead b {font-variant-numeric: tabular-nums; font-size: 1.15rem}
.lead small {display: block; color: var(--soft)}
.lead .bar {height: 22px}
.axis {grid-column: 2; display: flex; justify-content: space-between; font-size: .75rem; color: var(--soft)}
.bar {
  position: relative;
  height: 16px;
  min-width: 120px;
  background: linear-gradient(#f1f3f5,#f1f3f5) center/100% 4px no-repeat;
}
.bar i {position: absolute; top: 0; bottom: 0}
.bar .range {background: var(--blue); opacity: .38; margin: auto 0; height: 6px; border-radius: 3px}
.bar .dot {width: 9px; height: 9px; margin: auto 0 auto -4.5px; border-radius: 50%; background: var(--blue)}
.bar .chance {width: 0; border-left: 2px dashed #d55e00; margin-left: -1px}
.bar.grey i:not(.chance) {background: #868e96}
.bar .asked {width: 0; border-left: 2px dotted #495057; margin-left: -1px}
table {border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; margin: .4rem 0 1rem}
th {font-weight: 600; text-align: left; color: var(--soft); font-size: .8rem}
th,td {padding: .28rem .9rem .28rem 0; vertical-align: middle}
td {border-top: 1px solid var(--line); overflow-wrap: anywhere}
small {color: var(--soft)}
table.scores td:nth-child(3) {width: 150px}
.columns {display: grid; grid-template-columns: minmax(0,1fr) minmax(0,1fr); gap: 0 3rem; align-items: start}
.columns .tall, .columns h3, .columns .note {grid-column: 1 / -1}
.columns .columns > table {align-self: start}
.columns table {width: 100%; table-layout: fixed}
.columns th:nth-child(2) {width: 10.4rem}
.columns th:nth-child(3) {width: 8rem}
.columns th:nth-child(4) {width: 3rem}
.wide {overflow-x: auto}
.matrix td,.matrix th {padding: 0; text-align: center; border: 1px solid #fff; min-width: 27px; height: 25px}
.matrix tbody th {text-align: right; padding-right: .5rem; white-space: nowrap}
.matrix td {background: #f8f9fa; font-size: .8rem}
.matrix thead th {vertical-align: bottom}
.matrix thead span {writing-mode: vertical-rl; transform: rotate(180deg); padding: .3rem 0; white-space: nowrap}
.matrix .corner {font-weight: 400; white-space: nowrap; padding-right: .6rem}
.matrix .sum {background: none; color: var(--soft); padding-left: .5rem}
svg.plot {width: 100%; height: auto; max-width: 940px}
.shown {display: grid; grid-template-columns: repeat(auto-fill,minmax(215px,1fr)); gap: 14px}
figure {margin: 0; border: 1px solid var(--line); border-radius: 7px; overflow: hidden; break-inside: avoid}
.picture {position: relative; background: #f1f3f5}
.picture img {display: block; width: 100%}
.picture.none {padding: 3rem; color: #868e96; text-align: center}
.crisp {image-rendering: pixelated}
.picture svg {position: absolute; inset: 0; width: 100%; height: 100%}
.picture polyline,.picture circle {fill: none; stroke-width: 1.7; vector-effect: non-scaling-stroke}
.truth {stroke: #009e73}
.given {stroke: #cc2b8a; stroke-dasharray: 5 4}
figcaption {padding: .5rem .7rem .6rem; font-size: .85rem; overflow-wrap: anywhere}
.q {color: var(--soft)}
.a {display: flex; gap: .5rem}
.a span {color: var(--soft); flex: 0 0 4.6rem}
.a b {white-space: pre-line}
.long b {font-size: .72rem; font-weight: 500; line-height: 1.45}
.a.good b, b.good {color: var(--good)}
.a.bad b, b.bad {color: var(--bad)}
.id {color: #868e96; font-size: .75rem; margin-top: .25rem}
.note {color: var(--soft); font-size: .85rem}
pre {
  background: #f8f9fa;
  border: 1px solid var(--line);
  border-radius: 7px;
  padding: .8rem 1rem;
  font-size: .82rem;
  overflow-x: auto;
  line-height: 1.5;
}
code {font-size: .85em}
summary {cursor: pointer; color: var(--blue); font-size: .9rem}
img.sheet {width: 100%; border: 1px solid var(--line); border-radius: 7px}
.key {
  display: inline-block;
  width: 1.6rem;
  height: 0;
  border-top: 2.5px solid;
  vertical-align: middle;
  margin-right: .3rem;
}
@media (max-width:760px) {
  .verdict {grid-template-columns: 1fr}
  .columns {grid-template-columns: minmax(0,1fr)}
}
@media print {
  body {max-width: none; padding: 0}
  nav {display: none}
}
"""
