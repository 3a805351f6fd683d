import { useComputedColorScheme } from "@mantine/core";
import type { CSSProperties } from "react";
import type { Tint } from "../charts/model";
import { TINTS } from "../charts/palette";
import type { EndStatus, QualityBand } from "../generated/api";
import classes from "./marks.module.css";
import { QUALITY_WORDS, STATUS_WORDS } from "./words";

/** The status with the colour that it has in every chart; the word says the same to whom the colour says nothing. */
export function StatusMark({ status }: { readonly status: EndStatus }) {
  const { label, meaning } = STATUS_WORDS[status];
  return <Mark tint={status} label={label} title={meaning} />;
}

export function QualityMark({ quality, mos }: { readonly quality: QualityBand | null; readonly mos: number | null }) {
  if (quality === null) return <span>–</span>;
  return (
    <Mark tint={quality} label={QUALITY_WORDS[quality]} {...(mos === null ? {} : { title: `MOS ${mos.toFixed(2)}` })} />
  );
}

function Mark({ tint, label, title }: { readonly tint: Tint; readonly label: string; readonly title?: string }) {
  const scheme = useComputedColorScheme("light");
  return (
    <span className={classes.mark} style={{ "--tint": TINTS[scheme][tint] } as CSSProperties} title={title}>
      {label}
    </span>
  );
}
