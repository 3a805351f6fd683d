import react from "@vitejs/plugin-react";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";
import { themeStyles } from "./src/shell/theme-styles.ts";

const SERVED = ["/v1", "/sdk", "/demo", "/docs", "/images"];

/** What the server sends with the page, so that what it forbids is noticed in `npm run preview` already. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; connect-src 'self'; " +
  "img-src 'self' data: blob: https:; media-src 'self' data: blob: https:; font-src 'self'; frame-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const here = (path: string) => decodeURIComponent(new URL(path, import.meta.url).pathname);

export default defineConfig(({ mode }) => {
  // Where `npm run dev` and `npm run preview` find a running server.
  const target = loadEnv(mode, ".", "TRING_").TRING_SERVER ?? "http://127.0.0.1:7880";
  const proxy = Object.fromEntries(SERVED.map((path) => [path, { target, ws: true }]));
  return {
    plugins: [react(), themeStyles()],
    resolve: {
      alias: [
        // The call screens of the preview are the SDK's own, from its sources.
        { find: /^@tring\/core\//, replacement: here("../sdk/web/core/src/") },
      ],
    },
    server: { proxy },
    preview: { proxy, headers: { "Content-Security-Policy": POLICY } },
    build: {
      target: "es2022",
      rolldownOptions: { input: ["index.html", "preview.html", "phone.html"].map((page) => here(page)) },
      // A `data:` address for a small file would need more permission than a second request costs.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // The charts and the PDF writer are large, and loaded by those alone who ask for them.
      chunkSizeWarningLimit: 1000,
    },
    test: { include: ["src/**/*.test.{ts,tsx}"] },
  };
});
