import { defineConfig } from "tsdown";
import { bundle } from "../bundle";

export default defineConfig(bundle("signed-call", "SignedCallSDK"));
