/**
 * What a device tells about itself for whoever looks into its calls later: browser and system, and the kind of network.
 * Only words; nothing here is asked for permission, and what a browser does not say is left out.
 */
import type { Device } from "../generated/protocol";

/** The part of the User-Agent Client Hints that is used; TypeScript's own types do not have them. */
interface ClientHints {
  brands: { brand: string; version: string }[];
  platform: string;
  getHighEntropyValues?(names: string[]): Promise<{ platformVersion?: string }>;
}

/** The part of the Network Information API that is used; likewise. */
interface NetworkInformation {
  type?: string;
  effectiveType?: string;
}

/** A browser's page as it is seen here. */
export interface Describable {
  navigator: { userAgent: string; userAgentData?: ClientHints; connection?: NetworkInformation };
}

/** As the server bounds them; what is longer would be taken for nothing. */
const SYSTEM_MAX = 80;
const NETWORK_MAX = 20;

/** Browsers by what their user agent has and others lack: each claims to be those that are further down. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, "Edge"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/\bSamsungBrowser\/(\d+)/, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/\b(?:Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//, "Safari"],
];

/** Systems, likewise. A Mac and Windows name a version that has not been true for years, so theirs is left out. */
const SYSTEMS: [RegExp, string][] = [
  [/\b(?:iPhone|iPad|iPod).*? OS (\d+)/, "iOS"],
  [/\bAndroid(?: (\d+))?/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b/, "macOS"],
  [/\bWindows NT\b/, "Windows"],
  [/\bLinux\b/, "Linux"],
];

/**
 * The device of a `hello`. The network is looked at whenever it is read, because a session that goes on after its
 * socket was lost often does so on another one.
 */
export async function describeDevice(window: Describable, id: string): Promise<Device> {
  const system = await systemOf(window.navigator);
  return {
    id,
    platform: "web",
    ...(system ? { system: system.slice(0, SYSTEM_MAX) } : {}),
    get network() {
      return networkOf(window.navigator.connection);
    },
    // A property that reads as undefined is written as none, which its type cannot say.
  } as Device;
}

async function systemOf(navigator: Describable["navigator"]): Promise<string | undefined> {
  const hints = navigator.userAgentData;
  // A brand that is no browser is among them on purpose, and the engine's own name says less than the product's.
  const brands = hints?.brands.filter(({ brand }) => !/not.?a.?brand/i.test(brand)) ?? [];
  const product = brands.find(({ brand }) => brand !== "Chromium") ?? brands[0];
  if (!hints || !product) return fromUserAgent(navigator.userAgent);
  const browser = `${product.brand.replace(/^(?:Google|Microsoft) /, "")} ${product.version}`;
  const version = hints.platform ? await platformVersion(hints) : "";
  return on(browser, [hints.platform, version].filter(Boolean).join(" "));
}

async function platformVersion(hints: ClientHints): Promise<string> {
  try {
    const values = await hints.getHighEntropyValues?.(["platformVersion"]);
    const major = Number.parseInt(values?.platformVersion ?? "", 10);
    if (!(major > 0) || hints.platform === "Linux") return "";
    // Windows counts its own way: 1 to 10 are Windows 10, and 13 began Windows 11.
    if (hints.platform === "Windows") return major >= 13 ? "11" : "10";
    return String(major);
  } catch {
    // A page in a frame may not ask.
    return "";
  }
}

function fromUserAgent(userAgent: string): string | undefined {
  return on(find(BROWSERS, userAgent), find(SYSTEMS, userAgent));
}

function find(names: [RegExp, string][], userAgent: string): string {
  for (const [pattern, name] of names) {
    const match = pattern.exec(userAgent);
    if (match) return match[1] ? `${name} ${match[1]}` : name;
  }
  return "";
}

function on(browser: string, system: string): string | undefined {
  if (!browser || !system) return browser || system || undefined;
  return `${browser} on ${system}`;
}

function networkOf(connection: NetworkInformation | undefined): string | undefined {
  const { type, effectiveType } = connection ?? {};
  // A mobile network's generation says more than that it is one.
  const named = type === "cellular" || type === "unknown" ? undefined : type;
  return (named ?? effectiveType ?? type)?.slice(0, NETWORK_MAX) || undefined;
}
