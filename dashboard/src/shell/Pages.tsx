import { useEffect, useRef } from "react";
import { Outlet, useLocation } from "react-router";

/**
 * Around every page. A screen reader goes on reading where the new page begins, rather than at the link or the form
 * that led there and is gone. A page that the browser itself loads begins at its top, with the link that skips the menu.
 */
export function Pages() {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.querySelector("main")?.focus({ preventScroll: true });
  }, [pathname]);
  return <Outlet />;
}
