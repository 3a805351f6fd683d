/** Where somebody wanted to go before they had to sign in. */
/** The sign-in page that leads back to `wanted`. */
export function signInAddress(wanted: string): string {
  return wanted === "/" ? "/sign-in" : `/sign-in?${new URLSearchParams({ return: wanted })}`;
}

/** The address to go to after signing in. Only paths of this dashboard: a link from outside must not lead elsewhere. */
export function returnAddress(search: URLSearchParams): string {
  const wanted = search.get("return");
  if (wanted === null || !/^\/(?![/\\])/.test(wanted)) return "/";
  try {
    const address = new URL(wanted, "http://dashboard.invalid");
    return address.origin === "http://dashboard.invalid" ? address.pathname + address.search : "/";
  } catch {
    return "/";
  }
}
