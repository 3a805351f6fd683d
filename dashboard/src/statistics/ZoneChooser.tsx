import { Select } from "@mantine/core";
import { useMemo } from "react";
import { viewersZone, zones } from "./zone";

/** Whose midnight a day begins at. */
export function ZoneChooser({ zone, choose }: { readonly zone: string; readonly choose: (zone: string) => void }) {
  const own = viewersZone();
  const data = useMemo(
    () =>
      zones(own, zone).map((value) => {
        const name = value.replaceAll("_", " ");
        return { value, label: value === own ? `${name} (yours)` : name };
      }),
    [own, zone],
  );
  return (
    <Select
      label="Time zone"
      data={data}
      value={zone}
      onChange={(value) => {
        if (value !== null) choose(value);
      }}
      searchable
      allowDeselect={false}
      limit={100}
      // In place, where it belongs to the page's landmarks and to the field's order.
      comboboxProps={{ withinPortal: false }}
      selectFirstOptionOnChange
    />
  );
}
