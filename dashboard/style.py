"""The look of what Streamlit has no element for: marked text, the matrix, the section bar, the printed page.

Colours are Okabe-Ito and reach 4.5:1 on both themes; no kind of mark is told by colour alone. `light-dark()` follows the
`color-scheme` that Streamlit sets on the page, so one sheet serves both themes. Every class is our own (px-…) or comes
from a widget key (st-key-…).
"""

from __future__ import annotations

CSS = """<style>
.stApp{--px-line:light-dark(#c9ced6,#4a515c);--px-soft:light-dark(#f1f4f8,#1d232d);--px-dim:light-dark(#4b5563,#b6bec9);
--px-blue:light-dark(#00567f,#7cc7f2);--px-orange:light-dark(#8a4b00,#f2b84b);--px-green:light-dark(#00654a,#4fd3ac);
--px-pink:light-dark(#8a3a68,#efa3cb);--px-here:light-dark(#b35c00,#ffbf5f);--px-hit:light-dark(#fff1d6,#46350f)}
.px-nav{display:flex;flex-wrap:wrap;gap:.2rem 1.3rem;align-items:baseline;font-size:1.02rem}.px-nav strong{letter-spacing:.01em}
.px-nav a[aria-current]{font-weight:650;text-decoration-thickness:.14em}
.px-h1{font-size:1.9rem;line-height:1.25;font-weight:650;margin:0 0 .3rem;overflow-wrap:anywhere}
.px-h2{font-size:1.35rem;line-height:1.3;font-weight:650;margin:.4rem 0 .1rem;padding:0}
.px-h3{font-size:1.08rem;line-height:1.35;font-weight:650;margin:.6rem 0 .1rem;padding:0;overflow-wrap:anywhere}
.px-lead{font-size:1.05rem;color:var(--px-dim);margin:0 0 .2rem;max-width:75ch}.stHtml p:last-child{margin-bottom:.1rem}
.px-note{border-left:4px solid var(--px-orange);background:var(--px-soft);padding:.5rem .8rem;margin:.3rem 0;max-width:90ch}
.px-note.px-plain{border-color:var(--px-line)}
.px-badge{display:inline-block;border:1px solid currentColor;border-radius:.3rem;padding:0 .4rem;font-size:.85em;font-weight:600;white-space:nowrap}
.px-badge{margin-left:.4em}.px-heads .px-badge{margin:0 .4em 0 0}
[data-testid=stSelectbox] :is(input,[data-baseweb=select] div){text-overflow:ellipsis}
.px-table .px-badge{white-space:normal}
.px-matrix .px-absent{color:var(--px-dim);font-size:.88em}.px-matrix .px-absent .px-cell{font-size:1.25em}
.px-badge.px-made{color:var(--px-pink)}.px-badge.px-seed{color:var(--px-green)}.px-badge.px-care{color:var(--px-orange)}
.px-letter{display:inline-block;min-width:1.5em;text-align:center;font-weight:700;border:1.5px solid currentColor;border-radius:.3rem;margin-right:.35em}
.px-tag{display:inline-flex;align-items:baseline;max-width:100%;margin:.1rem .6em .1rem 0}.px-tag .px-letter{flex:none}.px-tag>span:last-child{min-width:0}
.px-table th .px-tag{margin-right:0}
.px-dim{color:var(--px-dim)}.px-small{font-size:.9rem}.px-key{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem}
.px-sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
a.px-go,.px-columns header a{color:var(--px-blue);text-underline-offset:.15em}
a.px-go:focus-visible,.px-s:focus-visible{outline:3px solid var(--px-here);outline-offset:2px}
mark{color:inherit;background:none}
mark.px-diff{background:var(--px-hit);border-bottom:2px solid var(--px-here);font-weight:600}
mark.px-claim{border-bottom:1px solid var(--px-dim)}
mark.px-name{border-bottom:3px dotted var(--px-blue)}
mark.px-loaded{background:var(--px-hit);border-bottom:3px double var(--px-orange);font-weight:600}
mark.px-readers{background:light-dark(#dcebfa,#1c3450);border-bottom:3px solid var(--px-blue);font-weight:600}
mark.px-cue{border-bottom:2px dashed var(--px-pink)}
mark.px-quote{background:light-dark(#e3f3ed,#12352b);font-style:italic}
mark.px-hit{background:var(--px-hit);font-weight:700;border-bottom:2px solid var(--px-here)}
a.px-ref{font-size:.72em;vertical-align:super;margin:0 .1em;text-decoration:none;font-style:normal;font-weight:400}
.px-here{outline:3px solid var(--px-here);outline-offset:2px;border-radius:2px}
.px-s{scroll-margin:9rem 0 6rem}
.px-columns{display:grid;gap:1.6rem;align-items:start;grid-template-columns:repeat(var(--px-n,1),minmax(0,1fr))}
.px-columns article{min-width:0;overflow-wrap:break-word;font-size:1.05rem;line-height:1.62}
.px-columns article header{border-bottom:2px solid var(--px-line);padding-bottom:.4rem;margin-bottom:.6rem}
.px-columns p{position:relative;padding-left:2.1rem;margin:0 0 .85rem}
@media(min-width:901px){.px-aligned{grid-template-rows:repeat(var(--px-rows),auto);row-gap:0}
.px-aligned article{display:grid;grid-template-rows:subgrid;grid-row:1/span var(--px-rows);align-content:start}.px-aligned article header{grid-row:1}
.px-aligned p.px-met{border-top:2px solid var(--px-line);padding-top:.25rem}}
.px-n{position:absolute;left:0;top:.1em;width:1.6rem;text-align:right;font-size:.78rem;color:var(--px-dim);user-select:none}
.px-legend{list-style:none;margin:.2rem 0 .8rem!important;padding:0!important;display:flex;flex-wrap:wrap;gap:.15rem 1.4rem;font-size:.92rem}
.px-legend li{margin:0!important}
.px-scroll{overflow-x:auto;max-width:100%}
.px-scroll:focus-visible{outline:3px solid var(--px-here)}
.px-table{border-collapse:collapse;width:100%;font-size:1rem;line-height:1.45}
.px-table caption{text-align:left;color:var(--px-dim);font-size:.9rem;padding:.2rem 0}
.px-table th,.px-table td{border:0;border-bottom:1px solid var(--px-line);padding:.45rem .6rem;text-align:left;vertical-align:top;font-weight:400}
.px-table thead th{font-weight:650;border-bottom:2px solid var(--px-line);vertical-align:bottom}
.px-table:not(.px-facts) tbody th{min-width:13rem;max-width:34rem;overflow-wrap:break-word}
.px-facts tbody th{min-width:4.5rem}.px-facts tbody td{min-width:2.5rem;overflow-wrap:anywhere}
.px-table.px-matrix td,.px-table.px-matrix thead th:not(:first-child){text-align:center;min-width:5.2rem}
.px-table.px-matrix tr.px-group th{font-weight:650;background:var(--px-soft)}
.px-table.px-matrix a.px-go{display:block;padding:.2rem;border-radius:.3rem;text-decoration:none;color:inherit}
.px-table.px-matrix a.px-go:hover{background:var(--px-soft);text-decoration:underline}
.px-cell{display:block;font-size:1.15em;line-height:1.1}
.px-matrix tbody th .px-badge{display:block;border-width:0 0 0 3px;border-radius:0;margin:.25rem 0 0;font-weight:500;overflow-wrap:anywhere}
.px-open{outline:3px solid var(--px-here);border-radius:.3rem}
.px-save button{font:inherit;color:var(--px-blue);background:none;border:1px solid var(--px-line);border-radius:.3rem;padding:.05rem .6rem}
.px-save button{margin-left:.3rem;cursor:pointer}
.px-save button:focus-visible{outline:3px solid var(--px-here)}.px-flow{columns:2 22rem}
.px-keep{white-space:nowrap}.px-matrix thead .px-badge{margin-left:0}
@media(min-width:641px){.px-matrix .px-absent{white-space:nowrap}}
@media(max-width:1100px){[role=radiogroup]:has(>button[data-variant=segmented_control]){gap:.25rem;mask-image:none}
[role=radiogroup]>button[data-variant=segmented_control]{margin:0;border:1px solid light-dark(#8a94a3,#6b7583)!important;border-radius:.5rem}
[role=radiogroup]>button[data-variant=segmented_control][aria-checked=true]{border-color:var(--px-blue)!important}
.st-key-size [role=radiogroup]{flex-wrap:wrap}}
@media(min-width:641px){.px-table.px-kwic tbody th{min-width:3rem;width:4rem}.px-kwic td:nth-child(2){text-align:right}}
.stPlotlyChart :is(.xtick,.ytick,.g-xtitle,.g-ytitle,.legendtext,.legend) text,.stPlotlyChart text:is(.xtitle,.ytitle,.legendtext){fill:var(--px-dim)!important}
.stPlotlyChart .ytick text{paint-order:stroke;stroke:light-dark(#ffffff,#0f141b);stroke-width:5px;stroke-linejoin:round}
.px-list{display:flex;flex-direction:column;list-style:none;padding:0!important}
.px-row{border-bottom:1px solid var(--px-line);padding:.65rem 0;display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.1rem 1.2rem}
.px-row a.px-go{font-size:1.12rem;font-weight:600;overflow-wrap:anywhere}
.px-row .px-when{text-align:right;white-space:nowrap;color:var(--px-dim)}
.px-row .px-counts{grid-column:1/-1;color:var(--px-dim)}
.px-pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:.3rem 1.4rem}
.px-pair>div{border-left:3px solid var(--px-line);padding:.2rem 0 .2rem .8rem;font-size:1.06rem;line-height:1.55;overflow-wrap:break-word}
.px-heads{list-style:none;padding:0!important;margin:.3rem 0!important}
.px-heads li{display:grid;grid-template-columns:13rem minmax(0,1fr);gap:.1rem 1.2rem;padding:.55rem 0;border-bottom:1px solid var(--px-line);margin:0!important}
.px-heads .px-title{font-size:1.22rem;line-height:1.35;font-weight:550;overflow-wrap:anywhere}
div:has(>.st-key-sectionbar){position:sticky;top:3.6rem;z-index:90}
.st-key-topbar{border-bottom:1px solid var(--px-line);padding-bottom:.3rem}
.st-key-sectionbar{background:light-dark(#ffffff,#0f141b);padding:.35rem 0;border-bottom:1px solid var(--px-line)}
@media(min-width:641px) and (max-width:1100px){.px-table thead .px-tag{flex-direction:column}
.px-table th,.px-table td{padding:.4rem .3rem}.px-table:not(.px-facts) tbody th{min-width:7.5rem}
.px-table:not(.px-matrix){font-size:.93rem}.px-table.px-matrix tbody th{min-width:9rem}
.px-table.px-matrix td,.px-table.px-matrix thead th:not(:first-child){min-width:4.4rem}}
@media(max-width:900px){.px-columns{grid-template-columns:minmax(0,1fr)}.st-key-rows,[data-testid=stElementContainer]:has(.px-abreast){display:none}}
@media(max-width:640px){.px-h1{font-size:1.45rem}.px-heads li{grid-template-columns:minmax(0,1fr)}.px-row{grid-template-columns:minmax(0,1fr)}
.px-row .px-when{text-align:left}.px-table{font-size:.95rem}
.px-rows :is(caption,tbody){display:block}.px-rows thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.px-rows tbody tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr));gap:.3rem 1.3rem;padding:.5rem 0}
.px-rows tbody tr{border-bottom:1px solid var(--px-line)}
.px-rows tbody tr>*{border:0;padding:0;overflow-wrap:anywhere}.px-rows tbody td:empty{display:none}
.px-rows tbody :is(th,.px-long){grid-column:1/-1;max-width:none!important}.px-rows tbody th{font-weight:600!important}
.px-rows td::before{content:attr(data-head);display:block;font-size:.82em;color:var(--px-dim)}
.px-kwic tbody tr{display:block}.px-kwic tbody tr>*{display:inline}
.px-kwic td::before{content:none}.px-kwic td:last-child::before{content:" ";display:inline}
div:has(>.st-key-sectionbar){position:static}
.px-matrix :is(thead,tbody,caption){display:block}
.px-matrix tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(5.2rem,1fr));padding:.35rem 0;border-bottom:1px solid var(--px-line)}
.px-matrix tbody th,.px-matrix thead th:first-child{grid-column:1/-1;min-width:0;max-width:none}
.px-matrix tr>*{border:0!important;overflow-wrap:anywhere}
.px-matrix thead tr{grid-template-columns:repeat(2,minmax(0,1fr))}.px-matrix thead br{display:none}
.px-table.px-matrix thead th:not(:first-child){display:flex;align-items:baseline;flex-wrap:wrap;overflow-wrap:break-word}
.px-matrix thead .px-letter+br+.px-small{flex:1;min-width:min-content}
.px-table.px-matrix thead th:not(:first-child){text-align:left;padding:.15rem .2rem}
.px-table.px-matrix td{padding:.2rem;min-width:0}
.px-matrix td::before{content:attr(data-letter);font-weight:700;color:var(--px-dim);font-size:.85em}}
@media(max-width:560px){.px-rows tbody td:last-child:nth-child(even){grid-column:1/-1}
[role=radiogroup]>button[data-variant=segmented_control]{padding-inline:.6rem}}
@media print{@page{size:A4;margin:14mm}
[data-testid=stHeader],[data-testid=stSidebar],[data-testid=stToolbar],.st-key-topbar,.st-key-sectionbar,.st-key-leave,.px-noprint,[data-testid=stButton],
[data-testid=stDownloadButton],[data-testid=stExpander],[data-testid=stWidgetLabel],[data-testid=stButtonGroup],[data-testid=stSelectbox],
[data-testid=stTextInput],[data-testid=stNumberInput],[data-testid=stDateInput],[data-testid=stFileUploader]{display:none!important}
html:root{font-size:11pt!important}.stApp{color-scheme:light!important}.stApp,.stApp :not(mark):not(svg *){color:#111!important;background-color:#fff!important}
.stApp,[data-testid=stAppViewContainer],[data-testid=stMain],section{position:static!important;overflow:visible!important;height:auto!important}
[data-testid=stMainBlockContainer]{padding:0!important;max-width:none!important}
.px-columns{grid-template-columns:repeat(2,minmax(0,1fr))!important}.px-columns article{font-size:10pt;line-height:1.45}
.px-table.px-matrix td,.px-table.px-matrix thead th:not(:first-child){min-width:0}.px-scroll{overflow:visible}
.px-table{font-size:9pt}.px-table th,.px-table td{padding:.25rem .35rem}
.px-row,.px-heads li,.px-pair,tr,p{break-inside:avoid}h1,h2,h3{break-after:avoid}a.px-go{text-decoration:none}
mark{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
@media(prefers-reduced-motion:reduce){*{scroll-behavior:auto!important}}
</style>"""


LARGER = """[data-testid=stMainBlockContainer]{padding-left:1rem;padding-right:1rem}
@media(min-width:641px){.px-table thead .px-tag{flex-direction:column}.px-table.px-matrix{font-size:.8rem}.px-matrix .px-small{font-size:.85em}
.px-matrix thead .px-small{font-size:.62rem}.px-matrix thead .px-badge{font-size:.55rem}
.px-table.px-matrix :is(th,td){padding:.35rem .15rem}.px-table.px-matrix tbody th{min-width:8.5rem}
.px-table.px-matrix td,.px-table.px-matrix thead th:not(:first-child){min-width:0}.px-matrix .px-absent{font-size:.8em}
.px-table.px-matrix a.px-go{padding:.2rem 0}}"""


def enlarged(factor: float) -> str:
    """Return the style sheet that shows all text so many times larger; everything of Streamlit's and ours is sized in rem.

    A phone is held in the hand: there text grows only as far as a line still holds its words. The matrix gives up room, not the words of its claims.
    """
    return f"<style>html:root{{font-size:min({17 * factor:.0f}px,max(17px,5vw))!important}}{LARGER}</style>"

