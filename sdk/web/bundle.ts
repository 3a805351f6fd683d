/** How a face of the SDK is built: a module, a classic script and its types, with nothing to install beside them. */
import { compactStyle } from "./compact-style";

/** The builds of the package `name`, whose classic script makes `globalName` known to the page. */
export function bundle(name: string, globalName: string) {
  const shared = {
    entry: { [name]: "src/index.ts" },
    // Safari 14 and the other browsers of its time, the oldest with all of WebRTC that a call needs.
    target: ["es2020", "safari14"],
    platform: "browser" as const,
    minify: true,
    plugins: [compactStyle()],
    dts: false,
    clean: false,
    logLevel: "warn" as const,
  };
  return [
    { ...shared, format: "esm" as const, outputOptions: { entryFileNames: `${name}.mjs` } },
    {
      ...shared,
      format: "umd" as const,
      globalName,
      outputOptions: { entryFileNames: `${name}.umd.js` },
      // A classic script has no address of this kind; `origin.ts` asks the document.
      define: { "import.meta.url": "undefined" },
    },
    {
      ...shared,
      format: "esm" as const,
      minify: false,
      dts: { emitDtsOnly: true, eager: true, tsconfig: "../tsconfig.json" },
      outExtensions: () => ({ dts: ".d.ts" }),
    },
  ];
}
