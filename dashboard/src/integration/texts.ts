/** The snippets' files, as they are. */
const FILES = import.meta.glob<string>("./snippets/*/*", { query: "?raw", import: "default", eager: true });

export function textOf(file: string): string {
  const text = FILES[`./snippets/${file}`];
  if (text === undefined) throw new Error(`There is no snippet ${file}`);
  return text;
}

/** Every file there is, by its path below the folder. */
export const FILE_NAMES: readonly string[] = Object.keys(FILES).map((path) => path.replace("./snippets/", ""));
