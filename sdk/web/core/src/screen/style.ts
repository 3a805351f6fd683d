/**
 * The style sheet of the screens, all but what several calls need; that is in `style-several.ts`. Colours come from
 * `palette.ts` as custom properties; sides are logical, so that a page written from right to left gets its mirror image.
 *
 * Three shapes of one card: floating on a desktop, the whole window on a phone, and the pill of both. Transparent
 * borders are there for forced colours, which make them visible.
 */
import { SEVERAL_STYLE } from "./style-several";

const ONE_STYLE = `
:host::backdrop { display: none !important; }
*, ::before, ::after { box-sizing: border-box; margin: 0; padding: 0; }
[hidden] { display: none !important; }

.card {
  position: fixed;
  inset-block: auto 24px;
  inset-inline: auto 24px;
  inline-size: 320px;
  max-block-size: calc(100vh - 32px);
  padding: 0 0 22px;
  display: flex;
  flex-direction: column;
  align-items: center;
  overflow: hidden;
  border: 1px solid var(--outline);
  border-radius: 28px;
  background: linear-gradient(var(--sheen), var(--background) 60%);
  background-clip: padding-box;
  color: var(--text);
  color-scheme: var(--scheme);
  box-shadow: 0 24px 64px rgb(0 0 0 / 0.32), 0 4px 16px rgb(0 0 0 / 0.2);
  font: 400 16px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  text-align: center;
  cursor: grab;
  touch-action: none;
  user-select: none;
  -webkit-user-select: none;
  -webkit-tap-highlight-color: transparent;
  animation: arrive 240ms cubic-bezier(0.2, 0.8, 0.2, 1);
}
.card:focus { outline: none; }
.card:focus-visible { outline: 2px solid var(--text); outline-offset: -2px; }
.moving { cursor: grabbing; }
.card[data-phase="ended"] { animation: leave 240ms 2760ms ease-in forwards; }

.body:focus { outline: none; }
.body:focus-visible { outline: 2px solid var(--text); outline-offset: -4px; }
/* What may be long scrolls; the buttons below it never leave the window. */
.body {
  display: flex;
  flex-direction: column;
  align-items: center;
  flex: 1 1 auto;
  inline-size: 100%;
  min-block-size: 0;
  padding: 44px 24px 2px;
  overflow: auto;
  overscroll-behavior: contain;
  scrollbar-width: thin;
  scrollbar-color: var(--soft) transparent;
}

.picture {
  position: relative;
  flex: none;
  inline-size: 104px;
  block-size: 104px;
  margin-block: 14px 26px;
}
.picture > * { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; border-radius: 50%; }
.letter {
  display: grid;
  place-items: center;
  border: 1px solid transparent;
  background: var(--field);
  box-shadow: inset 0 0 0 1px var(--outline);
  font-size: 44px;
  font-weight: 500;
  line-height: 1;
}
.picture img { object-fit: cover; }
.picture[data-kind] .letter { visibility: hidden; }
.picture[data-kind="logo"] img { object-fit: contain; border-radius: 20px; }
.picture::before, .picture::after {
  content: "";
  position: absolute;
  inset: -2px;
  border: 2px solid var(--text);
  border-radius: 50%;
  opacity: 0;
}
.picture[data-kind="logo"]::before, .picture[data-kind="logo"]::after { border-radius: 22px; }
:is([data-phase="incoming"], [data-phase="outgoing"]) .picture::before { animation: ring 2400ms ease-out infinite; }
:is([data-phase="incoming"], [data-phase="outgoing"]) .picture::after { animation: ring 2400ms 1200ms ease-out infinite; }

.words { inline-size: 100%; min-inline-size: 0; }
/* The padding is room for the ellipsis, which Chromium sets beyond the line it cuts. */
.words p { padding-inline: 6px; overflow: hidden; overflow-wrap: anywhere; }
.name {
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  font-size: 24px;
  font-weight: 600;
  line-height: 1.25;
}
.context {
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 3;
  margin-block-start: 6px;
  color: var(--soft);
}
[data-phase="incoming"] .context { -webkit-line-clamp: 6; }
.status {
  display: flex;
  flex-wrap: wrap;
  justify-content: center;
  align-items: center;
  gap: 2px 8px;
  margin-block-start: 12px;
  font-size: 15px;
  font-weight: 500;
}
.status span { min-inline-size: 0; }
.timer { white-space: nowrap; font-variant-numeric: tabular-nums; letter-spacing: 0.02em; }
[data-phase="ongoing"][data-status="connected"][data-hold="none"]:not(.pill) .timer { font-size: 18px; }
.under-way::before {
  content: "";
  display: inline-block;
  inline-size: 14px;
  block-size: 14px;
  margin-inline-end: 8px;
  vertical-align: -1px;
  border: 2px solid var(--text);
  border-block-start-color: transparent;
  border-radius: 50%;
  animation: turn 900ms linear infinite;
}

.hints { display: grid; justify-items: center; gap: 8px; margin-block-start: 14px; list-style: none; max-inline-size: 100%; }
.hints li {
  display: flex;
  align-items: center;
  gap: 8px;
  max-inline-size: 100%;
  padding: 6px 14px 6px 10px;
  border: 1px solid transparent;
  border-radius: 17px;
  background: var(--field);
  font-size: 14px;
  text-align: start;
}
.hints span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; }
.hints svg { inline-size: 18px; block-size: 18px; }

.play, .small {
  min-block-size: 44px;
  padding: 8px 18px;
  border: 1px solid var(--text);
  border-radius: 22px;
  background: var(--text);
  color: var(--background);
  font-size: 15px;
  font-weight: 600;
}
.play { margin-block-start: 16px; max-inline-size: 100%; overflow-wrap: anywhere; }
.small { min-block-size: 36px; padding: 4px 14px; font-size: 14px; }
.play:hover, .small:hover { filter: brightness(0.9); }
[data-hold="mine"] .picture img, [data-hold="mine"] .letter { opacity: 0.45; }

.settings {
  display: grid;
  gap: 12px;
  inline-size: 100%;
  margin-block-start: 18px;
  padding: 14px 16px;
  border: 1px solid transparent;
  border-radius: 18px;
  background: var(--field);
  cursor: auto;
}
.settings :is(label, .row) { display: grid; gap: 4px; text-align: start; font-size: 14px; }
.settings .switch { grid-template-columns: 1fr auto; align-items: center; min-block-size: 32px; cursor: pointer; }
input { inline-size: 100%; block-size: 28px; accent-color: var(--text); cursor: pointer; }
.meter { display: block; block-size: 8px; border: 1px solid var(--outline); border-radius: 4px; overflow: hidden; background: var(--field); }
.level { display: block; block-size: 100%; background: var(--text); transform: scaleX(0); transform-origin: 0 0; transition: transform 100ms linear; }
.meter:dir(rtl) .level { transform-origin: 100% 0; }
[role="switch"] {
  appearance: none;
  position: relative;
  inline-size: 44px;
  block-size: 26px;
  border: 2px solid var(--text);
  border-radius: 13px;
  transition: background 120ms;
}
[role="switch"]::before {
  content: "";
  position: absolute;
  inset-block: 3px;
  inset-inline-start: 3px;
  inline-size: 16px;
  border-radius: 50%;
  background: var(--text);
  transition: inset-inline-start 120ms;
}
[role="switch"]:checked { background: var(--text); }
[role="switch"]:checked::before { inset-inline-start: 21px; background: var(--background); }
select {
  inline-size: 100%;
  min-block-size: 40px;
  padding-inline: 10px;
  border: 1px solid var(--soft);
  border-radius: 10px;
  background: var(--background);
  color: var(--text);
  font: inherit;
  font-size: 15px;
  text-overflow: ellipsis;
  cursor: pointer;
}

svg { display: block; flex: none; inline-size: 26px; block-size: 26px; }
.disc .filled { inline-size: 32px; block-size: 32px; }
.filled { fill: currentColor; }
.drawn { fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }

button { border: 0; background: none; color: inherit; font: inherit; cursor: pointer; touch-action: manipulation; }
button:focus { outline: none; }
.buttons { display: flex; justify-content: center; gap: 16px; flex: none; inline-size: 100%; padding: 24px 20px 0; }
[data-phase="incoming"] .buttons { justify-content: space-around; }
.four { gap: 8px; padding-inline: 12px; }
.round { display: grid; justify-items: center; align-content: start; gap: 8px; min-inline-size: 76px; border-radius: 16px; }
.four .round { min-inline-size: 64px; }
.label { font-size: 14px; line-height: 1.2; overflow-wrap: anywhere; }
.disc {
  display: grid;
  place-items: center;
  inline-size: 62px;
  block-size: 62px;
  border: 1px solid var(--edge);
  border-radius: 50%;
  background: var(--disc);
  color: var(--glyph);
  transition: filter 120ms, transform 120ms;
}
.round { --disc: var(--button); --edge: var(--button-edge); }
.pressed, .round[aria-expanded="true"] { --disc: var(--pressed); --glyph: var(--pressed-glyph); }
.answer { --disc: var(--green); --glyph: #fff; --edge: var(--green-edge); }
.cancel, .decline, .hang-up { --disc: var(--red); --glyph: #fff; --edge: var(--red-edge); }
.round:hover .disc { filter: brightness(1.12); }
.round:active .disc { transform: scale(0.94); }
.round:focus-visible .disc, :is(.corner, .play, .small, select, input):focus-visible {
  outline: 3px solid var(--text);
  outline-offset: 3px;
}
[data-phase="incoming"] .answer svg { animation: nudge 1600ms ease-in-out infinite; }

.powered { flex: none; margin-block-start: 20px; color: var(--soft); font-size: 12px; }
.brand { position: absolute; inset-block-start: 18px; inset-inline-start: 20px; max-inline-size: 140px; block-size: 26px; object-fit: contain; }
.corner {
  position: absolute;
  inset-block-start: 10px;
  inset-inline-end: 10px;
  display: grid;
  place-items: center;
  inline-size: 44px;
  block-size: 44px;
  border: 1px solid transparent;
  border-radius: 50%;
}
.corner:hover { background: var(--field); }
.corner:focus-visible { outline-offset: -4px; }

.pill {
  flex-direction: row;
  gap: 10px;
  inline-size: min(344px, 100vw - 24px);
  padding: 8px 6px 8px 10px;
  overflow: hidden;
  border-radius: 34px;
  background: var(--background);
  text-align: start;
}
.pill :is(.context, .hints, .settings, .powered, .brand, .audio, .body > .held, .play, .waiting) { display: none; }
.pill .body { flex-direction: row; gap: 10px; padding: 0; overflow: hidden; text-align: start; }
.pill .picture { inline-size: 44px; block-size: 44px; margin: 0; }
.pill .picture::before, .pill .picture::after { content: none; }
.pill .letter { font-size: 20px; }
.pill .picture[data-kind="logo"] img { border-radius: 10px; }
.pill .words { flex: 1; }
.pill .name { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 15px; }
.pill .words p { padding: 0; }
.pill .status { display: block; margin: 0; font-size: 13px; line-height: 1.2; }
.pill .status span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.pill .under-way::before { content: none; }
.pill .buttons { inline-size: auto; gap: 6px; padding: 0; }
.pill .round { min-inline-size: 0; border-radius: 50%; }
.pill .disc { inline-size: 44px; block-size: 44px; }
.pill .disc .drawn { inline-size: 21px; block-size: 21px; }
.pill .disc .filled { inline-size: 25px; block-size: 25px; }
.pill .corner { position: static; flex: none; inline-size: 36px; }
.pill .status span:not([hidden]) + .timer { display: none; }
.pill .label, .announcer {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.open:not(.pill) .picture { inline-size: 64px; block-size: 64px; margin-block: 0 12px; }
.open:not(.pill) .letter { font-size: 28px; }

@media (max-width: 480px) {
  .card:not(.pill) {
    inset: 0 !important;
    inline-size: auto;
    max-block-size: none;
    padding: env(safe-area-inset-top) env(safe-area-inset-right) max(28px, env(safe-area-inset-bottom)) env(safe-area-inset-left);
    border: 0;
    border-radius: 0;
    outline: none;
    cursor: auto;
    touch-action: pan-y;
  }
  .card:not(.pill) .body { padding-block-start: 56px; }
  .card:not(.pill) .name { font-size: 28px; }
  .card:not(.pill) .disc { inline-size: 68px; block-size: 68px; }
  .card:not(.pill, .open) .picture { margin-block: min(9vh, 72px) 32px; inline-size: 128px; block-size: 128px; }
  .card:not(.pill, .open) .letter { font-size: 54px; }
  .pill { inset-block: auto max(12px, env(safe-area-inset-bottom)); inset-inline: auto 12px; }
}

@media (max-height: 520px) {
  .card.card:not(.pill) { padding-block: 0 14px; touch-action: pan-y; }
  .card.card:not(.pill) .body { padding-block-start: 16px; }
  .card.card:not(.pill) .picture { inline-size: 56px; block-size: 56px; margin-block: 0 8px; }
  .card.card:not(.pill) .letter { font-size: 26px; }
  .card.card:not(.pill) .buttons { padding-block-start: 12px; }
  .card.card:not(.pill) .disc { inline-size: 54px; block-size: 54px; }
  [data-phase] .context.context { -webkit-line-clamp: 1; }
  .powered { display: none; }
}

@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; transition: none !important; }
  :is([data-phase="incoming"], [data-phase="outgoing"]) .picture::before { opacity: 0.4; }
}

@media (forced-colors: active) {
  .disc, .corner, .letter { border-color: ButtonText; }
  .pressed .disc { forced-color-adjust: none; background: Highlight; color: HighlightText; }
}

@keyframes arrive { from { opacity: 0; transform: translateY(16px) scale(0.98); } }
@keyframes leave { to { opacity: 0; } }
@keyframes ring { from { opacity: 0.55; transform: scale(1); } 70%, to { opacity: 0; transform: scale(1.28); } }
@keyframes turn { to { transform: rotate(1turn); } }
@keyframes nudge { 0%, 60%, to { transform: rotate(0); } 68%, 84% { transform: rotate(-12deg); } 76%, 92% { transform: rotate(12deg); } }
`;

/** The whole sheet. */
export const STYLE = ONE_STYLE + SEVERAL_STYLE;
