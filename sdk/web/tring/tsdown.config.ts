import { defineConfig } from "tsdown";
import { bundle } from "../bundle";

export default defineConfig(bundle("tring", "Tring"));
