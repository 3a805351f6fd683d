// A stand-in for the CleverTap Web SDK, which is a third party's script: the five methods that Signed Call uses, and a
// list of what was pushed through it. `window.clevertapLacks` names what this page's instance does not know.
(() => {
  const lacks = new URLSearchParams(location.search).get('clevertapLacks');
  window.pushed = [];
  window.clevertap = {
    setSCSDKVersion(version) { window.signedCallVersion = version; },
    getCleverTapID: () => (lacks === 'id' ? null : '__g5a1b2c3d4e5f'),
    getAccountID: () => (lacks === 'account' ? null : 'TEST-W8W-6WR-846Z'),
    getSCDomain: () => undefined,
    event: { push: (name, details) => window.pushed.push({ name, details }) },
  };
})();
