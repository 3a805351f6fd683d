import { ActionIcon, Group, Text } from "@mantine/core";
import { IconChartBar, IconTable } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Panel } from "../shell/Panel";
import { ChartDrawing } from "./ChartDrawing";
import { ChartMenu } from "./ChartMenu";
import { ChartTable } from "./ChartTable";
import type { Source } from "./file-name";
import { type ChartModel, hasFigures } from "./model";

export interface ChartCardProps {
  readonly model: ChartModel;
  readonly source: Source;
  /** What is said in place of a chart without figures. */
  readonly nothing?: string;
  /** Controls of this chart alone, before the common ones. */
  readonly controls?: ReactNode;
  /** What stands below the chart, such as a legend in sentences. */
  readonly children?: ReactNode;
}

/** One chart of the dashboard: seen as a drawing or a table, taken away in six forms. */
export function ChartCard({ model, source, nothing = "No calls in this time.", controls, children }: ChartCardProps) {
  const [view, setView] = useState<"chart" | "table">("chart");
  const drawable = hasFigures(model);
  const other = view === "chart" ? "table" : "chart";
  return (
    <Panel
      title={model.title}
      lead={model.explanation}
      action={
        <Group gap="xs">
          {controls}
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={`Show as ${other}: ${model.title}`}
            title={`Show as ${other}`}
            onClick={() => setView(other)}
          >
            {view === "chart" ? <IconTable size={18} /> : <IconChartBar size={18} />}
          </ActionIcon>
          <ChartMenu model={model} source={source} drawable={drawable} />
        </Group>
      }
    >
      {view === "table" ? (
        <ChartTable model={model} />
      ) : drawable ? (
        <ChartDrawing model={model} />
      ) : (
        <Text c="dimmed" py="xl" ta="center">
          {nothing}
        </Text>
      )}
      {children}
    </Panel>
  );
}
