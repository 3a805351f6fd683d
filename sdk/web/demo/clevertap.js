/**
 * A stand-in for the CleverTap instance: the five methods that the SDK calls, and nothing else.
 *
 * An app that uses CleverTap passes its `clevertap` instead of this.
 */
export function createCleverTap(pushed) {
  return {
    setSCSDKVersion() {},
    getCleverTapID: () => "demo-visitor",
    getAccountID: () => "DEMO-ACCOUNT",
    getSCDomain: () => undefined,
    event: { push: pushed },
  };
}
