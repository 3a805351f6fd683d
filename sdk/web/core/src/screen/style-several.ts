/**
 * The part of the style sheet that more than one call needs: the call that waits, those on hold, and the banner of one on
 * another device.
 */
export const SEVERAL_STYLE = `
.waiting {
  display: grid;
  grid-template-columns: auto minmax(0, 1fr);
  align-items: center;
  gap: 12px;
  flex: none;
  inline-size: calc(100% - 16px);
  margin: 8px 8px 0;
  padding: 14px;
  border: 1px solid var(--outline);
  border-radius: 21px;
  background: var(--background);
  box-shadow: 0 8px 28px rgb(0 0 0 / 0.28);
  text-align: start;
  animation: arrive 240ms cubic-bezier(0.2, 0.8, 0.2, 1);
}
.waiting .picture.picture.picture { inline-size: 44px; block-size: 44px; margin: 0; }
.waiting .picture.picture::before { animation: ring 2400ms ease-out infinite; }
.waiting .picture::after { content: none; }
.waiting .letter.letter { font-size: 20px; }
.waiting .picture[data-kind="logo"] img { border-radius: 10px; }
/* Room for the button in the corner, which lies above. */
.who { padding-inline-end: 34px; }
.caller, .why {
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  overflow: hidden;
  overflow-wrap: anywhere;
}
.caller { font-weight: 600; line-height: 1.25; }
.why { margin-block-start: 2px; color: var(--soft); font-size: 14px; }
.choices { grid-column: 1 / -1; display: flex; justify-content: space-around; gap: 4px; }
.choices .round { flex: 1 1 0; min-inline-size: 0; gap: 6px; }
.choices.choices .disc.disc { inline-size: 52px; block-size: 52px; }
.choices .label { font-size: 13px; text-align: center; }
.waiting + .body .picture { inline-size: 72px; block-size: 72px; margin-block: 0 12px; }
.waiting + .body .letter { font-size: 32px; }
.waiting + .body { padding-block-start: 20px; }
.waiting ~ .buttons { padding-block-start: 16px; }

/* The pill has room for two buttons: the one that goes on, or the one that mutes, and the one that ends. */
.pill .hold:not(.pressed), .pill[data-hold="mine"] .mute { display: none; }

.held { inline-size: 100%; margin-block-start: 18px; text-align: start; }
.held p { margin-block-end: 6px; padding-inline: 4px; color: var(--soft); font-size: 13px; }
.held ul, .banner ul { display: grid; grid-template-columns: minmax(0, 1fr); gap: 6px; list-style: none; }
.held li {
  display: flex;
  align-items: center;
  gap: 10px;
  padding: 6px 6px 6px 12px;
  border: 1px solid transparent;
  border-radius: 24px;
  background: var(--field);
}
.held bdi { flex: 1; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.held svg { inline-size: 20px; block-size: 20px; }

.banner {
  position: fixed;
  inset-block-end: max(24px, env(safe-area-inset-bottom));
  inset-inline-end: 24px;
  inline-size: min(380px, 100vw - 24px);
  padding: 14px 52px 14px 16px;
  padding-inline: 16px 52px;
  border: 1px solid var(--outline);
  border-radius: 21px;
  background: var(--background);
  color: var(--text);
  color-scheme: var(--scheme);
  box-shadow: 0 16px 48px rgb(0 0 0 / 0.3);
  font: 400 15px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  animation: arrive 240ms cubic-bezier(0.2, 0.8, 0.2, 1);
}
.banner li { display: grid; grid-template-columns: auto minmax(0, 1fr); align-items: center; gap: 10px 12px; }
.banner li + li { margin-block-start: 8px; }
.banner span { overflow-wrap: anywhere; }
.banner .small { grid-column: 2; justify-self: start; }
.banner .corner { inset-block-start: 6px; inset-inline-end: 6px; }
.banner .corner svg { inline-size: 20px; block-size: 20px; }

@media (max-width: 480px) {
  .banner { inset-block-end: max(12px, env(safe-area-inset-bottom)); inset-inline-end: 12px; }
  .waiting { margin-block-start: max(8px, env(safe-area-inset-top)); }
  .card.card:not(.pill) .waiting + .body { padding-block-start: 32px; }
  .card.card:not(.pill) .waiting + .body .picture { inline-size: 88px; block-size: 88px; margin-block: 0 16px; }
  .card.card:not(.pill) .four .disc { inline-size: 62px; block-size: 62px; }
}

/* On a small screen, with whom and how long is more than a picture; with two calls at once, more than any. */
@media (max-height: 640px) {
  .card.card:not(.pill, .open) .body > .picture { inline-size: 88px; block-size: 88px; margin-block: 0 16px; }
  .card.card:not(.pill, .open) .body > .picture .letter { font-size: 38px; }
  .card.card:not(.pill) .waiting + .body .picture { display: none; }
  .card.card:not(.pill) .waiting + .body { padding-block-start: 16px; }
}

@media (max-height: 520px) {
  .card.card:not(.pill) .waiting { padding: 8px 12px; gap: 6px 12px; }
  .card.card:not(.pill) .choices .disc { inline-size: 44px; block-size: 44px; }
}

@media (forced-colors: active) {
  .play, .small, .held li, .meter { border-color: ButtonText; }
  .level { background: Highlight; forced-color-adjust: none; }
  [role="switch"]:checked { forced-color-adjust: none; background: Highlight; }
}
`;
