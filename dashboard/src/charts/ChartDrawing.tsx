import { Skeleton, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import type { EChartsType } from "echarts/core";
import { useEffect, useRef, useState } from "react";
import classes from "./ChartCard.module.css";
import type { ChartModel } from "./model";
import { optionOf } from "./option";
import { heightOf } from "./room";

/** Before the room is measured. */
const USUAL_WIDTH = 600;

type Load = "loading" | "ready" | "failed";

/** The picture of a model. What it shows is told by the table, so to a screen reader it is one image with one name. */
export function ChartDrawing({ model }: { readonly model: ChartModel }) {
  const scheme = useComputedColorScheme("light");
  const { ref: room, width } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);
  const [load, setLoad] = useState<Load>("loading");
  const height = heightOf(model, { width: width === 0 ? USUAL_WIDTH : width });

  useEffect(() => {
    let wanted = true;
    import("./echarts")
      .then(({ init }) => {
        if (!wanted || canvas.current === null) return;
        chart.current = init(canvas.current, null, { renderer: "svg" });
        setLoad("ready");
      })
      .catch(() => setLoad("failed"));
    return () => {
      wanted = false;
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    if (load !== "ready" || width === 0) return;
    chart.current?.resize({ width, height });
    chart.current?.setOption(optionOf(model, { scheme, width }), { notMerge: true });
  }, [load, model, scheme, width, height]);

  if (load === "failed") return <p role="alert">The chart could not be loaded. Its table shows the same figures.</p>;
  return (
    <div ref={room} className={classes.room} style={{ blockSize: height }}>
      {load === "loading" && <Skeleton height={height} />}
      <div ref={canvas} className={classes.canvas} role="img" aria-label={`${model.title}. ${model.explanation}`} />
    </div>
  );
}
