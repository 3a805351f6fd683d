import { defineConfig } from "tsdown";
import { compactStyle } from "../compact-style";

const shared = {
  entry: { "signed-call": "src/index.ts" },
  // Safari 14 and the other browsers of its time, the oldest with all of WebRTC that a call needs.
  target: ["es2020", "safari14"],
  platform: "browser" as const,
  minify: true,
  plugins: [compactStyle()],
  dts: false,
  clean: false,
  logLevel: "warn" as const,
};

export default defineConfig([
  { ...shared, format: "esm", outputOptions: { entryFileNames: "signed-call.mjs" } },
  {
    ...shared,
    format: "umd",
    globalName: "SignedCallSDK",
    outputOptions: { entryFileNames: "signed-call.umd.js" },
    // A classic script has no address of this kind; `origin.ts` asks the document.
    define: { "import.meta.url": "undefined" },
  },
  {
    ...shared,
    format: "esm",
    minify: false,
    dts: { emitDtsOnly: true, eager: true, tsconfig: "../tsconfig.json" },
    outExtensions: () => ({ dts: ".d.ts" }),
  },
]);
