// Style and script of the report pages.
#pragma once

namespace ecg_lora::report {

inline constexpr char kPageStyle[] = R"(
:root{--ground:#fff;--panel:#f6f7f9;--ink:#1b1f24;--soft:#5a6472;--line:#d9dde3;--grid:#e6e9ee;
 --accent:#1f5fa8;--second:#b3541e;--warn-ground:#fff4d6;--warn:#6b4a00;--bad:#a3262a;
 --heat:31,95,168}
@media (prefers-color-scheme:dark){:root{--ground:#14171b;--panel:#1c2127;--ink:#e7eaee;
 --soft:#9aa5b4;--line:#343c46;--grid:#2a313a;--accent:#7fb2ec;--second:#eaa06c;
 --warn-ground:#3a2f12;--warn:#f3d58a;--bad:#f08d8f;--heat:127,178,236}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
 font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
 -webkit-text-size-adjust:100%}
main{max-width:1200px;margin:0 auto;padding:28px 24px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 6px;overflow-wrap:anywhere}
h2{font-size:19px;margin:44px 0 4px;padding-top:14px;border-top:1px solid var(--line)}
h3{font-size:15px;margin:22px 0 6px}
p{margin:6px 0}
.lead,.note,figcaption{color:var(--soft)}
.lead{max-width:80ch}
.note{font-size:13px;max-width:95ch}
.facts{color:var(--soft);margin:2px 0}
.facts b{color:var(--ink);font-weight:600}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin:14px 0 0;font-size:14px}
a{color:var(--accent)}
.banner{background:var(--warn-ground);color:var(--warn);border-radius:8px;padding:10px 14px;
 margin:14px 0;font-weight:600;overflow-wrap:anywhere}
.banner ul{margin:4px 0 0;padding-left:20px;font-weight:400}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(136px,1fr));gap:12px;margin:18px 0}
.card{background:var(--panel);border-radius:10px;padding:12px 14px}
.card .k{font-size:13px;color:var(--soft)}
.card .v{font-size:27px;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums}
.card .i{font-size:13px;font-variant-numeric:tabular-nums}
.card .b{font-size:12px;color:var(--soft);margin-top:4px}
.scroll{overflow-x:auto;margin:10px 0}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:4px 8px;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap;
 font-weight:400}
thead th{color:var(--soft);font-size:13px;border-bottom:2px solid var(--line);vertical-align:bottom}
tbody th{font-weight:600}
td.num,th.num{text-align:right}
td small{color:var(--soft);font-size:11px;font-weight:400;line-height:1.2}
td.num small{display:block}
tr.strong td,tr.strong th{font-weight:650}
td.wide{min-width:130px;width:180px}
td.wide svg{display:block}
table.many thead th{white-space:normal}
table.many th,table.many td{padding:4px 4px}
table.many td.wide{min-width:90px;width:110px}
td.long{white-space:normal}
td.text{white-space:normal;min-width:16ch;max-width:46ch}
.warn{color:var(--warn);background:var(--warn-ground);border-radius:4px;padding:0 6px;
 font-size:12px;font-weight:600;white-space:nowrap}
th button{all:unset;cursor:pointer;color:inherit}
th button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
th button::after{content:"\a0\2195";opacity:.45}
th[aria-sort=ascending] button::after{content:"\a0\2191";opacity:1}
th[aria-sort=descending] button::after{content:"\a0\2193";opacity:1}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:18px;
 margin:12px 0}
figure{margin:0;min-width:0}
figcaption{font-size:13px;margin-bottom:2px}
figcaption b{color:var(--ink)}
svg{width:100%;height:auto;overflow:visible}
svg text{fill:var(--soft);font:11px system-ui,sans-serif}
svg .ink{fill:var(--ink)}
svg .grid{stroke:var(--grid);stroke-width:1}
svg .axis{stroke:var(--line);stroke-width:1;fill:none}
svg .chance{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3;fill:none}
svg .a{stroke:var(--accent);stroke-width:2;fill:none;stroke-linejoin:round}
svg .b{stroke:var(--second);stroke-width:2;fill:none;stroke-linejoin:round}
svg .dot{fill:var(--accent)}
svg .point{fill:var(--ground);stroke:var(--second);stroke-width:2}
svg .bar{stroke:var(--accent);stroke-width:1.5}
svg .count{fill:var(--accent);opacity:.25}
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));
 gap:22px 26px;margin:12px 0}
