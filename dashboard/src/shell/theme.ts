/** How the dashboard looks: colours, type, corners. Charts and pages take their colours from here by name. */
import {
  Anchor,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  DEFAULT_THEME,
  Drawer,
  DrawerHeader,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  Modal,
  ModalHeader,
  mergeMantineTheme,
  Notification,
  parseThemeColor,
  Radio,
  type VariantColorsResolver,
} from "@mantine/core";

/** The blue of the demo page's bell. 6 is read on white, 3 on the dark page, both with more than 4.5 : 1. */
const brand: MantineColorsTuple = [
  "#eef0fd",
  "#dcdffa",
  "#b9c0f6",
  "#98a2ff",
  "#7b85f2",
  "#5f69e3",
  "#4048c8",
  "#373fb0",
  "#2e3594",
  "#232972",
];

const red: MantineColorsTuple = [
  "#fdecec",
  "#f9d5d6",
  "#f5b7ba",
  "#ff9a9f",
  "#e5565e",
  "#d43a44",
  "#b3202c",
  "#98192a",
  "#7c1423",
  "#5f0f1b",
];

const green: MantineColorsTuple = [
  "#e7f6ee",
  "#cfeddd",
  "#a3dcbd",
  "#63d39b",
  "#35a871",
  "#1f8a58",
  "#146c43",
  "#115a39",
  "#0d482d",
  "#093621",
];

const yellow: MantineColorsTuple = [
  "#fdf4e0",
  "#fae7bd",
  "#f5d48a",
  "#f2c14e",
  "#d99e1c",
  "#b27d0d",
  "#855a00",
  "#6d4a00",
  "#553a00",
  "#3d2900",
];

/** From text to page, in the order in which Mantine uses them. */
const dark: MantineColorsTuple = [
  "#eceef5",
  "#c9cedb",
  "#a4aabd",
  "#6d7488",
  "#343a4a",
  "#2b303e",
  "#1f2330",
  "#171a23",
  "#12141c",
  "#0e1016",
];

const sans = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/** The colour of words on a filled button: white by day, dark at night, when the fill is light. */
const ON_FILLED = "var(--tring-on-filled)";

/** Mantine chooses it by the fill of the light scheme alone. */
function onFilled(input: Parameters<VariantColorsResolver>[0]): ReturnType<VariantColorsResolver> {
  const colours = defaultVariantColorsResolver(input);
  const { isThemeColor, shade } = parseThemeColor({
    color: input.color ?? input.theme.primaryColor,
    theme: input.theme,
  });
  return input.variant === "filled" && isThemeColor && shade === undefined ? { ...colours, color: ON_FILLED } : colours;
}

export const theme = createTheme({
  colors: { brand, red, green, yellow, dark },
  primaryColor: "brand",
  primaryShade: { light: 6, dark: 3 },
  defaultRadius: "md",
  radius: { md: "10px", lg: "16px" },
  fontFamily: sans,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace',
  headings: {
    fontFamily: sans,
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.625rem", lineHeight: "1.25" },
      h2: { fontSize: "1.1875rem", lineHeight: "1.3" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  respectReducedMotion: true,
  cursorType: "pointer",
  variantColorResolver: onFilled,
  components: {
    // Links within a sentence are told from it by more than their colour.
    Anchor: Anchor.extend({ defaultProps: { underline: "always" } }),
    Checkbox: Checkbox.extend({ defaultProps: { iconColor: ON_FILLED } }),
    Radio: Radio.extend({ defaultProps: { iconColor: ON_FILLED } }),
    // Mantine would lock scrolling by a <style> element, which the page's policy refuses; global.css does it.
    Modal: Modal.extend({
      defaultProps: { lockScroll: false, centered: true, closeButtonProps: { "aria-label": "Close" } },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { "aria-label": "Close this message" } } }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, closeButtonProps: { "aria-label": "Close" } } }),
    // A <header> in a dialog would be taken for the banner of the page, which has one.
    ModalHeader: ModalHeader.extend({ defaultProps: { role: "presentation" } }),
    DrawerHeader: DrawerHeader.extend({ defaultProps: { role: "presentation" } }),
  },
});

/** Where Mantine's own choice is read with less than 4.5 : 1. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-text": "#171923",
    "--mantine-color-dimmed": "#555b6e",
    "--mantine-color-placeholder": "#6a7082",
    "--mantine-color-error": red[6],
    "--mantine-color-anchor": brand[6],
    "--mantine-color-default-border": "#c3c8d6",
    "--mantine-primary-color-contrast": "#ffffff",
    "--tring-on-filled": "#ffffff",
    "--tring-page": "#f3f4f8",
    "--tring-paper": "#ffffff",
    "--tring-line": "#d9dce6",
    "--tring-tint": "#eceefb",
    "--tring-accent": brand[6],
  },
  dark: {
    "--mantine-color-text": "#eceef5",
    "--mantine-color-dimmed": "#a4aabd",
    "--mantine-color-placeholder": "#9097ab",
    "--mantine-color-error": red[3],
    "--mantine-color-anchor": brand[3],
    "--mantine-primary-color-contrast": "#12142b",
    "--tring-on-filled": "#12142b",
    "--tring-page": "#0e1016",
    "--tring-paper": "#171a23",
    "--tring-line": "#2b303e",
    "--tring-tint": "#23273c",
    "--tring-accent": brand[3],
  },
});

export const wholeTheme = mergeMantineTheme(DEFAULT_THEME, theme);
