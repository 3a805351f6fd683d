import { ActionIcon, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconDownload,
  IconFileTypeCsv,
  IconFileTypePdf,
  IconPhoto,
  IconPrinter,
  IconTable,
  IconVector,
} from "@tabler/icons-react";
import { type ComponentType, useState } from "react";
import type { FileKind, Source } from "./file-name";
import type { ChartModel } from "./model";
import { printChart } from "./print";
import { saveChart } from "./save";

interface Format {
  readonly kind: FileKind;
  readonly label: string;
  readonly Icon: ComponentType<{ readonly size?: number }>;
}

const PICTURES: readonly Format[] = [
  { kind: "png", label: "PNG image", Icon: IconPhoto },
  { kind: "svg", label: "SVG drawing", Icon: IconVector },
  { kind: "pdf", label: "PDF document", Icon: IconFileTypePdf },
];

const SHEETS: readonly Format[] = [
  { kind: "csv", label: "CSV table", Icon: IconFileTypeCsv },
  { kind: "xlsx", label: "Excel workbook", Icon: IconTable },
];

export interface ChartMenuProps {
  readonly model: ChartModel;
  readonly source: Source;
  /** Without figures there is no picture. */
  readonly drawable: boolean;
}

export function ChartMenu({ model, source, drawable }: ChartMenuProps) {
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch {
      notifications.show({
        color: "red",
        title: `${model.title} could not be made into a file`,
        message: "A part of the dashboard may not have loaded. Reload the page and try again.",
      });
    } finally {
      setBusy(false);
    }
  };
  const item = ({ kind, label, Icon }: Format) => (
    <Menu.Item
      key={kind}
      leftSection={<Icon size={16} />}
      onClick={() => void run(() => saveChart(model, source, kind))}
    >
      {label}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end" width={200} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon
          variant="default"
          size="lg"
          loading={busy}
          aria-label={`Download or print: ${model.title}`}
          title="Download or print"
        >
          <IconDownload size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Download</Menu.Label>
        {drawable && PICTURES.map(item)}
        {SHEETS.map(item)}
        <Menu.Divider />
        <Menu.Item leftSection={<IconPrinter size={16} />} onClick={() => void run(() => printChart(model, source))}>
          Print
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