.key-a{color:var(--accent);font-weight:600}
.key-b{color:var(--second);font-weight:600}
svg .raw{stroke:var(--accent);stroke-width:1;fill:none;stroke-linejoin:round;opacity:.35}
svg .dot-b{fill:var(--second)}
.heat td{text-align:center;padding:5px 8px;min-width:44px}
.heat td.self{outline:1px solid var(--line);outline-offset:-1px;font-weight:650}
.heat thead th{text-align:center}
.errors{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:16px;
 margin:12px 0}
.error{background:var(--panel);border-radius:10px;padding:12px 14px;min-width:0;
 overflow-wrap:anywhere}
.error h3{margin:0 0 4px;display:flex;justify-content:space-between;gap:8px;flex-wrap:wrap}
.error h3 span{color:var(--bad);font-weight:600}
.error p{margin:3px 0;font-size:14px}
.error img{display:block;width:100%;height:auto;border-radius:6px;margin-top:8px;background:#fff}
.error a{display:block}
.error tbody th{background:var(--panel)}
.quote{border-left:3px solid var(--line);padding-left:8px;font-style:italic}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;font-size:13px}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
 font-size:12px}
details{margin:10px 0}
summary{cursor:pointer;color:var(--accent)}
@media (max-width:600px){main{padding:18px 14px 48px}h1{font-size:22px}.card .v{font-size:23px}
 .cards{grid-template-columns:repeat(2,1fr)}th,td{padding:5px 7px}dl{grid-template-columns:1fr}
 dt{margin-top:6px}
 thead th:first-child,tbody th{position:sticky;left:0;background:var(--ground)}
 .error thead th:first-child{background:var(--panel)}tbody th{white-space:normal;min-width:9ch;
 overflow-wrap:anywhere}.plots{grid-template-columns:repeat(2,minmax(0,1fr));gap:12px}}
@media print{:root{--ground:#fff;--panel:#fff;--ink:#000;--soft:#444;--line:#bbb;--grid:#ddd;
 --accent:#1f5fa8;--second:#b3541e;--warn-ground:#fff;--warn:#000;--bad:#a3262a;--heat:31,95,168}
 @page{margin:14mm}body{font-size:10pt}main{max-width:none;padding:0}nav{display:none}
 h2{break-after:avoid}figure,.card,.error,tr{break-inside:avoid}
 .card,.error,.banner{border:1px solid #bbb}
 .lead{break-after:avoid}table{font-size:8pt}th,td{padding:2px 5px}thead th{white-space:normal}
 table.many,table.many thead th{font-size:6.5pt}table.many small{font-size:5.5pt}
 table.many th,table.many td{padding:2px 2px}table.many tbody th{white-space:normal}
 table.many td.wide{min-width:40px;width:50px}.scroll{overflow:visible}th button::after{content:""}
 .plots{grid-template-columns:repeat(4,1fr)}.errors{grid-template-columns:repeat(2,1fr)}
 *{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)";

// Sorts by data-v where a cell has it; numbers as numbers, cells without a value last in both
// directions. Paper shows what is folded away.
inline constexpr char kPageScript[] = R"(
document.querySelectorAll('table.sortable').forEach(function(table){
 table.querySelectorAll('thead th').forEach(function(head,column){
  head.querySelector('button').addEventListener('click',function(){
   var sort=head.getAttribute('aria-sort'),
    down=sort==='descending'?false:sort==='ascending'?true:head.classList.contains('num');
   table.querySelectorAll('thead th').forEach(function(h){h.removeAttribute('aria-sort')});
   head.setAttribute('aria-sort',down?'descending':'ascending');
   var body=table.tBodies[0],fixed=[],rows=[];
   Array.from(body.rows).forEach(function(r){(r.classList.contains('strong')?fixed:rows).push(r)});
   rows.sort(function(x,y){
    var a=x.cells[column].dataset.v,b=y.cells[column].dataset.v;
    if(a===undefined||b===undefined)return (a===undefined)-(b===undefined);
    var d=head.classList.contains('num')?a-b:a.localeCompare(b);
    return down?-d:d});
   fixed.concat(rows).forEach(function(r){body.appendChild(r)})})})});
addEventListener('beforeprint',function(){
 document.querySelectorAll('details.print').forEach(function(d){d.open=true})});
)";

}  // namespace ecg_lora::report
