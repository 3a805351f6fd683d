import { describe, expect, it } from "vitest";
import { type Describable, describeDevice } from "./device-details";

const CHROME =
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36";

/** What goes over the wire. */
async function told(navigator: Describable["navigator"]): Promise<unknown> {
  return JSON.parse(JSON.stringify(await describeDevice({ navigator }, "tab-1")));
}

function hints(platform: string, platformVersion: string, product = "Google Chrome") {
  return {
    brands: [
      { brand: "Not;A=Brand", version: "24" },
      { brand: "Chromium", version: "131" },
      { brand: product, version: "131" },
    ],
    platform,
    getHighEntropyValues: async () => ({ platformVersion }),
  };
}

describe("browser and system", () => {
  it.each([
    ["Android", "14.0.0", "Chrome 131 on Android 14"],
    ["macOS", "15.1.0", "Chrome 131 on macOS 15"],
    ["Windows", "15.0.0", "Chrome 131 on Windows 11"],
    ["Windows", "10.0.0", "Chrome 131 on Windows 10"],
    ["Linux", "6.8.0", "Chrome 131 on Linux"],
    ["Chrome OS", "", "Chrome 131 on Chrome OS"],
    ["", "", "Chrome 131"],
  ])("are what the browser's hints say: %s %s", async (platform, version, system) => {
    expect(await told({ userAgent: CHROME, userAgentData: hints(platform, version) })).toEqual({
      id: "tab-1",
      platform: "web",
      system,
    });
  });

  it("name the product and not its engine", async () => {
    const userAgentData = hints("Windows", "15.0.0", "Microsoft Edge");
    expect(await told({ userAgent: "", userAgentData })).toMatchObject({ system: "Edge 131 on Windows 11" });
    userAgentData.brands.pop();
    expect(await told({ userAgent: "", userAgentData })).toMatchObject({ system: "Chromium 131 on Windows 11" });
  });

  it("leave out a version that the page may not ask for", async () => {
    const userAgentData = { ...hints("Android", ""), getHighEntropyValues: () => Promise.reject(new Error("no")) };
    expect(await told({ userAgent: CHROME, userAgentData })).toMatchObject({ system: "Chrome 131 on Android" });
  });

  it.each([
    [CHROME, "Chrome 131 on Android 10"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128 on Linux"],
    ["Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0", "Firefox 133 on Android 14"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
      "Safari 18 on iOS 18",
    ],
    [
      "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1",
      "Chrome 131 on iOS 17",
    ],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
      "Safari 18 on macOS",
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
      "Edge 131 on Windows",
    ],
    [
      "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36",
      "Chrome 131 on ChromeOS",
    ],
  ])("are read from the user agent where there are no hints: %s", async (userAgent, system) => {
    expect(await told({ userAgent })).toMatchObject({ system });
  });

  it("are left out if the browser does not say", async () => {
    expect(await told({ userAgent: "curl/8" })).toEqual({ id: "tab-1", platform: "web" });
  });

  it("are never longer than the server takes", async () => {
    const userAgentData = hints("Android", "14.0.0", "A browser with a name ".repeat(9));
    const { system } = (await told({ userAgent: "", userAgentData })) as { system: string };
    expect(system).toHaveLength(80);
  });
});

describe("network", () => {
  it.each([
    [{ type: "wifi", effectiveType: "4g" }, "wifi"],
    [{ type: "cellular", effectiveType: "3g" }, "3g"],
    [{ type: "cellular" }, "cellular"],
    [{ type: "unknown", effectiveType: "4g" }, "4g"],
    [{ effectiveType: "4g" }, "4g"],
  ])("is what the browser sees: %o", async (connection, network) => {
    expect(await told({ userAgent: "", connection })).toMatchObject({ network });
  });

  it("is that of the moment in which it is sent", async () => {
    const connection = { type: "wifi" };
    const device = await describeDevice({ navigator: { userAgent: "", connection } }, "tab-1");
    expect(device.network).toBe("wifi");
    connection.type = "ethernet";
    expect(device.network).toBe("ethernet");
  });

  it("is left out if the browser does not say", async () => {
    expect(await told({ userAgent: "", connection: {} })).not.toHaveProperty("network");
  });
});
