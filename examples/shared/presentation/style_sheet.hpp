// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace presentation {

/// The style sheet of the report. --c0 to --c7 are the colours of the curves; both schemes keep a contrast of 3 to 1.
inline constexpr const char* style_sheet = R"css(
:root { color-scheme: light dark;
  --paper: #fbfbf9; --card: #ffffff; --ink: #1c1f24; --soft: #5c6470; --line: #dfe2e6; --mark: #eef3fb;
  --good: #12804a; --goodfill: #e6f5ec; --bad: #9aa1ab;
  --c0: #7d8590; --c1: #0b62b8; --c2: #c2410c; --c3: #0a7f5a; --c4: #a02b93; --c5: #8a6100; --c6: #c01f45; --c7: #5b3fc4; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14161a; --card: #1c1f25; --ink: #e8eaee; --soft: #a3abb7; --line: #353a43; --mark: #232c3b;
  --good: #5fd39a; --goodfill: #173226; --bad: #6d7580;
  --c0: #9aa3af; --c1: #6cb2ff; --c2: #ff9a62; --c3: #4fd0a0; --c4: #ea8ade; --c5: #e0b548; --c6: #ff7d97; --c7: #b0a0ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans KR", "Noto Sans CJK KR", "Malgun Gothic",
    "Apple SD Gothic Neo", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 2.5rem 1.25rem 3rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 2.8rem 0 .3rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 .6rem; }
p { margin: .3rem 0 .9rem; max-width: 75ch; }
.soft { color: var(--soft); }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.4rem 0 0; padding: 0; list-style: none; }
.tiles li { flex: 1 1 11rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--soft); font-size: .85rem; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .42rem .8rem; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { font-weight: 600; font-size: .88rem; color: var(--soft); }
thead tr:last-child th { border-bottom: 1px solid var(--line); }
thead th[colspan] { text-align: center; border-bottom: 1px solid var(--line); }
tbody tr + tr td { border-top: 1px solid var(--line); }
tbody tr.first { background: var(--mark); }
td small { color: var(--soft); display: block; white-space: normal; }
td.best { font-weight: 700; }
td.left, th.left { text-align: left; white-space: normal; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem .6rem; }
figcaption { font-weight: 600; font-size: .95rem; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12px; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg polyline { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 0 0 .8rem; padding: 0; list-style: none; font-size: .9rem; }
.legend i { display: inline-block; width: 1.5rem; height: 0; border-top: 3px solid; margin-right: .45rem; vertical-align: middle; }
.lists { display: grid; gap: 1rem; }
.list { display: grid; grid-template-columns: 9.5rem 1fr; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; overflow: hidden; }
.query { background: var(--mark); padding: .9rem; display: flex; flex-direction: column; gap: .3rem; }
.query b { line-height: 1.3; }
.query small, .entries small { color: var(--soft); font-size: .78rem; line-height: 1.35; }
.query .picture { width: 5.5rem; }
.picture { display: block; object-fit: contain; aspect-ratio: 1; max-width: 100%; }
.entries { list-style: none; margin: 0; padding: .9rem; display: grid; gap: .55rem;
  grid-template-columns: repeat(5, 1fr); }
.entries li { border: 1px solid var(--line); border-radius: 8px; padding: .45rem .55rem; display: flex;
  flex-direction: column; gap: .1rem; line-height: 1.35; overflow-wrap: anywhere; }
.entries li.right { border-color: var(--good); background: var(--goodfill); }
.entries .place { display: flex; justify-content: space-between; font-size: .78rem; color: var(--soft);
  font-variant-numeric: tabular-nums; }
.entries .right .place span:last-child { color: var(--good); font-weight: 700; }
.entries .picture { width: 3.6rem; margin: .15rem auto .25rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: .6rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
@media (max-width: 60rem) { .entries { grid-template-columns: repeat(auto-fill, minmax(8.4rem, 1fr)); } }
@media (max-width: 40rem) { td small { display: none; } .list { grid-template-columns: 1fr; } .query { flex-direction: row; flex-wrap: wrap; align-items: center; } }
@media print { body { background: none; } .list, figure, tr { break-inside: avoid; } }
)css";

}  // namespace presentation
