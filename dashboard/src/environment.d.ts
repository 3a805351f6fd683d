/** Made by src/shell/theme-styles.ts. */
declare module "virtual:theme.css";
