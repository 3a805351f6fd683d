/** What the bundler of the tests understands besides TypeScript. */
interface ImportMeta {
  glob<T>(pattern: string, options: { eager: true; import: "default" }): Record<string, T>;
}

declare module "*?raw" {
  const text: string;
  export default text;
}
