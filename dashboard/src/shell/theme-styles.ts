/**
 * Writes the theme's CSS variables and breakpoint classes into a style sheet while the page is built.
 *
 * Mantine would write them into <style> elements at run time. The page's policy allows none: without them it needs
 * neither 'unsafe-inline' nor a nonce, and can be served as a plain file.
 */
import { convertCssVariables, defaultCssVariablesResolver, em } from "@mantine/core";
import type { Plugin } from "vite";
import { variables, wholeTheme } from "./theme.ts";

const NAME = "virtual:theme.css";

export function themeStyles(): Plugin {
  return {
    name: "theme-styles",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? styles() : undefined),
  };
}

function styles(): string {
  const ours = variables(wholeTheme);
  const all = defaultCssVariablesResolver(wholeTheme);
  const merged = {
    variables: { ...all.variables, ...ours.variables },
    light: { ...all.light, ...ours.light },
    dark: { ...all.dark, ...ours.dark },
  };
  return convertCssVariables(merged, ":root") + visibility();
}

/** The classes behind the properties `hiddenFrom` and `visibleFrom`. */
function visibility(): string {
  return Object.entries(wholeTheme.breakpoints)
    .map(([name, width]) => {
      const below = em(Number.parseFloat(width) * 16 - 0.1);
      return (
        `@media (max-width: ${below}) { .mantine-visible-from-${name} { display: none !important; } }\n` +
        `@media (min-width: ${width}) { .mantine-hidden-from-${name} { display: none !important; } }\n`
      );
    })
    .join("");
}
